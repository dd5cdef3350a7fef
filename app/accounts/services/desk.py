"""What a clerk does for a person who is present: one person at a time, each act on record, most undoable.

A room that lets a desk do something adds a `DeskAct` to `DESK_ACTS` in app/rooms.py; page, receipt, ledger
entry, mail and the way back follow from it.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import delete, select

from app.accounts import queries
from app.accounts.models import Account, AccountSession, DeskActRecord, DeskSession, Person
from app.accounts.queries import Served
from app.accounts.rules import (
    DESK_SESSION_LIFETIME,
    DeskActNotOffered,
    NotUndoable,
    OwnDeskSession,
    Undoer,
)
from app.accounts.services.persons import find_person, official_tag
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.ledger.services.entries import Appended
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

OPEN, REGISTER, ATTEST = "accounts:person:open", "accounts:person:register", "accounts:person:attest"
# Whoever stands at a desk cannot vote there, whatever a room registers.
NEVER = "elections:"


@dataclass(frozen=True)
class Outcome:
    """What an act did: `details` (strings) are shown and committed to; without `restore` it stays done.

    Until `release_at` the act's entry stays out of the ledger: so that it does not tell when somebody did
    what is published in batches.
    """

    details: Mapping[str, str] = field(default_factory=dict)
    restore: Mapping[str, Any] | None = None
    release_at: datetime | None = None


@dataclass(frozen=True)
class DeskAct:
    """One kind of act that a desk can do.

    `carry_out` gets the person and the form's values, inside the transaction; `undo` gets the person and the
    record, and raises NotUndoable where something later has changed what the act did. `form` makes the form,
    filled with what is there now; an act without one has a page of its own. `describe` says in one line, in
    the reader's language, what the details mean.
    """

    # `<room>:<resource>:<action>`
    kind: str
    name: Any
    describe: Callable[[Mapping[str, str]], str]
    form: Callable[[Served], Any] | None = None
    carry_out: Callable[[Served, Mapping[str, Any]], Outcome] | None = None
    undo: Callable[[Served, DeskActRecord], None] | None = None
    is_offered: Callable[[Served], bool] = lambda _served: True

    def make_form(self, served: Served) -> Any:
        """The form for this person. Raises DeskActNotOffered for an act that has none."""
        if self.form is None:
            raise DeskActNotOffered
        return self.form(served)


class NeverAtADesk(Exception):
    """A room registered an act that no desk may do, or one twice."""


def index_acts(acts: Iterable[DeskAct]) -> dict[str, DeskAct]:
    """The acts by kind. Raises NeverAtADesk."""
    found: dict[str, DeskAct] = {}
    for act in acts:
        if act.kind.startswith(NEVER) or act.kind in found:
            raise NeverAtADesk(act.kind)
        found[act.kind] = act
    return found


def find_act(kind: str) -> DeskAct | None:
    """The act of a kind, if a room still has it."""
    acts: Mapping[str, DeskAct] = current_app.extensions["desk_acts"]
    return acts.get(kind)


def list_offered(served: Served) -> list[DeskAct]:
    """What the desk can do for this person."""
    acts: Mapping[str, DeskAct] = current_app.extensions["desk_acts"]
    return [act for act in acts.values() if act.form is not None and act.is_offered(served)]


def get_offered(served: Served, kind: str) -> DeskAct:
    """One of these. Raises DeskActNotOffered."""
    for act in list_offered(served):
        if act.kind == kind:
            return act
    raise DeskActNotOffered


def open_desk_session(session: AccountSession, claim: str) -> Served | None:
    """Serve the person of an identity claim; None for one who is not registered yet.

    Opening is an act on record too: it shows the clerk what stands about the person. Raises PermissionDenied,
    ClaimNotUsable, OwnDeskSession.
    """
    clerk = session.account
    ensure_clerk(clerk)
    with transaction():
        _end(session)
        person = find_person(claim)
        served = queries.know_person(person, clerk) if person else None
        if served is None or not served.is_registered:
            return None
        begin_desk_session(session, served.person)
        record_act(served, OPEN, Outcome())
    return served


def begin_desk_session(session: AccountSession, person: Person) -> None:
    """Let a clerk's browser serve this person and nobody else, in the caller's transaction.

    Raises OwnDeskSession.
    """
    if session.account.person_id == person.id:
        raise OwnDeskSession
    _end(session)
    ends_at = clock.now() + DESK_SESSION_LIFETIME
    db.session.add(DeskSession(session_hash=session.id_hash, person_id=person.id, ends_at=ends_at))


def finish_desk_session(session: AccountSession) -> None:
    """Serve nobody any more."""
    with transaction():
        _end(session)


def act_for(session: AccountSession, kind: str, values: Mapping[str, Any]) -> DeskActRecord:
    """Do one act for the person whom the clerk serves, and put it on record.

    Raises PermissionDenied, NoDeskSession, DeskActNotOffered, and what the act raises.
    """
    ensure_clerk(session.account)
    with transaction():
        served = queries.get_served(session)
        act = get_offered(served, kind)
        if act.carry_out is None:
            raise DeskActNotOffered
        outcome = act.carry_out(served, values)
        return record_act(queries.know_person(served.person, served.clerk), kind, outcome)


def record_act(served: Served, kind: str, outcome: Outcome) -> DeskActRecord:
    """Write down what a clerk did for a person, in the act's own transaction, and tell the person by mail."""
    clerk, account = served.clerk, served.account
    if clerk is None:
        raise PermissionDenied
    tag = official_tag(clerk.agency_id or 0, f"account:{clerk.id}")
    content: dict[str, str | int] = {"person": served.person.id, "clerk_tag": tag, **outcome.details}
    public = {"act": kind, "agency": clerk.agency.name if clerk.agency else ""}
    entry = _append(Entry(EntryType.DESK_ACT, public), content, served, outcome.release_at)
    record = DeskActRecord(
        person_id=served.person.id,
        account_id=account.id if account else None,
        clerk_id=clerk.id,
        clerk_tag=tag,
        agency_id=clerk.agency_id,
        kind=kind,
        details=dict(outcome.details),
        restore=None if outcome.restore is None else dict(outcome.restore),
        at=clock.now(),
        ledger_entry_id=entry.id,
    )
    db.session.add(record)
    db.session.flush()
    if account is not None and account.confirmed_at is not None:
        notifications.queue(account.id, "accounts/acted_for", {"kind": kind, "record": record.id})
    return record


def can_undo(record: DeskActRecord) -> bool:
    """Whether there is a way back from this act."""
    act = find_act(record.kind)
    is_done = record.undone_at is None and record.restore is not None
    return is_done and act is not None and act.undo is not None


def undo_own_act(account: Account, record_id: int) -> None:
    """A person undoes what was done for them. Raises DeskActNotFound, NotUndoable."""
    with transaction():
        _undo(queries.get_desk_act(record_id, account.person_id, account.id), Undoer.PERSON, None)


def undo_at_desk(session: AccountSession, record_id: int) -> None:
    """A clerk undoes, for the person who is present, what was done for them.

    Raises PermissionDenied, NoDeskSession, DeskActNotFound, NotUndoable.
    """
    ensure_clerk(session.account)
    with transaction():
        served = queries.get_served(session)
        record = queries.get_desk_act(record_id, served.person.id, None)
        _undo(record, Undoer.DESK, served.clerk)


def forget_acts(kind: str, restore: Mapping[str, Any]) -> None:
    """Delete the acts of a kind with this `restore`, and what the ledger's entries of them hide.

    In the caller's transaction, when nothing may say any more for whom they were done. A record without its
    details would still do so: by its entry's number it stands beside what the act has changed.
    """
    mine = (DeskActRecord.kind == kind, DeskActRecord.restore == dict(restore))
    columns = (DeskActRecord.ledger_entry_id, DeskActRecord.undone_entry_id)
    rows = db.session.execute(select(*columns).where(*mine)).all()
    db.session.execute(delete(DeskActRecord).where(*mine))
    ledger.erase_openings([number for row in rows for number in row if number is not None])


def ensure_clerk(account: Account) -> None:
    """Demand the right to serve at a desk. Raises PermissionDenied."""
    if not account.has_permission(Permission.DESK_SERVE):
        raise PermissionDenied


def _undo(record: DeskActRecord, by: Undoer, clerk: Account | None) -> None:
    db.session.refresh(record, with_for_update=True)
    act = find_act(record.kind)
    if act is None or act.undo is None or not can_undo(record):
        raise NotUndoable
    served = queries.know_person(db.session.get_one(Person, record.person_id), clerk)
    act.undo(served, record)
    public = {"entry": record.ledger_entry.leaf_hash, "act": record.kind, "by": by.value}
    # Never before the entry that it undoes.
    release_at = max(clock.now(), record.ledger_entry.release_at)
    entry = _append(Entry(EntryType.DESK_UNDO, public), {"person": served.person.id}, served, release_at)
    record.undone_at, record.undone_by, record.undone_entry_id = clock.now(), by.value, entry.id


def _append(
    entry: Entry, content: Mapping[str, str | int], served: Served, release_at: datetime | None
) -> Appended:
    """Append the entry: person and clerk can each be erased without the other."""
    clerk, account = served.clerk, served.account
    personal = [Personal(dict(content), account.id if account else None)]
    if clerk is not None:
        personal.append(Personal({"clerk": clerk.id}, clerk.id))
    return ledger.append(replace(entry, personal=personal), release_at)


def _end(session: AccountSession) -> None:
    db.session.execute(delete(DeskSession).where(DeskSession.session_hash == session.id_hash))
