"""OpenID Connect against a real provider: oidc-provider, started by these tests."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account, LinkedIdentity, Person
from app.accounts.policy import Role
from app.ledger.models import LedgerEntry
from config import ConfigurationError, Testing
from deploy.node import find_node
from tests.conftest import People
from tests.e2e.service import free_port

ROOT = Path(__file__).resolve().parents[2]
ANSWER = "/account/provider/answer"
MINA = "mina-9001012345678"
MINA_WITH_BIRTHDATE = f"{MINA}-1990-01-01"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """The running provider's address."""
    port = free_port()
    script = ROOT / "tests" / "oidc" / "provider.mjs"
    command = [find_node().executable, str(script), str(port), f"http://127.0.0.1:8000{ANSWER}"]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as node:
        assert node.stdout is not None
        assert node.stdout.readline().startswith("ready")
        yield f"http://127.0.0.1:{port}"
        node.terminate()


@pytest.fixture
def config(config: Testing, issuer: str) -> Testing:
    """The usual settings, with the provider."""
    return Testing(
        data_dir=config.data_dir,
        database_url=config.database_url,
        oidc_issuer=issuer,
        oidc_client_id="hwabaek",
        oidc_client_secret="only-for-tests-0123456789-abcdefgh",
        oidc_identity_claim="resident_number",
    )


def sign_in_there(address: str, name: str) -> str:
    """What a person does at the provider: enter a name, agree. Answers where the provider leads back to."""
    with requests.Session() as browser:
        answer = browser.get(address, timeout=20)
        for fields in ({"prompt": "login", "login": name, "password": "x"}, {"prompt": "consent"}):
            assert answer.status_code == 200, answer.text
            action = unescape(re.search(r'<form[^>]+action="([^"]+)"', answer.text)[1])
            answer = browser.post(urljoin(answer.url, action), data=fields, timeout=20, allow_redirects=False)
            while answer.is_redirect:
                target = urljoin(answer.url, answer.headers["Location"])
                if urlsplit(target).path == ANSWER:
                    return f"{ANSWER}?{urlsplit(target).query}"
                answer = browser.get(target, timeout=20, allow_redirects=False)
    raise AssertionError("the provider did not lead back")


def go(client: FlaskClient, name: str, start: str = "/account/provider"):
    led = client.get(start)
    assert led.status_code == 302, led.text
    return client.get(sign_in_there(led.location, name), headers={"Accept": "application/json"})


def test_the_way_there_carries_state_nonce_and_a_challenge(client: FlaskClient, issuer: str) -> None:
    asked = parse_qs(urlsplit(client.get("/account/provider").location).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert asked["redirect_uri"] == [f"http://127.0.0.1:8000{ANSWER}"]


def test_linking_verifies_and_then_signs_in(app: Flask, people: People, db: object) -> None:
    mina = people.create("mina")
    client = people.sign_in("mina")
    linked = go(client, MINA, "/account/provider/link")
    assert (linked.status_code, linked.location) == (303, "/account/security")
    account = db.session.get(Account, mina)
    assert (account.level, account.person_id is not None) == (2, True)
    types = db.session.scalars(select(LedgerEntry.type).order_by(LedgerEntry.id)).all()
    assert types[-1] == "accounts:identity:link"
    assert "accounts:account:verify" in types
    again = app.test_client()
    assert go(again, MINA).location == "/account/"
    assert "mina@example.org" in again.get("/account/").text


def test_the_persons_one_account_is_found_by_the_claim(app: Flask, people: People) -> None:
    people.create("mina", identity="900101-2345678")
    client = app.test_client()
    assert go(client, MINA).status_code == 303
    assert client.get("/account/session.json").get_json()["signed_in"]


def test_the_year_of_the_birthdate_is_kept_and_nothing_else_of_it(
    app: Flask, people: People, db: object
) -> None:
    people.create("mina")
    assert go(people.sign_in("mina"), MINA_WITH_BIRTHDATE, "/account/provider/link").status_code == 303
    assert db.session.scalars(select(Person.birth_year)).all() == [1990]
    entry = db.session.scalars(
        select(LedgerEntry).where(LedgerEntry.type == "accounts:birth-year:learn")
    ).one()
    assert entry.public == {"by": "provider"}
    assert b"1990" not in entry.leaf
    assert go(app.test_client(), MINA_WITH_BIRTHDATE).status_code == 303
    learned = select(LedgerEntry.id).where(LedgerEntry.type == "accounts:birth-year:learn")
    assert len(db.session.scalars(learned).all()) == 1


def test_a_year_that_is_not_known_yet_is_learned_at_the_next_sign_in(
    app: Flask, people: People, db: object
) -> None:
    people.create("mina", identity="900101-2345678")
    assert go(app.test_client(), MINA).status_code == 303
    assert db.session.scalars(select(Person.birth_year)).all() == [None]
    db.session.rollback()
    assert go(app.test_client(), MINA_WITH_BIRTHDATE).status_code == 303
    assert db.session.scalars(select(Person.birth_year)).all() == [1990]


def test_one_person_one_account_by_the_provider_too(people: People, db: object) -> None:
    people.create("mina", identity="900101-2345678")
    twin = people.create("twin")
    refused = go(people.sign_in("twin"), MINA, "/account/provider/link")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "person-has-account")
    assert db.session.get(Account, twin).level == 1
    assert db.session.scalars(select(LinkedIdentity)).all() == []


def test_without_the_claim_an_account_stays_at_level_1(people: People, db: object) -> None:
    mina = people.create("mina")
    assert go(people.sign_in("mina"), "mina", "/account/provider/link").status_code == 303
    assert db.session.get(Account, mina).level == 1


def test_strangers_get_no_account(client: FlaskClient) -> None:
    refused = go(client, "nemo")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "identity-not-linked")


def test_an_official_still_shows_the_second_factor(app: Flask, people: People) -> None:
    people.create("root", Role.ADMINISTRATOR, identity="900101-2345678")
    client = app.test_client()
    assert go(client, MINA).location.startswith("/account/second-factor")
    assert client.get("/admin/accounts").status_code == 303


def test_an_answer_from_another_browser_or_twice_is_refused(app: Flask, people: People) -> None:
    people.create("mina", identity="900101-2345678")
    client = app.test_client()
    answer = sign_in_there(client.get("/account/provider").location, MINA)
    for browser, address in (
        (app.test_client(), answer),
        (client, re.sub(r"state=[^&]+", "state=forged", answer)),
        (client, ANSWER),
        (client, f"{ANSWER}?error=access_denied"),
    ):
        refused = browser.get(address, headers={"Accept": "application/json"})
        assert (refused.status_code, refused.get_json()["code"]) == (502, "identity-provider-refused")
        assert not browser.get("/account/session.json").get_json()["signed_in"]


def test_the_pages_offer_it(people: People, client: FlaskClient) -> None:
    people.create("mina")
    assert "/account/provider" in client.get("/sign-in").text
    assert "/account/provider/link" in people.sign_in("mina").get("/account/security").text


@pytest.mark.parametrize("wrong", [{"oidc_issuer": "http://id.example"}, {"oidc_client_secret": None}])
def test_settings_that_would_be_unsafe_are_refused(config: Testing, wrong: dict[str, str | None]) -> None:
    with pytest.raises(ConfigurationError):
        replace(config, **wrong)
