"""Reading and sending the pages of this room as a person would."""

import html
import io
import re
from collections.abc import Callable

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.elections.services import drafts
from app.extensions import db as database
from app.platform.transaction import transaction
from tests.conftest import csrf_token
from tests.elections.town import Poll, make_account

SignIn = Callable[[Account], FlaskClient]


def words(response: TestResponse) -> str:
    """What a page says, without its markup; codes in groups are put together again."""
    body = re.sub(r"<head>.*?</head>|<button.*?</button>", " ", response.text, flags=re.DOTALL)
    body = re.sub(r"</span><wbr><span>", "", body)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def post(client: FlaskClient, url: str, **fields: object) -> TestResponse:
    """Send a form as the page would."""
    return client.post(url, data={"csrf_token": csrf_token(client), **fields})


def upload(name: str, text: bytes) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text), name


def at(poll: Poll, page: str = "") -> str:
    return f"/elections/{poll.uuid}{page}"


def make_empty_draft(poll: Poll, name: str = "Opening hours of the pool") -> str:
    draft = drafts.DraftText(name, "", "Ed25519", None, None)
    return drafts.create_election(poll.official, draft).uuid


def make_foreign_official() -> Account:
    with transaction():
        agency = Agency(name="Roads agency", name_ko="도로과")
        database.session.add(agency)
    return make_account("roads@hanbit.test", Role.ELECTION_OFFICIAL, agency=agency)
