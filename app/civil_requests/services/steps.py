"""One step in the life of a request: state, ledger entry, timeline, mail to everybody who waits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from app.accounts.models import Account, Agency
from app.civil_requests.models import Assignment, CivilRequest, Filer, RequestEvent
from app.civil_requests.rules import refusals
from app.civil_requests.rules.kinds import part_deadline, write_event
from app.civil_requests.rules.life import (
    UNANSWERED,
    Act,
    Actor,
    PartState,
    RequestState,
    next_part_state,
    next_state,
)
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.deadlines import DeadlineError, Event, EventKind
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission

# What the filers do themselves, or see at their next visit, needs no mail.
UNTOLD = frozenset({Act.FILE, Act.REPLY, Act.GATHER, Act.RATE, Act.PUBLISH, Act.UNPUBLISH, Act.WITHDRAW})


def lock_request(reference: str) -> CivilRequest:
    """The request, which nobody else changes before the transaction ends. Raises RequestNotFound."""
    wanted = select(CivilRequest).where(CivilRequest.reference == reference).with_for_update()
    request = db.session.scalar(wanted.execution_options(populate_existing=True))
    if request is None:
        raise refusals.RequestNotFound
    return request


def lock_own(account: Account, reference: str) -> tuple[CivilRequest, Filer]:
    """The request that an account waits for, locked: the one into which its own was merged, if it was.

    Raises RequestNotFound.
    """
    request = lock_request(reference)
    while request.merged_into is not None:
        request = lock_request(request.merged_into.reference)
    filer = db.session.scalar(
        select(Filer).where(Filer.request_id == request.id, Filer.account_id == account.id)
    )
    if filer is None:
        raise refusals.RequestNotFound
    return request, filer


def lock_written(account: Account, reference: str) -> CivilRequest:
    """The request that an account wrote itself, locked, merged or not. Raises RequestNotFound."""
    request = lock_request(reference)
    wrote = Filer.request_id == request.id, Filer.account_id == account.id, Filer.via_id.is_(None)
    if db.session.scalar(select(Filer.id).where(*wrote)) is None:
        raise refusals.RequestNotFound
    return request


def lock_for_agency(official: Account, reference: str) -> tuple[CivilRequest, Assignment]:
    """The request, locked, and the part of it that the official's agency has; what is late is said first.

    Raises PermissionDenied, RequestNotFound, OwnRequest.
    """
    if not official.has_permission(Permission.CIVIL_REQUEST_ANSWER):
        raise PermissionDenied
    request = lock_request(reference)
    part = next((p for p in list_parts(request) if p.agency_id == official.agency_id), None)
    if part is None or part.state == PartState.PASSED_ON:
        raise refusals.RequestNotFound
    if any(filer.account_id == official.id for filer in list_filers(request)):
        raise refusals.OwnRequest
    say_late(request, part)
    return request, part


def say_late(request: CivilRequest, part: Assignment) -> bool:
    """Say of a part whose day has passed that it is late, once, to its filers and in the ledger.

    In the caller's transaction; answers whether it was said now. Nothing takes it back.
    """
    has_passed = part.due_on is not None and part.due_on < today()
    if request.state != RequestState.OPEN or part.state not in UNANSWERED or part.late or not has_passed:
        return False
    part.state, part.late = next_part_state(part.state, Act.LATE), True
    take_step(
        request,
        Act.LATE,
        Actor.CLOCK,
        EntryType.CIVIL_REQUEST_LATE,
        public={"agency": part.agency.name, "due_on": iso(part.due_on)},
        facts={"agency_ko": part.agency.name_ko},
    )
    return True


def list_parts(request: CivilRequest) -> list[Assignment]:
    """Each agency's part, as it is now, those that were passed on too."""
    wanted = select(Assignment).where(Assignment.request_id == request.id).order_by(Assignment.id)
    return list(db.session.scalars(wanted.execution_options(populate_existing=True)))


def list_filers(request: CivilRequest) -> list[Filer]:
    """Everybody who waits for the answer."""
    return list(db.session.scalars(select(Filer).where(Filer.request_id == request.id).order_by(Filer.id)))


def get_writer(request: CivilRequest) -> Account:
    """Who wrote a request."""
    wanted = select(Account).join(Filer, Filer.account_id == Account.id)
    return db.session.scalars(wanted.where(Filer.request_id == request.id, Filer.via_id.is_(None))).one()


def get_agency(agency_id: int) -> Agency:
    """An agency by its number. Raises AgencyUnknown."""
    agency = db.session.get(Agency, agency_id)
    if agency is None:
        raise refusals.AgencyUnknown
    return agency


def change_part(
    request: CivilRequest,
    part: Assignment,
    act: Act,
    kind: EventKind | None = None,
    reason: str = "",
    count: int = 0,
) -> None:
    """Move a part along its table, and its clock with it where `kind` says so.

    Raises ActNotAllowed, TermOver, ExtensionNotPossible.
    """
    part.state = next_part_state(part.state, act)
    if kind is EventKind.EXTENDED and part.due_on is not None and part.due_on < today():
        raise refusals.TermOver
    if kind is not None:
        event = Event(kind, today(), reason, count)
        part.clock_events = [*part.clock_events, write_event(event)]
        set_due(request, part)


def set_due(request: CivilRequest, part: Assignment) -> None:
    """Compute the day on which a part is due from all that happened to it. Raises ExtensionNotPossible."""
    try:
        part.due_on = part_deadline(request.kind, part.begun_on, part.clock_events).due_on
    except DeadlineError as problem:
        raise refusals.ExtensionNotPossible from problem


def take_step(
    request: CivilRequest,
    act: Act,
    actor: Actor,
    kind: EntryType,
    *,
    public: Mapping[str, object] | None = None,
    facts: Mapping[str, Any] | None = None,
    personal: Sequence[Personal] = (),
) -> None:
    """Do what the table of rules/life.py allows, with all that goes with it, in the caller's transaction.

    `public` goes into the ledger's entry beside the request's number; `facts` are what its own page says
    besides. Raises ActNotAllowed.
    """
    request.state = next_state(request.state, act, actor)
    entry = ledger.append(
        Entry(kind, public={"request": request.reference, **(public or {})}, personal=personal)
    )
    db.session.add(
        RequestEvent(
            request_id=request.id,
            act=act.value,
            at=clock.now(),
            facts={**(public or {}), **(facts or {})},
            ledger_entry_id=entry.id,
        )
    )
    if act not in UNTOLD:
        _tell(request)


def today() -> date:
    """The day it is in the town."""
    return clock.now().astimezone(clock.TOWN_ZONE).date()


def iso(day: date | None) -> str:
    """A day as the ledger has it; nothing while a clock is stopped."""
    return day.isoformat() if day else ""


def _tell(request: CivilRequest) -> None:
    """Write to everybody who waits, each about the request that they wrote themselves."""
    for filer in list_filers(request):
        own = db.session.get_one(CivilRequest, filer.via_id) if filer.via_id else request
        notifications.queue(filer.account_id, "civil_requests/step", {"reference": own.reference})
