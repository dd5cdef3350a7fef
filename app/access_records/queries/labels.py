"""What the ledger committed to when a person got their label."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.access_records.models import AccessLabel
from app.accounts.models import Person
from app.core.commitments import commit_to
from app.extensions import db

# A Core statement, built once: every signer is looked up by it.
_LABEL, _PERSON = AccessLabel.__table__.c, Person.__table__.c
_ENROLMENT = (
    select(_LABEL.label_key, _LABEL.enrolment_nonce, _PERSON.birth_year)
    .join(Person.__table__, _PERSON.id == _LABEL.person_id)
    .where(_LABEL.person_id == bindparam("person_id"))
)


@dataclass(frozen=True)
class Enrolment:
    """The commitment in the entry of a person's enrolment, one for each person; and the year of birth."""

    commitment: str
    birth_year: int | None


def find_enrolment(person_id: int) -> Enrolment | None:
    """How the ledger knows the person; None before they have a label."""
    row = db.session.connection().execute(_ENROLMENT, {"person_id": person_id}).one_or_none()
    if row is None:
        return None
    return Enrolment(commit_to({"label_key": row.label_key.hex()}, row.enrolment_nonce), row.birth_year)
