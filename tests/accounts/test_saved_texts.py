"""Text that is being written is kept for its writer, and goes once it is sent."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.accounts.models import SavedText
from app.accounts.policy import Role
from app.accounts.services.saved_texts import forget_old_texts
from app.platform import clock
from tests.conftest import People, csrf_token

FORM = "/elections/new"


def save(client: FlaskClient, fields: object, form: object = FORM) -> int:
    headers = {"X-CSRFToken": csrf_token(client)}
    body = {"form": form, "fields": fields}
    return client.post("/account/saved-text", json=body, headers=headers).status_code


def kept(client: FlaskClient) -> Any:
    return client.get(f"/account/saved-text?form={FORM}").get_json()["fields"]


def test_what_is_kept_is_the_newest_and_the_writers_own(people: People) -> None:
    people.create("mina")
    people.create("jun")
    mina, jun = people.sign_in("mina"), people.sign_in("jun")
    assert kept(mina) is None
    assert save(mina, {"name": ["A bri"]}) == 204
    assert save(mina, {"name": ["A bridge"], "csrf_token": ["x"], "password": ["secret"]}) == 204
    assert kept(mina) == {"name": ["A bridge"]}
    assert kept(jun) is None
    # Signing in again finds it.
    assert kept(people.sign_in("mina")) == {"name": ["A bridge"]}


@pytest.mark.parametrize("fields", [None, "text", {"name": "text"}, {"name": [1]}, {"name": ["x" * 200_001]}])
def test_what_is_no_text_is_refused(people: People, fields: object) -> None:
    people.create("mina")
    assert save(people.sign_in("mina"), fields) == 422


@pytest.mark.parametrize("form", [None, 1, "https://elsewhere.example", "/" + "x" * 200])
def test_what_is_no_form_is_refused(people: People, form: object) -> None:
    people.create("mina")
    assert save(people.sign_in("mina"), {}, form) == 422


def test_it_is_forgotten_when_the_form_is_accepted_and_not_before(people: People) -> None:
    people.create("office", Role.ELECTION_OFFICIAL)
    client = people.sign_in("office")
    page = client.get(FORM).text
    assert f'data-autosave="{FORM}"' in page
    assert "data-autosave-restore" in page
    save(client, {"name": ["A bridge"]})
    form = {"name": "", "autosave": FORM, "csrf_token": csrf_token(client)}
    again = client.post(FORM, data=form)
    assert again.status_code == 422
    assert "data-autosave-restore" not in again.text
    assert kept(client) is not None
    accepted = {"language": "en", "autosave": FORM, "csrf_token": csrf_token(client)}
    assert client.post("/account/language", data=accepted).status_code == 303
    assert kept(client) is None


def test_it_is_forgotten_after_thirty_days(people: People, db: Any) -> None:
    people.create("mina")
    save(people.sign_in("mina"), {"name": ["A bridge"]})
    clock.set_offset(timedelta(days=30, minutes=1))
    try:
        forget_old_texts()
        assert db.session.scalar(select(func.count()).select_from(SavedText)) == 0
    finally:
        clock.set_offset(timedelta())
