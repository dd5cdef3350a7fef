"""ALTCHA's proof-of-work on the form of somebody without an account: what it allows, and what is refused."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import altcha
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.petitions.models import SignatureRequest
from app.petitions.rules import refusals
from app.petitions.rules.email import FORMS_WITH_PROOF, FORMS_WITHOUT, PROOF_LIFETIME
from app.petitions.services import email_signing, proof_of_work
from app.petitions.services.email_signing import Wish, request_signature
from app.platform import clock
from tests.conftest import csrf_token
from tests.petitions.conftest import Town
from tests.petitions.kit import open_petition

PAGE = "/petitions/library"
KEPT = ("Sora Kim", "10123", "sora@example.org")


@pytest.fixture(autouse=True)
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solutions are easy to find."""
    monkeypatch.setattr(proof_of_work, "PROOF_TRIES", 2)


@pytest.fixture
def moved_clock() -> Iterator[Callable[[timedelta], None]]:
    """The clock, which a test may move."""
    yield clock.set_offset
    clock.set_offset(timedelta())


def fetch(client: FlaskClient, reference: str = "library") -> altcha.Challenge:
    answer = client.get(f"/petitions/{reference}/sign/challenge")
    assert answer.status_code == 200
    return altcha.Challenge.from_dict(answer.get_json())


def solve(challenge: altcha.Challenge) -> str:
    solution = altcha.solve_challenge(challenge)
    assert solution is not None
    return altcha.Payload(challenge, solution).to_base64()


def ask(client: FlaskClient, payload: str = "", email: str = "sora@example.org", **headers: str) -> Any:
    form = {"name": "Sora Kim", "postcode": "10123", "email": email, "csrf_token": csrf_token(client)}
    return client.post(f"{PAGE}/sign/email", data=form | {"altcha": payload}, headers=headers)


def count_requests(db: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(SignatureRequest))


def assert_refused(answer: Any, refusal: type[refusals.PetitionRefusal]) -> None:
    assert answer.status_code == refusal.status
    assert str(refusal.title) in answer.text
    assert str(refusal.advice) in answer.text
    for text in KEPT:
        assert f'value="{text}"' in answer.text


def test_a_challenge_is_never_kept_and_each_is_another(town: Town, client: FlaskClient) -> None:
    answer = client.get(f"{PAGE}/sign/challenge")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json()["parameters"]["expiresAt"] <= (clock.now() + PROOF_LIFETIME).timestamp()
    assert fetch(client).signature != fetch(client).signature
    assert client.get("/petitions/nowhere/sign/challenge").status_code == 404


def test_with_proof_the_wider_limit_holds(town: Town, client: FlaskClient, db: Any) -> None:
    for number in range(FORMS_WITHOUT):
        assert ask(client, "", f"signer{number}@example.org").status_code == 303
    refused = ask(client)
    assert refused.status_code == 429
    assert "Your form came without the check against floods." in refused.text
    assert ask(client, solve(fetch(client))).status_code == 303
    assert count_requests(db) == FORMS_WITHOUT + 1


def test_the_wider_limit_ends_too(town: Town, client: FlaskClient, db: Any) -> None:
    for number in range(FORMS_WITH_PROOF):
        wish = Wish("Sora Kim", "10123", f"signer{number}@example.org", "en")
        request_signature("library", wish, "127.0.0.0/24", number.to_bytes(32))
    refused = ask(client, solve(fetch(client)))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many forms have come from your network" in refused.text
    assert "came without the check" not in refused.text
    assert count_requests(db) == FORMS_WITH_PROOF


def test_each_solution_is_good_once(town: Town, client: FlaskClient, db: Any) -> None:
    payload = solve(fetch(client))
    assert ask(client, payload, "first@example.org").status_code == 303
    assert_refused(ask(client, payload), refusals.ProofOfWorkUsed)
    assert count_requests(db) == 1


def test_of_two_forms_at_the_same_time_the_second_is_refused(
    town: Town, client: FlaskClient, db: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    payload, answers = solve(fetch(client)), iter([False, True])
    assert ask(client, payload, "first@example.org").status_code == 303
    # When it looks, the first one is not stored yet; when it stores, it is.
    monkeypatch.setattr(email_signing.email_signers, "is_proof_used", lambda _: next(answers))
    assert_refused(ask(client, payload), refusals.ProofOfWorkUsed)
    assert count_requests(db) == 1


def test_a_form_that_was_refused_has_not_used_its_solution(town: Town, client: FlaskClient, db: Any) -> None:
    payload = solve(fetch(client))
    assert ask(client, payload, "no address").status_code == 422
    assert ask(client, payload).status_code == 303


def test_an_old_solution_is_refused(
    town: Town, client: FlaskClient, db: Any, moved_clock: Callable[[timedelta], None]
) -> None:
    payload = solve(fetch(client))
    moved_clock(PROOF_LIFETIME + timedelta(seconds=2))
    assert_refused(ask(client, payload), refusals.ProofOfWorkExpired)
    assert count_requests(db) == 0


def test_by_the_machines_clock_it_is_old_too(
    town: Town, client: FlaskClient, moved_clock: Callable[[timedelta], None]
) -> None:
    moved_clock(-PROOF_LIFETIME - timedelta(seconds=2))
    payload = solve(fetch(client))
    moved_clock(timedelta())
    assert_refused(ask(client, payload), refusals.ProofOfWorkExpired)


def test_a_solution_for_another_petition_is_refused(town: Town, client: FlaskClient, db: Any) -> None:
    open_petition("pool")
    assert_refused(ask(client, solve(fetch(client, "pool"))), refusals.ProofOfWorkRefused)


def forge(challenge: altcha.Challenge) -> dict[str, Any]:
    """A payload as somebody writes it who has done no work."""
    solution = altcha.Solution(0, "00" * 32)
    return altcha.Payload(challenge, solution).to_dict()


def changed(parameter: str, value: Any) -> Callable[[dict[str, Any]], Any]:
    def change(payload: dict[str, Any]) -> Any:
        parameters = payload["challenge"]["parameters"]
        parameters[parameter] = value
        return payload

    return change


FORGERIES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no work": lambda payload: payload,
    "a key that is no text": lambda payload: payload | {"solution": {"counter": 0, "derivedKey": [1]}},
    "a key that is not hexadecimal": lambda payload: (
        payload | {"solution": {"counter": 0, "derivedKey": "é"}}
    ),
    "an easier prefix": changed("keyPrefix", ""),
    "no prefix": changed("keyPrefix", None),
    "a later end": changed("expiresAt", 9_999_999_999),
    "an end that is no number": changed("expiresAt", "never"),
    "another key's mark": changed("keySignature", "00" * 32),
    "an endless number": changed("cost", float("inf")),
    "no signature": lambda payload: payload["challenge"].pop("signature") and payload,
    "a signature that is no text": lambda payload: payload["challenge"].update(signature=7) or payload,
    "no challenge": lambda payload: payload | {"challenge": None},
    "a challenge in a list": lambda payload: [payload],
    "a text": lambda _: "solved",
    "nothing": lambda _: None,
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forged_one_is_refused(
    town: Town, client: FlaskClient, db: Any, forgery: Callable[[dict[str, Any]], Any]
) -> None:
    payload = b64encode(json.dumps(forgery(forge(fetch(client)))).encode()).decode()
    assert_refused(ask(client, payload), refusals.ProofOfWorkRefused)
    assert count_requests(db) == 0


def test_a_challenge_that_somebody_else_has_signed_is_refused(town: Town, client: FlaskClient) -> None:
    data = {"petition": "library"}
    foreign = altcha.create_challenge(
        "SHA-256", 1, data=data, hmac_secret="a", hmac_key_secret="b", counter=0
    )
    assert_refused(ask(client, solve(foreign)), refusals.ProofOfWorkRefused)


@pytest.mark.parametrize(
    "payload",
    ["x", "é", "{}", "AAAA", "/w==", "eyJ9", " ", "\0", "A" * 5_000, b64encode(b"[" * 2_900).decode()],
)
def test_garbage_is_refused(town: Town, client: FlaskClient, db: Any, payload: str) -> None:
    assert_refused(ask(client, payload), refusals.ProofOfWorkRefused)
    assert count_requests(db) == 0


def test_a_refusal_is_in_the_readers_language_and_offers_no_old_solution(
    town: Town, client: FlaskClient
) -> None:
    refused = ask(client, "garbage", **{"Accept-Language": "ko"})
    assert "양식을 다시 보내세요" in refused.text
    assert "garbage" not in refused.text


def test_programs_get_the_code(town: Town, client: FlaskClient) -> None:
    refused = ask(client, "garbage", Accept="application/json")
    assert refused.get_json()["code"] == "proof-of-work-refused"


def test_the_form_says_what_to_know_without_scripts(town: Town, client: FlaskClient) -> None:
    page = client.get(f"{PAGE}/sign").text
    assert "<noscript><p" in page
    assert "fewer forms are taken from one network in an hour" in page
