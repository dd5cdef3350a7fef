"""What a count makes an agency owe: begun by the count, routed, timed, met or declined in public."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.accounts.models import Account, Agency
from app.extensions import db
from app.ledger.entry_types import EntryType
from app.ledger.services import Personal
from app.petitions.models import Obligation, Petition
from app.petitions.rules import refusals
from app.petitions.rules.clocks import obligation_deadline, write_event
from app.petitions.rules.life import Act, Actor
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.types import ObligationKind, Threshold, parse_rules
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.deadlines import DeadlineError, Event, EventKind
from app.platform.permissions import Permission
from app.platform.transaction import transaction


@dataclass(frozen=True)
class Record:
    """How a debate or hearing went, and where its record can be read or seen."""

    text: str
    record_url: str = ""


def reach_thresholds() -> int:
    """Begin what the folded counts have made due; how many obligations. Harmless at any time, and twice."""
    counted = select(Petition.reference, Petition.rules, Petition.signature_count, Petition.id).where(
        Petition.state.in_(("open", "closed")), Petition.signature_count > 0
    )
    begun = 0
    for row in db.session.execute(counted).all():
        known = set(db.session.scalars(select(Obligation.kind).where(Obligation.petition_id == row.id)))
        for threshold in parse_rules(row.rules).thresholds:
            if threshold.count <= row.signature_count and threshold.owes not in known:
                begun += _begin(row.reference, threshold)
    return begun


def route_petition(actor: Account, reference: str, agency_id: int, reason: str) -> None:
    """Give a petition to the agency that is responsible, or from one to another; running clocks go on.

    Raises OtherAgency for an official of neither, ActNotAllowed.
    """
    with transaction():
        petition = lock_petition(reference)
        capacity = _capacity_to_route(actor, petition)
        agency = db.session.get(Agency, agency_id)
        if agency is None:
            raise refusals.OtherAgency
        petition.agency_id = agency.id
        _move_duties(petition, agency, reason)
        take_step(
            petition,
            Act.ROUTE,
            capacity,
            EntryType.PETITION_ROUTE,
            public={"agency": agency.name, "reason": reason},
            facts={"agency_ko": agency.name_ko},
            personal=_by(actor),
        )


def respond(actor: Account, reference: str, text: str) -> None:
    """Answer a petition for the agency that is responsible.

    Raises OtherAgency, NothingOwed, ActNotAllowed.
    """
    _meet(actor, reference, (ObligationKind.RESPONSE, ObligationKind.COMMITTEE), Act.RESPOND, Record(text))


def schedule_debate(actor: Account, reference: str, on: date, place: str) -> None:
    """Say when and where a debate or hearing will be. Raises OtherAgency, NothingOwed, ActNotAllowed."""
    with transaction():
        petition = lock_for_agency(actor, reference)
        obligation = _lock_open(petition.id, (ObligationKind.DEBATE, ObligationKind.COMMITTEE))
        obligation.scheduled_on, obligation.place = on, place
        _change(petition, obligation, Act.SCHEDULE, actor, {"on": on.isoformat(), "place": place})


def hold_debate(actor: Account, reference: str, record: Record) -> None:
    """Record that a debate or hearing was held. Raises OtherAgency, NothingOwed, ActNotAllowed."""
    _meet(actor, reference, (ObligationKind.DEBATE, ObligationKind.COMMITTEE), Act.HOLD, record)


def decline(actor: Account, reference: str, kind: ObligationKind, text: str) -> None:
    """Say publicly why there will be no debate or answer. Raises OtherAgency, NothingOwed, ActNotAllowed."""
    _meet(actor, reference, (kind,), Act.DECLINE, Record(text))


def change_clock(actor: Account, reference: str, kind: ObligationKind, event: Event) -> None:
    """Extend, pause or resume what is owed, with a reason; what is late can only be resumed.

    Raises OtherAgency, NothingOwed, TermOver, ClockRefused, ActNotAllowed.
    """
    act = {
        EventKind.EXTENDED: Act.EXTEND,
        EventKind.PAUSED: Act.PAUSE,
        EventKind.RESUMED: Act.RESUME,
    }[event.kind]
    with transaction():
        petition = lock_for_agency(actor, reference)
        obligation = _lock_open(petition.id, (kind,))
        if event.kind is not EventKind.RESUMED:
            _ensure_running(obligation, max(event.on, _today()))
        _add_event(petition, obligation, event)
        _change(petition, obligation, act, actor, {"reason": event.reason, "count": event.count})


def record_outcome(actor: Account, reference: str, text: str) -> None:
    """Say what became of a petition in the end. Raises OtherAgency, ActNotAllowed."""
    with transaction():
        petition = lock_for_agency(actor, reference)
        petition.outcome = text
        take_step(
            petition,
            Act.RECORD_OUTCOME,
            Actor.AGENCY,
            EntryType.OUTCOME_RECORD,
            facts={"text": text},
            personal=_by(actor),
        )


def lock_for_agency(actor: Account, reference: str) -> Petition:
    """The petition, locked, for an official of the agency that is responsible. Raises OtherAgency."""
    petition = lock_petition(reference)
    if actor.agency_id is None or actor.agency_id != petition.agency_id:
        raise refusals.OtherAgency
    return petition


def _begin(reference: str, threshold: Threshold) -> bool:
    with transaction():
        petition = lock_petition(reference)
        mine = (Obligation.petition_id == petition.id, Obligation.kind == threshold.owes)
        if db.session.scalar(select(Obligation.id).where(*mine)) is not None:
            return False
        today = _today()
        due_on = obligation_deadline(parse_rules(petition.rules), threshold.owes, today, []).due_on
        obligation = Obligation(
            petition_id=petition.id,
            kind=threshold.owes,
            threshold=threshold.count,
            agency_id=petition.agency_id,
            begun_on=today,
            clock_events=[],
            due_on=due_on,
        )
        db.session.add(obligation)
        take_step(
            petition,
            Act.REACH,
            Actor.CLOCK,
            EntryType.OBLIGATION_BEGIN,
            public={"kind": threshold.owes.value, "threshold": threshold.count, "due_on": _iso(due_on)},
        )
    return True


def _meet(
    actor: Account, reference: str, kinds: tuple[ObligationKind, ...], act: Act, record: Record
) -> None:
    with transaction():
        petition = lock_for_agency(actor, reference)
        obligation = _lock_open(petition.id, kinds)
        obligation.met_at, obligation.declined = clock.now(), act is Act.DECLINE
        obligation.text, obligation.record_url = record.text, record.record_url
        take_step(
            petition,
            act,
            Actor.AGENCY,
            EntryType.OBLIGATION_MEET,
            public={"kind": obligation.kind, "declined": int(obligation.declined)},
            facts={"text": record.text, "record_url": record.record_url},
            personal=_by(actor),
        )


def _change(
    petition: Petition, obligation: Obligation, act: Act, actor: Account, facts: dict[str, object]
) -> None:
    public = {"kind": obligation.kind, "change": act.value, "due_on": _iso(obligation.due_on), **facts}
    take_step(petition, act, Actor.AGENCY, EntryType.OBLIGATION_CHANGE, public=public, personal=_by(actor))


def _add_event(petition: Petition, obligation: Obligation, event: Event) -> None:
    obligation.clock_events = [*obligation.clock_events, write_event(event)]
    kind = ObligationKind(obligation.kind)
    try:
        deadline = obligation_deadline(
            parse_rules(petition.rules), kind, obligation.begun_on, obligation.clock_events
        )
    except DeadlineError as problem:
        raise refusals.ClockRefused from problem
    obligation.due_on = deadline.due_on


def _move_duties(petition: Petition, agency: Agency, reason: str) -> None:
    """Let what is owed be owed by another agency, on the same day; the explanation of the day says so."""
    names = {"en": agency.name, "ko": agency.name_ko}
    for obligation in _list_open(petition.id):
        if obligation.agency_id is not None and obligation.agency_id != agency.id:
            _add_event(petition, obligation, Event(EventKind.TRANSFERRED, _today(), reason, agency=names))
        obligation.agency_id = agency.id


def _ensure_running(obligation: Obligation, on: date) -> None:
    if obligation.due_on is not None and obligation.due_on < on:
        raise refusals.TermOver


def _lock_open(petition_id: int, kinds: tuple[ObligationKind, ...]) -> Obligation:
    found = [obligation for obligation in _list_open(petition_id) if obligation.kind in kinds]
    if not found:
        raise refusals.NothingOwed
    return found[0]


def _list_open(petition_id: int) -> list[Obligation]:
    wanted = (
        select(Obligation)
        .where(Obligation.petition_id == petition_id, Obligation.met_at.is_(None))
        .order_by(Obligation.id)
        .with_for_update()
    )
    return list(db.session.scalars(wanted))


def _capacity_to_route(actor: Account, petition: Petition) -> Actor:
    if actor.has_permission(Permission.PETITION_MODERATE):
        return Actor.MODERATOR
    if actor.agency_id is None or actor.agency_id != petition.agency_id:
        raise refusals.OtherAgency
    return Actor.AGENCY


def _by(actor: Account) -> list[Personal]:
    return [Personal({"actor": actor.id}, actor.id)]


def _today() -> date:
    return clock.now().astimezone(LOCAL).date()


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
