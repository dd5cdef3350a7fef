"""What the ledger committed to when a person got their label."""

from dataclasses import dataclass

from sqlalchemy import bindparam, select

from app.access_records.models import AccessLabel
from app.accounts.models import Person
from app.core.commitments import commit_to
from app.extensions import db

_ENROLMENT = (
    select(AccessLabel.label_key, AccessLabel.enrolment_nonce, Person.birth_year)
    .join(Person, Person.id == AccessLabel.person_id)
    .where(AccessLabel.person_id == bindparam("person_id"))
)


@dataclass(frozen=True)
class Enrolment:
    """The commitment in the entry of a person's enrolment, one for each person; and the year of birth."""

    commitment: str
    birth_year: int | None


def find_enrolment(person_id: int) -> Enrolment | None:
    """How the ledger knows the person; None before they have a label."""
    row = db.session.execute(_ENROLMENT, {"person_id": person_id}).one_or_none()
    if row is None:
        return None
    return Enrolment(commit_to({"label_key": row.label_key.hex()}, row.enrolment_nonce), row.birth_year)
