"""How a request ends otherwise: merged with another, closed for a coded reason, decided on appeal."""

from app.accounts.models import Account
from app.civil_requests.models import CivilRequest, Filer
from app.civil_requests.rules import refusals
from app.civil_requests.rules.kinds import WAS_CLOSED, write_event
from app.civil_requests.rules.life import Act, Actor, PartState, RequestState
from app.civil_requests.rules.reasons import CLOSINGS
from app.civil_requests.services.steps import (
    list_filers,
    list_parts,
    lock_for_agency,
    set_due,
    take_step,
    today,
)
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Personal
from app.platform import clock
from app.platform.deadlines import Event, EventKind
from app.platform.transaction import transaction


def merge_request(official: Account, reference: str, other: str) -> None:
    """Answer a request together with another one at the same agency; every filer waits for that one then.

    Raises NotTheSameAgency, PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed.
    """
    with transaction():
        # Always in the same order, so that two officials who merge crosswise do not wait for each other.
        locked = {name: lock_for_agency(official, name)[0] for name in sorted({reference, other})}
        request, target = locked[reference], locked[other]
        if target is request or target.state != RequestState.OPEN:
            raise refusals.NotTheSameAgency
        request.merged_into_id = target.id
        personal = [Personal({"official": official.id}, official.id)]
        take_step(
            request,
            Act.MERGE,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_MERGE,
            public={"into": target.reference},
            personal=personal,
        )
        take_step(
            target,
            Act.GATHER,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_MERGE,
            public={"gathered": request.reference},
            personal=personal,
        )
        _move_filers(request, target)


def close_request(official: Account, reference: str, reason_code: str, note: str) -> None:
    """End a request without an answer, for a reason of the list; the filer can appeal.

    Raises ReasonUnknown, PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed.
    """
    if reason_code not in CLOSINGS:
        raise refusals.ReasonUnknown
    with transaction():
        request, part = lock_for_agency(official, reference)
        request.reason_code, request.reason_note = reason_code, note
        request.closed_at, request.closed_by = clock.now(), official.id
        take_step(
            request,
            Act.CLOSE,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_CLOSE,
            public={"reason": reason_code, "agency": part.agency.name},
            facts={"note": note},
            personal=[Personal({"official": official.id, "note": note}, official.id)],
        )


def decide_appeal(official: Account, reference: str, *, upheld: bool, decision: str) -> None:
    """Decide about a closing, as somebody else of the agency: it stands, or the clocks go on from today.

    Raises OwnRequest for who closed it, PermissionDenied, RequestNotFound, ActNotAllowed.
    """
    with transaction():
        request, _ = lock_for_agency(official, reference)
        if request.closed_by == official.id:
            raise refusals.OwnRequest
        take_step(
            request,
            Act.UPHOLD if upheld else Act.REOPEN,
            Actor.SECOND,
            EntryType.CIVIL_REQUEST_DECIDE,
            public={"upheld": int(upheld)},
            facts={"text": decision},
            personal=[Personal({"official": official.id, "decision": decision}, official.id)],
        )
        request.decision = decision
        if not upheld:
            _go_on(request)


def _go_on(request: CivilRequest) -> None:
    """Take the days on which the request was closed out of every running term."""
    closed_on = (request.closed_at or clock.now()).astimezone(clock.TOWN_ZONE).date()
    for part in list_parts(request):
        if part.state == PartState.OPEN:
            pause = Event(EventKind.PAUSED, closed_on, WAS_CLOSED), Event(EventKind.RESUMED, today())
            part.clock_events = [*part.clock_events, *map(write_event, pause)]
            set_due(request, part)


def _move_filers(request: CivilRequest, target: CivilRequest) -> None:
    """Whoever waits for the one waits for the other, once."""
    known = {filer.account_id for filer in list_filers(target)}
    for filer in list_filers(request):
        if filer.account_id not in known:
            via_id = filer.via_id or request.id
            db.session.add(
                Filer(request_id=target.id, account_id=filer.account_id, via_id=via_id, at=clock.now())
            )
