"""Readers of questions about accesses."""

from sqlalchemy import select

from app.access_records.models import Dispute
from app.access_records.queries.timed_requests import (
    compute_due,
    explain_step,
    find_request,
    handles,
    list_waiting,
)
from app.access_records.rules import DISPUTE_RULE, DisputeNotFound, DisputeState
from app.accounts.models import Account
from app.extensions import db
from app.platform.deadlines import Deadline, Step, Unit
from app.platform.permissions import Permission

HANDLED_BY = (Permission.DISPUTE_ANSWER, Permission.DISPUTE_DECIDE)
WAITING = (DisputeState.OPEN, DisputeState.APPEALED)


def get_dispute(account: Account, reference: str) -> Dispute:
    """The question, for who asked it and for who handles it there. Raises DisputeNotFound."""
    dispute = find_request(Dispute, account, reference, HANDLED_BY)
    if dispute is None:
        raise DisputeNotFound
    return dispute


def find_dispute_of(record_id: int, account_id: int) -> Dispute | None:
    """The question that the account has asked about the access."""
    wanted = select(Dispute).where(Dispute.record_id == record_id, Dispute.account_id == account_id)
    return db.session.scalar(wanted)


def list_waiting_disputes(account: Account) -> list[Dispute]:
    """The questions and appeals that wait for the account's agency, oldest first, for who handles them."""
    return list_waiting(Dispute, account.agency_id, WAITING) if handles(account, HANDLED_BY) else []


def get_deadline(dispute: Dispute) -> Deadline:
    """When the present step is due, and why. Raises DeadlineError for an extension that is not allowed."""
    return compute_due(dispute, DISPUTE_RULE)


def explain(step: Step) -> str:
    """One line of why something is due on its day."""
    return explain_step(step, Unit.WORKING_DAYS)
