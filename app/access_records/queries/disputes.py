"""Readers of questions about accesses."""

from datetime import date

from flask_babel import gettext as _
from sqlalchemy import select

from app.access_records.models import Dispute
from app.access_records.rules import DISPUTE_RULE, DisputeNotFound, DisputeState
from app.accounts.models import Account
from app.extensions import db
from app.platform.deadlines import Deadline, Event, EventKind, Step, StepKind, compute_deadline

WAITING = (DisputeState.OPEN, DisputeState.APPEALED)


def get_dispute(account: Account, reference: str) -> Dispute:
    """The question, for who asked it and for officials of the agency asked. Raises DisputeNotFound."""
    dispute = db.session.scalar(select(Dispute).where(Dispute.reference == reference))
    if dispute is None:
        raise DisputeNotFound
    is_agency = account.agency_id is not None and account.agency_id == dispute.agency_id
    if dispute.account_id != account.id and not is_agency:
        raise DisputeNotFound
    return dispute


def find_dispute_of(record_id: int, account_id: int) -> Dispute | None:
    """The question that the account has asked about the access."""
    wanted = select(Dispute).where(Dispute.record_id == record_id, Dispute.account_id == account_id)
    return db.session.scalar(wanted)


def list_waiting_disputes(agency_id: int | None) -> list[Dispute]:
    """The questions and appeals that wait for the agency, oldest first."""
    wanted = (
        select(Dispute)
        .where(Dispute.agency_id == agency_id, Dispute.state.in_(WAITING))
        .order_by(Dispute.raised_at)
    )
    return list(db.session.scalars(wanted))


def get_deadline(dispute: Dispute) -> Deadline:
    """When the present step is due, and why. Raises DeadlineError for an extension that is not allowed."""
    if dispute.appealed_at is not None:
        return compute_deadline(DISPUTE_RULE, dispute.appealed_at.date())
    events = [
        Event(EventKind.EXTENDED, date.fromisoformat(event["on"]), event["reason"], event["count"])
        for event in dispute.clock_events
    ]
    return compute_deadline(DISPUTE_RULE, dispute.raised_at.date(), events)


def explain(step: Step) -> str:
    """One line of why something is due on its day."""
    texts = {
        StepKind.RECEIVED: _("Received; this day does not count."),
        StepKind.RESTARTED: _("The term began again: %(reason)s", reason=step.text),
        StepKind.TERM: _("%(count)s working days by law (%(source)s).", count=step.count, source=step.text),
        StepKind.EXTENSION: _("%(count)s more working days: %(reason)s", count=step.count, reason=step.text),
        StepKind.PAUSE: _("Stopped for %(count)s days: %(reason)s", count=step.count, reason=step.text),
        StepKind.HOLIDAY: _("Not counted: %(name)s.", name=step.text),
        StepKind.MOVED: _("Moved to the next working day."),
        StepKind.DUE: _("The answer is due."),
        StepKind.STOPPED: _("The clock is stopped: %(reason)s", reason=step.text),
    }
    return texts[step.kind]
