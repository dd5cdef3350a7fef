"""Questions about an access: raised by its person, answered by the agency, decided by the privacy officer."""

from sqlalchemy import select

from app.access_records import rules
from app.access_records.models import AccessRecord, Dispute
from app.access_records.rules import DISPUTE_RULE, DisputeAct, DisputeState, ExtensionNotAllowed
from app.access_records.services.timed_requests import add_extension, find_locked, new_reference
from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.transaction import transaction


def raise_dispute(account: Account, record_id: int, question: str) -> str:
    """Ask the agency why it looked; the reference of the question.

    Raises DisputeNotFound where the access is not to this person's data, AlreadyDisputed.
    """
    account_id, person_id = account.id, account.person_id
    with transaction():
        record = db.session.get(AccessRecord, record_id)
        if record is None or record.erased_at or person_id is None or record.person_id != person_id:
            raise rules.DisputeNotFound
        if db.session.scalar(select(Dispute.id).where(Dispute.record_id == record_id)) is not None:
            raise rules.AlreadyDisputed
        dispute = Dispute(
            reference=new_reference(),
            record_id=record_id,
            account_id=account_id,
            agency_id=record.agency_id,
            state=DisputeState.OPEN,
            question=question,
            raised_at=clock.now(),
            clock_events=[],
        )
        db.session.add(dispute)
        _append(EntryType.DISPUTE_RAISE, dispute, {"question": question})
    return dispute.reference


def extend_dispute(actor: Account, reference: str, days: int, reason: str) -> None:
    """Take more time, once, with a reason. Raises ExtensionNotAllowed, DisputeActRefused, DisputeNotFound."""
    with transaction():
        dispute = _lock_for_agency(actor, reference)
        dispute.state = rules.next_dispute_state(dispute.state, DisputeAct.EXTEND)
        add_extension(dispute, DISPUTE_RULE, days, reason, ExtensionNotAllowed)
        _append(EntryType.DISPUTE_EXTEND, dispute, {"reason": reason}, days=days)
        _tell(dispute)


def answer_dispute(actor: Account, reference: str, *, justified: bool, answer: str) -> None:
    """Answer for the agency: the access was right, or it was wrong.

    Raises OwnDispute for the official who looked, DisputeActRefused, DisputeNotFound.
    """
    with transaction():
        dispute = _lock_for_agency(actor, reference)
        if dispute.record.official_account_id == actor.id:
            raise rules.OwnDispute
        act = DisputeAct.CALL_JUSTIFIED if justified else DisputeAct.CALL_WRONG
        dispute.state = rules.next_dispute_state(dispute.state, act)
        dispute.answer, dispute.answered_at, dispute.answered_by = answer, clock.now(), actor.id
        _append(EntryType.DISPUTE_ANSWER, dispute, {"answer": answer}, outcome=dispute.state)
        _tell(dispute)


def appeal_dispute(account: Account, reference: str, appeal: str) -> None:
    """Take an answer that calls the access right to the privacy officer.

    Raises DisputeActRefused, DisputeNotFound.
    """
    with transaction():
        dispute = _lock(reference)
        if dispute.account_id != account.id:
            raise rules.DisputeNotFound
        dispute.state = rules.next_dispute_state(dispute.state, DisputeAct.APPEAL)
        dispute.appeal, dispute.appealed_at = appeal, clock.now()
        _append(EntryType.DISPUTE_APPEAL, dispute, {"appeal": appeal})


def decide_dispute(actor: Account, reference: str, *, justified: bool, decision: str) -> None:
    """Decide an appeal as the agency's privacy officer.

    Raises OwnDispute for who looked or answered, DisputeActRefused, DisputeNotFound.
    """
    with transaction():
        dispute = _lock_for_agency(actor, reference)
        if actor.id in (dispute.answered_by, dispute.record.official_account_id):
            raise rules.OwnDispute
        act = DisputeAct.DECIDE_JUSTIFIED if justified else DisputeAct.DECIDE_WRONG
        dispute.state = rules.next_dispute_state(dispute.state, act)
        dispute.decision, dispute.decided_at = decision, clock.now()
        _append(EntryType.DISPUTE_DECIDE, dispute, {"decision": decision}, outcome=dispute.state)
        _tell(dispute)


def _lock(reference: str) -> Dispute:
    dispute = find_locked(Dispute, reference)
    if dispute is None:
        raise rules.DisputeNotFound
    return dispute


def _lock_for_agency(actor: Account, reference: str) -> Dispute:
    dispute = _lock(reference)
    if actor.agency_id is None or actor.agency_id != dispute.agency_id:
        raise rules.DisputeNotFound
    return dispute


def _append(kind: EntryType, dispute: Dispute, content: dict[str, str], **public: object) -> None:
    """What was asked and answered stays between the two; that and when it was stays public."""
    fields = {"dispute": dispute.reference, "agency": dispute.agency_id, **public}
    ledger.append(Entry(kind, public=fields, personal=[Personal(content, dispute.account_id)]))


def _tell(dispute: Dispute) -> None:
    context = {"reference": dispute.reference}
    notifications.queue(dispute.account_id, "access_records/dispute", context)
