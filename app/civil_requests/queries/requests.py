"""Readers of requests: one's own, those of one's agency."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account, Agency
from app.civil_requests.models import Assignment, CivilRequest, Filer, RequestEvent
from app.civil_requests.rules.kinds import part_deadline
from app.civil_requests.rules.life import Act, PartState, RequestState
from app.civil_requests.rules.refusals import RequestNotFound
from app.extensions import db
from app.platform.deadlines import Deadline
from app.platform.permissions import Permission

# What somebody whose request was merged sees of the other one: nothing that its filer wrote.
SHARED_ACTS = (Act.TRANSFER, Act.SPLIT, Act.EXTEND, Act.LATE, Act.ANSWER)
WAITING_STATES = (RequestState.OPEN, RequestState.APPEALED)


@dataclass(frozen=True)
class SeenRequest:
    """A request as one account sees it; `root` is the one that it is answered with, itself if none."""

    request: CivilRequest
    root: CivilRequest
    filer: Filer | None
    parts: list[Assignment]
    # What other agencies had and passed on.
    former: list[Assignment]
    own_part: Assignment | None
    events: list[RequestEvent]

    @property
    def is_merged(self) -> bool:
        """Whether it is answered with another one."""
        return self.root.id != self.request.id

    def deadline(self, part: Assignment) -> Deadline:
        """When a part is due, and why."""
        return part_deadline(self.root.kind, part.begun_on, part.clock_events)


def get_seen(account: Account, reference: str) -> SeenRequest:
    """The request, for those who wait for it and for who answers at an agency with a part of it.

    Raises RequestNotFound.
    """
    request = db.session.scalar(select(CivilRequest).where(CivilRequest.reference == reference))
    if request is None:
        raise RequestNotFound
    wrote = select(Filer).where(
        Filer.request_id == request.id, Filer.account_id == account.id, Filer.via_id.is_(None)
    )
    is_writer = db.session.scalar(wrote) is not None
    own_part = _find_own_part(account, request)
    if not is_writer and own_part is None:
        raise RequestNotFound
    root = request
    while root.merged_into is not None:
        root = root.merged_into
    waits = select(Filer).where(Filer.request_id == root.id, Filer.account_id == account.id)
    filer = db.session.scalar(waits) if is_writer else None
    parts, former = _list_parts(root.id), _list_parts(root.id, passed_on=True)
    return SeenRequest(request, root, filer, parts, former, own_part, _list_events(request, root))


def list_own(account_id: int) -> list[CivilRequest]:
    """What an account has written, drafts too, newest first."""
    wanted = (
        select(CivilRequest)
        .join(Filer, Filer.request_id == CivilRequest.id)
        .where(Filer.account_id == account_id, Filer.via_id.is_(None))
    )
    return list(db.session.scalars(wanted.order_by(CivilRequest.id.desc())))


def list_waiting(agency_id: int) -> list[Assignment]:
    """The parts that wait for an agency, and those of appealed requests; what is due first comes first."""
    wanted = (
        select(Assignment)
        .join(Assignment.request)
        .options(joinedload(Assignment.request))
        .where(
            Assignment.agency_id == agency_id,
            CivilRequest.state.in_(WAITING_STATES),
            Assignment.state != PartState.PASSED_ON,
            or_(Assignment.state != PartState.ANSWERED, CivilRequest.state == RequestState.APPEALED),
        )
    )
    return list(db.session.scalars(wanted.order_by(Assignment.due_on.nulls_last(), Assignment.id)))


def list_answered(agency_id: int, limit: int = 20) -> list[Assignment]:
    """What an agency has answered lately, newest first."""
    wanted = (
        select(Assignment)
        .options(joinedload(Assignment.request))
        .where(Assignment.agency_id == agency_id, Assignment.state == PartState.ANSWERED)
    )
    return list(db.session.scalars(wanted.order_by(Assignment.answered_at.desc()).limit(limit)))


def list_agencies() -> list[Agency]:
    """Every agency that a request can go to, by name."""
    return list(db.session.scalars(select(Agency).order_by(Agency.name)))


def _find_own_part(account: Account, request: CivilRequest) -> Assignment | None:
    """The part of the account's agency. A clerk or an inspector of the same agency has none of it to read."""
    if account.agency_id is None or not account.has_permission(Permission.CIVIL_REQUEST_ANSWER):
        return None
    return next((part for part in _list_parts(request.id) if part.agency_id == account.agency_id), None)


def _list_parts(request_id: int, *, passed_on: bool = False) -> list[Assignment]:
    was_passed_on = Assignment.state == PartState.PASSED_ON
    wanted = (
        select(Assignment)
        .options(joinedload(Assignment.agency))
        .where(Assignment.request_id == request_id, was_passed_on if passed_on else ~was_passed_on)
    )
    return list(db.session.scalars(wanted.order_by(Assignment.id)))


def _list_events(request: CivilRequest, root: CivilRequest) -> list[RequestEvent]:
    wanted = (
        select(RequestEvent)
        .options(joinedload(RequestEvent.ledger_entry))
        .where(
            or_(
                RequestEvent.request_id == request.id,
                (RequestEvent.request_id == root.id) & RequestEvent.act.in_(SHARED_ACTS),
            )
        )
    )
    return list(db.session.scalars(wanted.order_by(RequestEvent.id)))
