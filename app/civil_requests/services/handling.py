"""What an agency does with its part: transfer, split, extend, ask back, answer; and the clock's own step."""

from collections.abc import Mapping

from flask import current_app
from sqlalchemy import select

from app.access_records.queries.consents import find_agreement
from app.access_records.services.gateway import fetch_for_case
from app.access_records.services.look_up import Released
from app.accounts.models import Account, Agency
from app.civil_requests.models import Assignment, CivilRequest
from app.civil_requests.models.assignments import GIVEN, HELD
from app.civil_requests.queries.held import ADDRESS, PURPOSE
from app.civil_requests.rules import refusals
from app.civil_requests.rules.kinds import WAS_ELSEWHERE, write_event
from app.civil_requests.rules.life import UNANSWERED, Act, Actor, PartState, RequestState, after_answers
from app.civil_requests.services.steps import (
    change_part,
    get_agency,
    get_writer,
    iso,
    list_parts,
    lock_for_agency,
    lock_request,
    say_late,
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


def transfer_request(official: Account, reference: str, agency_id: int, reason: str) -> None:
    """Give the agency's part to another agency, where its term begins again.

    An agency that had the part before takes it up where it was. The other agency does not get to read an
    address that is held elsewhere: the consent was for the first one.
    Raises PermissionDenied, RequestNotFound, OwnRequest, AgencyUnknown, AgencyHasPart, ActNotAllowed.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        before, agency = part.agency, get_agency(agency_id)
        _ensure_new(request, agency_id)
        had_it, given = _pass_on(request, part, agency, reason)
        public = {"from": before.name, "agency": agency.name, "due_on": iso(given.due_on)}
        facts = {"agency_ko": agency.name_ko, "from_ko": before.name_ko, "reason": reason, "back": had_it}
        take_step(
            request,
            Act.TRANSFER,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_TRANSFER,
            public=public,
            facts=facts,
            personal=_by(official, reason),
        )


def split_request(official: Account, reference: str, agency_id: int, reason: str) -> None:
    """Let another agency answer a part too, within a term of its own.

    Raises PermissionDenied, RequestNotFound, OwnRequest, AgencyUnknown, AgencyHasPart, ActNotAllowed.
    """
    with transaction():
        request, own = lock_for_agency(official, reference)
        agency = get_agency(agency_id)
        _ensure_new(request, agency_id)
        change_part(request, own, Act.SPLIT)
        given = own.address_source == GIVEN
        part = Assignment(
            request_id=request.id,
            agency_id=agency.id,
            state=PartState.OPEN,
            begun_on=today(),
            clock_events=[],
            address=own.address if given else "",
            address_source=GIVEN if given else "",
        )
        set_due(request, part)
        db.session.add(part)
        take_step(
            request,
            Act.SPLIT,
            Actor.AGENCY,
            EntryType.CIVIL_REQUEST_SPLIT,
            public={"agency": agency.name, "due_on": iso(part.due_on)},
            facts={"agency_ko": agency.name_ko, "reason": reason},
            personal=_by(official, reason),
        )


def extend_term(official: Account, reference: str, days: int, reason: str) -> None:
    """Take more time, at most twice and not after the last day, with a reason.

    Raises PermissionDenied, RequestNotFound, OwnRequest, TermOver, ExtensionNotPossible, ActNotAllowed.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        change_part(request, part, Act.EXTEND, EventKind.EXTENDED, reason, days)
        public = {"agency": part.agency.name, "days": days, "due_on": iso(part.due_on)}
        _step(request, part, Act.EXTEND, EntryType.CIVIL_REQUEST_EXTEND, official, public, reason)


def ask_filer(official: Account, reference: str, question: str) -> None:
    """Ask the filer for what is missing; the clock stops until the reply, unless the part is late.

    Raises PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        change_part(request, part, Act.ASK, EventKind.PAUSED, question)
        part.question, part.reply = question, ""
        public = {"agency": part.agency.name, "late": int(part.late)}
        _step(request, part, Act.ASK, EntryType.CIVIL_REQUEST_ASK, official, public, question)


def show_address(official: Account, reference: str) -> Released:
    """Read where the filer lives from the system that holds it; the filer sees that it was read, and by whom.

    Raises PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed once the request is not open, and what
    the gateway raises, NoConsent where the filer has withdrawn it.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        if part.address_source != HELD:
            raise refusals.RequestNotFound
        if request.state != RequestState.OPEN:
            raise refusals.ActNotAllowed
        agreement = find_agreement(current_app.config["RESIDENTS_SYSTEM"], part.agency_id, PURPOSE)
        return fetch_for_case(official, agreement, get_writer(request), [ADDRESS], reference)


def resume_term(official: Account, reference: str) -> None:
    """Go on without the reply. Raises PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed."""
    with transaction():
        request, part = lock_for_agency(official, reference)
        change_part(request, part, Act.RESUME, EventKind.RESUMED)
        public = {"agency": part.agency.name, "due_on": iso(part.due_on)}
        _step(request, part, Act.RESUME, EntryType.CIVIL_REQUEST_REPLY, official, public)


def answer_request(official: Account, reference: str, answer: str) -> None:
    """Answer the agency's part; with the last part the request is answered.

    Raises PermissionDenied, RequestNotFound, OwnRequest, ActNotAllowed.
    """
    with transaction():
        request, part = lock_for_agency(official, reference)
        change_part(request, part, Act.ANSWER)
        now = clock.now()
        part.answer, part.answered_at = answer, now
        begun = (request.filed_at or now).astimezone(clock.TOWN_ZONE).date()
        part.days_taken = (today() - begun).days
        public = {"agency": part.agency.name, "days": part.days_taken, "late": int(part.late)}
        _step(request, part, Act.ANSWER, EntryType.CIVIL_REQUEST_ANSWER, official, public, answer)
        unanswered = sum(part.state in UNANSWERED for part in list_parts(request))
        request.state = after_answers(RequestState(request.state), unanswered)
        if request.state == RequestState.ANSWERED:
            request.answered_at = now


def tell_late() -> int:
    """Say of each part whose day has passed that it is late, once, to its filers and in the ledger."""
    wanted = (
        select(CivilRequest.reference, Assignment.id)
        .join(Assignment.request)
        .where(
            CivilRequest.state == RequestState.OPEN,
            Assignment.state.in_(UNANSWERED),
            Assignment.due_on < today(),
            Assignment.late.is_(False),
        )
    )
    return sum(_tell_late(reference, part_id) for reference, part_id in db.session.execute(wanted).all())


def _tell_late(reference: str, part_id: int) -> bool:
    with transaction():
        request = lock_request(reference)
        return say_late(request, next(part for part in list_parts(request) if part.id == part_id))


def _step(
    request: CivilRequest,
    part: Assignment,
    act: Act,
    kind: EntryType,
    official: Account,
    public: Mapping[str, object],
    text: str = "",
) -> None:
    take_step(
        request,
        act,
        Actor.AGENCY,
        kind,
        public=public,
        facts={"agency_ko": part.agency.name_ko, "reason": text},
        personal=_by(official, text),
    )


def _ensure_new(request: CivilRequest, agency_id: int) -> None:
    if any(part.agency_id == agency_id and part.state != PartState.PASSED_ON for part in list_parts(request)):
        raise refusals.AgencyHasPart


def _pass_on(request: CivilRequest, part: Assignment, agency: Agency, reason: str) -> tuple[bool, Assignment]:
    """The other agency's part, and whether it had one before. Nobody gets rid of a date by two transfers."""
    given = next((p for p in list_parts(request) if p.agency_id == agency.id), None)
    had_it = given is not None
    if given is None:
        moved = write_event(Event(EventKind.TRANSFERRED, today(), reason))
        events = [*part.clock_events, moved]
        given = Assignment(
            request_id=request.id, agency_id=agency.id, begun_on=part.begun_on, clock_events=events
        )
        given.state = PartState.OPEN
        set_due(request, given)
        db.session.add(given)
    else:
        change_part(request, given, Act.TRANSFER, EventKind.RESUMED)
    change_part(request, part, Act.TRANSFER, EventKind.PAUSED, WAS_ELSEWHERE)
    _move_contents(part, given)
    return had_it, given


def _move_contents(part: Assignment, given: Assignment) -> None:
    """Let what the filer has said go along; the consent to read an address does not."""
    if part.address_source == GIVEN:
        given.address, given.address_source = part.address, GIVEN
        part.address = part.address_source = ""
    given.question, given.reply = part.question, part.reply
    part.question = part.reply = ""


def _by(official: Account, text: str) -> list[Personal]:
    return [Personal({"official": official.id, "text": text}, official.id)]
