"""Readers of requests to correct or delete a datum."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access_records.models import CorrectionRequest
from app.access_records.queries.timed_requests import (
    compute_due,
    explain_step,
    find_request,
    handles,
    list_waiting,
)
from app.access_records.rules.corrections import CORRECTION_RULE, WAITING_CORRECTIONS, CorrectionNotFound
from app.accounts.models import Account
from app.extensions import db
from app.platform.deadlines import Deadline, Step, Unit
from app.platform.permissions import Permission

HANDLED_BY = (Permission.CORRECTION_ANSWER, Permission.CORRECTION_DECIDE)


def get_correction(account: Account, reference: str) -> CorrectionRequest:
    """The request, for who made it and for who handles it there. Raises CorrectionNotFound."""
    correction = find_request(CorrectionRequest, account, reference, HANDLED_BY)
    if correction is None:
        raise CorrectionNotFound
    return correction


def list_waiting_corrections(account: Account) -> list[CorrectionRequest]:
    """The requests and appeals that wait for the account's agency, oldest first, for who handles them."""
    if not handles(account, HANDLED_BY):
        return []
    return list_waiting(CorrectionRequest, account.agency_id, WAITING_CORRECTIONS)


def list_own_corrections(account_id: int) -> list[CorrectionRequest]:
    """What the person has asked for, newest first."""
    wanted = (
        select(CorrectionRequest)
        .options(joinedload(CorrectionRequest.system))
        .where(CorrectionRequest.account_id == account_id)
    )
    return list(db.session.scalars(wanted.order_by(CorrectionRequest.id.desc())))


def find_waiting_correction(person_id: int, system_id: int, category: str) -> CorrectionRequest | None:
    """The request about a datum that has no final answer yet."""
    wanted = select(CorrectionRequest).where(
        CorrectionRequest.person_id == person_id,
        CorrectionRequest.system_id == system_id,
        CorrectionRequest.category == category,
        CorrectionRequest.state.in_(WAITING_CORRECTIONS),
    )
    return db.session.scalar(wanted)


def get_correction_deadline(correction: CorrectionRequest) -> Deadline:
    """When the present step is due, and why. Raises DeadlineError for an extension that is not allowed."""
    return compute_due(correction, CORRECTION_RULE)


def explain_correction(step: Step) -> str:
    """One line of why an answer is due on its day."""
    return explain_step(step, Unit.DAYS)
