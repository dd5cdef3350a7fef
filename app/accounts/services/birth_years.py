"""Writers of a person's year of birth: a desk from the identity card, a provider from its claim.

What a desk has read from the card counts more than what a provider says.
"""

from collections.abc import Mapping
from typing import Any

from app.accounts.models import Account, DeskActRecord, Person
from app.accounts.queries import Served
from app.accounts.rules import NotUndoable
from app.accounts.rules.birth_year import ensure_birth_year
from app.accounts.services.desk import Outcome
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.platform import clock

FIELD = "birth_year"


def note_birth_year(person: Person, year: int | None, outcome: Outcome) -> Outcome:
    """Keep the year that the card shows, if any, in the transaction of a desk's act; what the act did then.

    The year joins the act's details, which the ledger only commits to. Raises BirthYearImpossible.
    """
    if year is None:
        return outcome
    before = _write(person, year)
    restore = None if outcome.restore is None else {**outcome.restore, FIELD: before}
    return Outcome({**outcome.details, FIELD: str(year)}, restore)


def take_birth_year_back(person: Person, record: DeskActRecord) -> None:
    """With an act that is undone, forget the year it noted; one that was corrected since stays."""
    restore = record.restore or {}
    if FIELD in restore and str(person.birth_year) == record.details[FIELD]:
        person.birth_year = restore[FIELD]


def correct_birth_year(served: Served, values: Mapping[str, Any]) -> Outcome:
    """At a desk: write down the year that the person's identity card shows. Raises BirthYearImpossible."""
    return note_birth_year(served.person, values[FIELD], Outcome({}, {}))


def restore_birth_year(served: Served, record: DeskActRecord) -> None:
    """Give the year back the value it had. Raises NotUndoable where it was changed since."""
    if str(served.person.birth_year) != record.details[FIELD]:
        raise NotUndoable
    take_birth_year_back(served.person, record)


def learn_birth_year(account: Account, person: Person, year: int | None) -> None:
    """Keep the year that an identity provider names for the account's person, unless one is known already.

    In the caller's transaction, with an entry of its own.
    """
    if year is None or account.person_id != person.id or person.birth_year is not None:
        return
    _write(person, year)
    personal = [Personal({"person": person.id, FIELD: str(year)}, account.id)]
    ledger.append(Entry(EntryType.BIRTH_YEAR_LEARN, public={"by": "provider"}, personal=personal))


def _write(person: Person, year: int) -> int | None:
    ensure_birth_year(year, clock.now().astimezone(clock.TOWN_ZONE).date())
    before, person.birth_year = person.birth_year, year
    return before
