"""The second factor of officials: nothing opens before it, each code works once, recovery, passkeys."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import AccountSession, TotpKey
from app.accounts.policy import PRIVATE_ROLES, Role, is_official
from app.accounts.routes.gate import BEFORE_FACTOR, STRANGERS
from app.accounts.rules import find_step, totp_code, totp_step
from app.accounts.services.second_factor import read_secret
from app.ledger.models import LedgerEntry
from app.platform import clock
from tests.conftest import PASSWORD, TOTP_SECRET, People, csrf_token

# RFC 6238, appendix B (SHA-1), the last six of eight digits.
RFC_SECRET = b"12345678901234567890"
RFC_CODES = {59: "287082", 1111111109: "081804", 1234567890: "005924", 20000000000: "353130"}


def enter_password(app: Flask, name: str) -> FlaskClient:
    client = app.test_client()
    form = {"email": f"{name}@example.org", "password": PASSWORD, "csrf_token": csrf_token(client)}
    assert client.post("/sign-in", data=form).status_code == 303
    return client


def enter(client: FlaskClient, code: str, path: str = "/account/second-factor"):
    return client.post(path, data={"code": code, "csrf_token": csrf_token(client)})


def present(offset: int = 0) -> str:
    return totp_code(TOTP_SECRET, totp_step(clock.now()) + offset)


@pytest.mark.parametrize("seconds", RFC_CODES)
def test_codes_are_those_of_rfc_6238(seconds: int) -> None:
    assert totp_code(RFC_SECRET, seconds // 30) == RFC_CODES[seconds]


def test_a_code_is_good_for_one_step_around_and_after_the_last_one() -> None:
    at = clock.now()
    now = totp_step(at)
    for step in (now - 1, now, now + 1):
        assert find_step(TOTP_SECRET, totp_code(TOTP_SECRET, step), at, 0) == step
        assert find_step(TOTP_SECRET, totp_code(TOTP_SECRET, step), at, step) is None
    assert find_step(TOTP_SECRET, totp_code(TOTP_SECRET, now - 2), at, 0) is None
    assert find_step(TOTP_SECRET, totp_code(TOTP_SECRET, now + 2), at, 0) is None


def test_officials_are_all_but_citizens_and_trustees() -> None:
    assert {role for role in Role if not is_official([role])} == PRIVATE_ROLES == {Role.CITIZEN, Role.TRUSTEE}


def test_before_the_factor_nothing_else_opens(app: Flask, people: People) -> None:
    """Knock at every endpoint as an official who has entered a password only."""
    people.create("official", Role.ELECTION_OFFICIAL, Role.ADMINISTRATOR, Role.CLERK, Role.CITIZEN)
    people.sign_in("official")
    client = enter_password(app, "official")
    token = csrf_token(client)
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "accounts.sign_out"]
    for rule in rules:
        address = re.sub(r"<[^>]+>", "1", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            headers = {"X-CSRFToken": token, "Accept": "application/json"}
            answer = client.open(address, method=method, headers=headers)
            is_closed = answer.status_code == 403 and answer.get_json()["code"] in (
                "second-factor-needed",
                "permission-denied",
            )
            may_open = rule.endpoint in BEFORE_FACTOR | STRANGERS
            assert is_closed == (not may_open), f"{method} {rule.endpoint}: {answer.status_code}"
            answer.close()


def test_a_reader_is_led_to_the_code_and_back(app: Flask, people: People) -> None:
    people.create("root", Role.ADMINISTRATOR)
    people.sign_in("root")
    client = enter_password(app, "root")
    led = client.get("/admin/accounts?q=mina")
    assert (led.status_code, led.location) == (303, "/account/second-factor?next=/admin/accounts?q%3Dmina")
    with app.app_context():
        clock.set_offset(timedelta(seconds=30))
    try:
        answer = enter(client, present(), led.location)
        assert (answer.status_code, answer.location) == (303, "/admin/accounts?q=mina")
        assert client.get("/admin/accounts").status_code == 200
    finally:
        clock.set_offset(timedelta())


def test_an_official_without_an_authenticator_sets_one_up(app: Flask, people: People, db: Any) -> None:
    people.create("root", Role.ADMINISTRATOR)
    client = enter_password(app, "root")
    assert client.get("/account/second-factor").location.startswith("/account/second-factor/set-up")
    page = client.get("/account/second-factor/set-up").text
    secret = read_secret(re.search(r'data-copy="([A-Z2-7]{32})"', page)[1])
    assert enter(client, "000000", "/account/second-factor/set-up").status_code == 422
    assert client.get("/admin/accounts").status_code == 303
    done = enter(client, totp_code(secret, totp_step(clock.now())), "/account/second-factor/set-up")
    assert done.status_code == 200
    codes = re.findall(r"<code[^>]*>(.*?)</code>", done.text)
    assert len(codes) == 8
    assert client.get("/admin/accounts").status_code == 200
    assert db.session.scalars(select(TotpKey)).one().sealed.find(secret) == -1
    last = db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.id.desc())).first()
    assert (last.type, last.public) == ("accounts:factor:change", {"kind": "totp"})
    # A recovery code opens once.
    recovery = re.sub(r"<[^>]+>", "", codes[0])
    assert enter(enter_password(app, "root"), recovery).status_code == 303
    assert enter(enter_password(app, "root"), recovery).status_code == 422


def test_whoever_has_only_the_password_cannot_replace_the_authenticator(app: Flask, people: People) -> None:
    people.create("root", Role.ADMINISTRATOR)
    people.sign_in("root")
    thief = enter_password(app, "root")
    assert thief.get("/account/second-factor/set-up").location.startswith("/account/second-factor?")
    assert enter(thief, "123456", "/account/second-factor/set-up").status_code == 303


def test_a_code_is_used_once(app: Flask, people: People) -> None:
    people.create("root", Role.ADMINISTRATOR)
    people.sign_in("root")
    seen = present()
    assert enter(enter_password(app, "root"), seen).status_code == 422


def test_five_tries_a_minute(app: Flask, people: People) -> None:
    people.create("root", Role.ADMINISTRATOR)
    people.sign_in("root")
    client = enter_password(app, "root")
    # The window may turn once during the tries.
    statuses = [enter(client, "000000").status_code for _ in range(11)]
    assert statuses[:5] == [422] * 5
    assert 429 in statuses[5:]


def test_a_role_given_during_a_session_asks_for_the_factor(app: Flask, people: People) -> None:
    people.create("root", Role.ADMINISTRATOR)
    mina = people.create("mina")
    client = people.sign_in("mina")
    assert client.get("/").status_code == 200
    root = people.sign_in("root")
    form = {"role": "clerk", "act": "grant", "csrf_token": csrf_token(root)}
    assert root.post(f"/admin/accounts/{mina}/roles", data=form).status_code == 303
    assert client.get("/desk/attestation").location.startswith("/account/second-factor")


def test_the_demos_code_shows_for_played_accounts_only(app: Flask, people: People, tmp_path: Any) -> None:
    people.create("root", Role.ADMINISTRATOR)
    people.sign_in("root")
    client = enter_password(app, "root")
    assert "data-demo-code" not in client.get("/account/second-factor").text
    accounts = tmp_path / "demo-accounts.json"
    accounts.write_text('[{"email": "root@example.org", "totp_secret": "x"}]')
    page = client.get("/account/second-factor").text
    assert "Demo only" in page
    shown = re.search(r"data-demo-code>(\d{6})<", page)[1]
    app.config["PRODUCTION"] = True
    assert "data-demo-code" not in client.get("/account/second-factor").text
    assert enter(client, shown).status_code == 303


def test_a_forged_passkey_opens_nothing(app: Flask, people: People, db: Any) -> None:
    people.create("root", Role.ADMINISTRATOR)
    people.sign_in("root")
    client = enter_password(app, "root")
    headers = {"X-CSRFToken": csrf_token(client)}
    challenge = client.post("/account/second-factor/passkey/challenge", json={}, headers=headers)
    assert len(challenge.get_json()["challenge"]) >= 43
    forged = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": {}}
    for body in (forged, {}, []):
        answer = client.post("/account/second-factor/passkey", json=body, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "passkey-refused")
    factors = db.session.scalars(select(AccountSession.factor)).all()
    assert sorted(factors) == ["passed", "wanted"]
