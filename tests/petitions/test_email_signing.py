"""Signing without an account: one form, one mail, one button; limits; and counting once beside an account."""

import re
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts.models import Account
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from app.notifications.services import deliver_due
from app.petitions.models import EmailSigner, Follower, Petition, Signature, SignatureRequest
from app.petitions.queries.email_signers import find_district_by_postcode
from app.petitions.rules.email import FORMS_WITHOUT, MAILS_TO_ADDRESS, longest_match
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import SignatureState
from app.petitions.services.closing import archive_petition
from app.petitions.services.counting import fold_totals
from app.petitions.services.email_signing import forget_requests
from app.petitions.services.signing import sign_petition, withdraw_signature
from app.platform import clock
from app.platform.transaction import transaction
from tests.conftest import csrf_token
from tests.petitions.conftest import Town

PAGE = "/petitions/library"
LINK = re.compile(r"https?://[^/\s]+(/petitions/signed/\S+)")


@pytest.fixture
def letters(app: Flask) -> Callable[[], list[EmailMessage]]:
    """What has been mailed since the last time, oldest first."""
    seen: set[str] = set()

    def read() -> list[EmailMessage]:
        with app.app_context():
            deliver_due()
            folder = app.config["DATA_DIR"]
        fresh = []
        for path in sorted((folder / "mail").glob("*.eml")):
            if path.name not in seen:
                seen.add(path.name)
                fresh.append(message_from_bytes(path.read_bytes(), policy=policy.default))
        return fresh

    return read


def ask(client: FlaskClient, email: str = "sora@example.org", **fields: str) -> Any:
    form = {"name": "Sora Kim", "postcode": "10123", "email": email, "csrf_token": csrf_token(client)}
    return client.post(f"{PAGE}/sign/email", data=form | fields)


def link_in(letter: EmailMessage) -> str:
    return LINK.search(letter.get_content()).group(1)


def press(client: FlaskClient, link: str, act: str = "confirm") -> Any:
    return client.post(f"{link}/{act}", data={"csrf_token": csrf_token(client)})


def states(db: Any) -> list[tuple[str, str, str | None]]:
    db.session.rollback()
    rows = db.session.scalars(select(Signature).order_by(Signature.id))
    return [(row.level, row.state, row.reason_code) for row in rows]


def sign(client: FlaskClient, letters: Any, email: str = "sora@example.org", **fields: str) -> str:
    ask(client, email, **fields)
    link = link_in(letters()[-1])
    assert press(client, link).status_code == 303
    return link


def test_form_mail_and_one_button_make_a_signature_of_level_email(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    assert "You need no account" in client.get(f"{PAGE}/sign").text
    assert ask(client).location == f"{PAGE}/sign/mail"
    assert "a mail is under way" in client.get(f"{PAGE}/sign/mail").text
    (letter,) = letters()
    assert letter["To"] == "sora@example.org"
    link = link_in(letter)
    page = client.get(link).text
    for text in ("Sora Kim", "10123", "Confirm and sign"):
        assert text in page
    assert states(db) == []
    assert press(client, link).location == link
    assert states(db) == [("email", "counted", None)]
    (entry,) = db.session.scalars(select(LedgerEntry).where(LedgerEntry.type == "petitions:signature:count"))
    assert entry.public["place"] == "region:north"
    assert set(entry.public) == {"petition", "pseudonym", "level", "place", "day"}
    assert "Withdraw my signature" in client.get(link).text
    receipt = client.get(f"{link}/receipt")
    assert receipt.get_json()["petition"] == "library"
    assert receipt.headers["Cache-Control"] == "private, no-store"


def test_opening_the_link_changes_nothing(town: Town, client: FlaskClient, letters: Any, db: Any) -> None:
    ask(client)
    link = link_in(letters()[0])
    for _ in range(3):
        client.get(link)
        client.head(link)
    assert states(db) == []
    assert client.get(f"{link}/confirm").status_code == 405


def test_an_address_that_has_signed_gets_the_same_answer_and_a_mail_that_says_so(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    link = sign(client, letters)
    again = ask(client, "SORA+petition@example.org", name="Another", postcode="10200")
    assert again.location == f"{PAGE}/sign/mail"
    (letter,) = letters()
    assert letter["Subject"] == "You have signed this petition already"
    assert letter["To"] == "sora@example.org"
    assert link_in(letter) == link
    assert db.session.scalars(select(EmailSigner.name)).one() == "Sora Kim"
    assert press(client, link).status_code == 409
    assert states(db) == [("email", "counted", None)]


def test_an_address_whose_account_has_signed_is_told_by_mail(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    town.settle("mina")
    sign_petition(town.account("mina"), town.reference)
    ask(client, "mina@example.org")
    (letter,) = letters()
    assert "with your account" in letter.get_content()
    assert "/petitions/library/signature" in letter.get_content()


def test_a_persons_signature_replaces_that_of_their_address(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    link = sign(client, letters, "mina+petitions@example.org")
    town.settle("mina")
    sign_petition(town.account("mina"), town.reference)
    assert states(db) == [("email", "withdrawn", "same-person"), ("verified", "counted", None)]
    assert "signed in another way" in client.get(link).text
    fold_totals()
    assert db.session.scalar(select(Petition.signature_count)) == 1
    assert press(client, link).status_code == 409
    withdraw_signature(town.account("mina"), town.reference)
    assert states(db)[1][1] == "withdrawn"


def test_a_link_confirmed_after_the_person_signed_is_refused(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    ask(client, "mina@example.org")
    link = link_in(letters()[0])
    town.settle("mina")
    sign_petition(town.account("mina"), town.reference)
    refused = press(client, link)
    assert refused.status_code == 409
    assert "You have signed this petition already" in refused.text
    assert states(db) == [("verified", "counted", None)]


@pytest.mark.parametrize("name", ["mina", "mina+town"])
def test_whose_signature_was_declared_invalid_does_not_count_again_by_email(
    town: Town, client: FlaskClient, letters: Any, db: Any, name: str
) -> None:
    ask(client, "mina@example.org")
    link = link_in(letters()[0])
    town.settle(name)
    sign_petition(town.account(name), town.reference)
    with transaction():
        database.session.execute(update(Signature).values(state=SignatureState.INVALIDATED, folded=False))
    refused = press(client, link)
    assert refused.status_code == 409
    assert "Your signature was declared invalid" in refused.text
    assert states(db) == [("verified", "invalidated", None)]
    fold_totals()
    assert db.session.scalar(select(Petition.signature_count)) == 0
    ask(client, "mina@example.org")
    assert "/petitions/library/signature" in letters()[-1].get_content(), "where the reason stands"


def test_taking_back_by_the_link_and_signing_again(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    link = sign(client, letters)
    assert press(client, link, "withdraw").status_code == 303
    assert states(db) == [("email", "withdrawn", None)]
    assert press(client, link, "withdraw").status_code == 404
    assert "Sign again" in client.get(link).text
    press(client, link)
    assert states(db) == [("email", "counted", None)]


def test_who_ticks_the_box_is_told_and_can_end_it_without_an_account(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    ask(client, follow="y")
    assert db.session.scalar(select(func.count()).select_from(Follower)) == 0
    link = link_in(letters()[0])
    press(client, link)
    db.session.rollback()
    assert db.session.scalars(select(Follower.email_signer_id)).one() is not None
    assert "Send me no more mails" in client.get(link).text
    assert press(client, link, "unfollow").status_code == 303
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(Follower)) == 0


def test_too_many_forms_from_one_network_are_told_so_and_keep_what_was_written(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    for number in range(FORMS_WITHOUT):
        assert ask(client, f"signer{number}@example.org").status_code == 303
    refused = ask(client, "late@example.org")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert "Too many forms have come from your network" in refused.text
    assert 'value="late@example.org"' in refused.text
    assert len(letters()) == FORMS_WITHOUT
    with transaction():
        db.session.execute(update(SignatureRequest).values(at=clock.now() - timedelta(hours=2)))
    assert ask(client, "late@example.org").status_code == 303


def test_one_address_gets_few_mails_a_day_and_the_answer_stays_the_same(
    town: Town, client: FlaskClient, letters: Any
) -> None:
    answers = {ask(client).location for _ in range(MAILS_TO_ADDRESS + 2)}
    assert answers == {f"{PAGE}/sign/mail"}
    assert len(letters()) == MAILS_TO_ADDRESS


def test_accounts_are_not_limited_by_network(town: Town, client: FlaskClient, db: Any) -> None:
    for number in range(FORMS_WITHOUT):
        ask(client, f"signer{number}@example.org")
    town.settle("mina")
    assert sign_petition(town.account("mina"), town.reference).leaf_hash


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("name", " ", "Enter your name"),
        ("postcode", "???", "Enter a postcode"),
        ("email", "sora", "Enter an e-mail address"),
    ],
)
def test_what_is_missing_is_named_and_the_rest_kept(
    town: Town, client: FlaskClient, letters: Any, field: str, value: str, text: str
) -> None:
    answer = ask(client, **{"email": "sora@example.org"} | {field: value})
    assert answer.status_code == 422
    assert text in answer.text
    assert letters() == []


def test_a_type_for_verified_persons_takes_none_by_email(town: Town, client: FlaskClient, db: Any) -> None:
    with transaction():
        rules = dict(db.session.scalars(select(Petition.rules)).one())
        rules["sign"] = rules["sign"] | {"by_email": False}
        db.session.execute(update(Petition).values(rules=rules))
    assert ask(client).status_code == 403


def test_a_closed_petition_takes_none(town: Town, client: FlaskClient, letters: Any, db: Any) -> None:
    ask(client)
    link = link_in(letters()[0])
    with transaction():
        db.session.execute(update(Petition).values(state=PetitionState.CLOSED))
    town.app.extensions.pop("petition_facts", None)
    assert press(client, link).status_code == 409
    assert "does not take signatures now" in client.get(link).text
    assert ask(client, "other@example.org").status_code == 409


def test_a_wrong_or_old_link_says_so(town: Town, client: FlaskClient, letters: Any, db: Any) -> None:
    assert client.get("/petitions/signed/nonsense").status_code == 410
    ask(client)
    link = link_in(letters()[0])
    with transaction():
        db.session.execute(update(EmailSigner).values(requested_at=clock.now() - timedelta(days=8)))
    assert client.get(link).status_code == 410
    forget_requests()
    assert db.session.scalar(select(func.count()).select_from(EmailSigner)) == 0


def test_confirmed_signers_stay_until_the_archive_and_counts_a_day(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    link = sign(client, letters)
    with transaction():
        old = clock.now() - timedelta(days=40)
        db.session.execute(update(EmailSigner).values(requested_at=old))
        db.session.execute(update(Signature).values(signed_at=old))
        db.session.execute(update(SignatureRequest).values(at=old))
    forget_requests()
    assert db.session.scalar(select(func.count()).select_from(SignatureRequest)) == 0
    assert db.session.scalars(select(Signature.network)).one() is None
    assert client.get(link).status_code == 200
    with transaction():
        db.session.execute(update(Petition).values(state=PetitionState.CLOSED, closed_at=clock.now()))
    archive_petition("library")
    assert db.session.scalar(select(func.count()).select_from(EmailSigner)) == 0
    assert client.get(link).status_code == 410


def test_an_account_that_nobody_verified_finds_what_its_address_signed(
    town: Town, client: FlaskClient, letters: Any, db: Any
) -> None:
    sign(client, letters, "jun@example.org")
    town.settle("jun", verified=False)
    withdraw_signature(town.account("jun"), town.reference)
    assert states(db) == [("email", "withdrawn", None)]
    assert database.session.scalars(select(Account.email)).one() == "jun@example.org"


def test_postcodes_lead_to_the_district_whose_prefix_fits_best(town: Town, db: Any) -> None:
    assert find_district_by_postcode("10123") == "hill"
    assert find_district_by_postcode("102 99") == "river"
    assert find_district_by_postcode("99999") is None
    assert longest_match("10199", {"10": "town", "101": "hill"}) == "hill"
