"""Personal columns are read in the places listed here, and nowhere else.

What others hold about a person is read by `access_records.services.look_up.release_data`, which records the
reading first. An account's own columns are read for the account's own holder, to sign in, to deliver mail
and to make a voter roll. Who signed a petition is read for the signer's own holder, and to look for fraud.
"""

import re
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import InvalidRequestError

from app.access_records.models import SystemDatum
from app.extensions import db as database
from app.platform import clock
from app.platform.transaction import transaction
from tests.access_records.kit import found_country

APP = Path(__file__).resolve().parents[1] / "app"
ACCOUNT_COLUMN = re.compile(
    r"\b(?:Account|account|actor|citizen|c|current_user|holder|official|person|user)"
    r"\.(?:email|display_name|district)\b"
)
DATUM = re.compile(r"\bSystemDatum\b")

# Where an account's address, name or district may be read, and why.
ACCOUNT_READERS = {
    "accounts/queries.py": "sign-in and the outbox by address, rolls by district",
    "accounts/routes/profile.py": "the holder's own session",
    "accounts/routes/registration.py": "the holder's own registration",
    "accounts/routes/second_factor.py": "the holder's own sign-in",
    "accounts/routes/sign_in.py": "sign-in",
    "accounts/services/passkeys.py": "the holder's own keys",
    "accounts/services/passwords.py": "the holder's own password",
    "accounts/services/desk_registration.py": "the person is present and shows who they are",
    "accounts/services/persons.py": "attesting at a desk writes the district",
    "accounts/services/registration.py": "the holder's own registration",
    "accounts/services/roles.py": "what the ledger commits to when an account is made",
    "accounts/templates/accounts/account.html": "an administrator grants a role to somebody by name",
    "accounts/templates/accounts/accounts.html": "an administrator grants a role to somebody by name",
    "accounts/templates/accounts/confirm.html": "the holder's own registration",
    "accounts/templates/accounts/profile.html": "the holder's own page",
    "civil_requests/services/publishing.py": "whether a text to be published still names its filers",
    "elections/queries.py": "whether the holder is on a roll",
    "petitions/queries/admission.py": "what the holder's own signature would say",
    "petitions/queries/receipts.py": "the receipt of the holder's own signature, made from the address",
    "petitions/queries/email_signers.py": "whether the address's own account has signed; told to it by mail",
    "petitions/queries/signatures.py": "the holder's own signatures",
    "petitions/queries/fraud.py": "the domains of unverified addresses, counted; no address leaves it",
    "petitions/services/desk_signing.py": "the person is present and signs",
    "petitions/services/drafts.py": "whether the holder may start or sign",
    "petitions/services/samples.py": "an appointed auditor's sample; each opening is recorded first",
    "petitions/services/signing.py": "the holder's own signature, under the address where no person is known",
    "elections/services/drafts.py": "the roll's district rules, and a trustee's name",
}
# Where what systems hold about persons may be read or written, and why.
DATUM_READERS = {
    "access_records/models/systems.py": "the table",
    "access_records/models/__init__.py": "the table",
    "access_records/queries/held.py": "the person's own session",
    "access_records/services/held_data.py": "changes what its callers have recorded, reads nothing",
    "access_records/queries/circumstances.py": "whether two people are neighbours; told to nobody",
    "access_records/services/look_up.py": "records, then reads",
    "demo/sharings.py": "numbers of made-up data, no values",
    "demo/systems.py": "made-up contents, written only",
}
# A person's year of birth, not a form's field or what a provider said: where it may be read, and why.
BIRTH_YEAR = re.compile(r"\b(?!form\b|wanted\b|identity\b|rules\b)\w+\.birth_year\b")
BIRTH_YEAR_READERS = {
    "access_records/queries/labels.py": "goes with the enrolment that a signature is made from",
    "accounts/routes/desk_acts.py": "the person is present and shows the card",
    "accounts/services/birth_years.py": "writes it, and gives it back",
    "accounts/templates/accounts/profile.html": "the holder's own page",
    "petitions/queries/admission.py": "whether the holder may sign",
    "petitions/rules/admission.py": "compares it with the minimum age",
    "petitions/services/desk_signing.py": "the person is present and signs",
    "petitions/services/drafts.py": "whether the holder may start or sign",
    "petitions/services/signing.py": "the holder's own signature",
}
# Who signed by e-mail, and whose account a signature is: where either may be read, and why.
SIGNER_COLUMN = re.compile(
    r"\b(?:EmailSigner|signer)\.(?:name|postcode|email|canonical_email)\b|\b(?:Signature|signature|row)\.account_id\b"
)
SIGNER_READERS = {
    "petitions/models/signatures.py": "the table",
    "petitions/queries/fraud.py": "counts by domain and network; no page shows a signer",
    "petitions/queries/receipts.py": "the receipt of the holder's own signature",
    "petitions/queries/signatures.py": "the holder's own signatures",
    "petitions/routes/signature_steps.py": "the holder's own signature",
    "petitions/queries/email_signers.py": "the holder's own signature, by the link that was mailed to them",
    "petitions/services/email_signing.py": "the same",
    "petitions/templates/petitions/email_signature.html": "the same",
    "petitions/services/invalidation.py": "tells the signer",
    "petitions/services/joining.py": "a follower by e-mail goes on under the same address",
    "petitions/services/objections.py": "the holder's own signature",
    "petitions/services/samples.py": "an appointed auditor's sample; each opening is recorded first",
    "petitions/services/signing.py": "the holder's own signature",
}


def readers(pattern: re.Pattern[str], kinds: tuple[str, ...] = (".py",)) -> set[str]:
    sources = (path for path in APP.rglob("*") if path.suffix in kinds and "static" not in path.parts)
    return {
        path.relative_to(APP).as_posix()
        for path in sources
        if pattern.search(re.sub(r'""".*?"""', "", path.read_text("utf-8"), flags=re.S))
    }


def test_account_columns_are_read_in_the_listed_places_only() -> None:
    found = {
        name for name in readers(ACCOUNT_COLUMN, (".py", ".html", ".txt")) if not name.startswith("demo/")
    }
    assert found - set(ACCOUNT_READERS) == set()


def test_what_systems_hold_is_read_in_the_listed_places_only() -> None:
    assert readers(DATUM) - set(DATUM_READERS) == set()


def test_who_signed_is_read_in_the_listed_places_only() -> None:
    found = {name for name in readers(SIGNER_COLUMN, (".py", ".html", ".txt")) if "petitions/" in name}
    assert found - set(SIGNER_READERS) == set()


def test_the_year_of_birth_is_read_in_the_listed_places_only() -> None:
    assert readers(BIRTH_YEAR, (".py", ".html", ".txt")) - set(BIRTH_YEAR_READERS) == set()


def test_a_datum_that_is_loaded_does_not_carry_its_value(db) -> None:
    country = found_country(1)
    with transaction():
        database.session.add(
            SystemDatum(
                system_id=country.system_id,
                person_id=country.person_ids[0],
                category="address",
                value="12 Riverside Street",
                updated_at=clock.now(),
            )
        )
    database.session.expunge_all()
    datum = database.session.scalars(select(SystemDatum)).one()
    with pytest.raises(InvalidRequestError):
        _ = datum.value
