"""Requests to correct or delete a datum: made by its person, answered by the agency, decided on appeal.

What is granted is done in the same transaction, with its record: the answer and the datum cannot disagree.
"""

from collections.abc import Mapping

from app.access_records.models import CorrectionRequest
from app.access_records.queries.corrections import find_waiting_correction
from app.access_records.queries.held import get_held
from app.access_records.rules import Action, NoPersonYet
from app.access_records.rules.corrections import (
    CORRECTION_LAW,
    CORRECTION_RULE,
    AlreadyRequested,
    CorrectionAct,
    CorrectionKind,
    CorrectionNotExtended,
    CorrectionNotFound,
    CorrectionState,
    DatumNotHeld,
    OwnCorrection,
    next_correction_state,
)
from app.access_records.services.held_data import delete_datum, lock_datum, replace_datum
from app.access_records.services.look_up import Released, release_data
from app.access_records.services.records import Access, record_accesses
from app.access_records.services.timed_requests import add_extension, find_locked, new_reference
from app.accounts.models import Account
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

PURPOSE = "record-upkeep"


def request_correction(
    account: Account, datum_id: int, kind: CorrectionKind, question: str, wanted_value: str = ""
) -> str:
    """Ask the agency to correct or delete one datum about oneself; the reference of the request.

    Raises NoPersonYet, DatumNotHeld where the datum is not this person's, AlreadyRequested.
    """
    account_id, person_id = account.id, account.person_id
    if person_id is None:
        raise NoPersonYet
    with transaction():
        lock_datum(datum_id)
        datum = get_held(person_id, datum_id)
        if find_waiting_correction(person_id, datum.system.id, datum.category) is not None:
            raise AlreadyRequested
        correction = CorrectionRequest(
            reference=new_reference(),
            account_id=account_id,
            person_id=person_id,
            agency_id=datum.system.agency_id,
            system_id=datum.system.id,
            category=datum.category,
            kind=kind,
            state=CorrectionState.OPEN,
            question=question,
            wanted_value=wanted_value if kind is CorrectionKind.CORRECTION else "",
            raised_at=clock.now(),
            clock_events=[],
        )
        db.session.add(correction)
        content = {"question": question, "wanted_value": correction.wanted_value, "category": datum.category}
        _append(EntryType.CORRECTION_REQUEST, correction, content, kind=kind.value)
        _tell(correction)
    return correction.reference


def withdraw_correction(person_id: int, reference: str) -> None:
    """Take a request back as its person, as long as it has no answer.

    Raises CorrectionNotFound, CorrectionActRefused.
    """
    with transaction():
        correction = _lock(reference)
        if correction.person_id != person_id:
            raise CorrectionNotFound
        correction.state = next_correction_state(correction.state, CorrectionAct.WITHDRAW)
        _append(EntryType.CORRECTION_WITHDRAW, correction, {})


def show_held_datum(official: Account, reference: str) -> Released:
    """Record that the official looks at the datum that a request is about, and return it.

    Raises PermissionDenied, CorrectionNotFound, OwnCorrection.
    """
    with transaction():
        correction = _lock_for_agency(official, reference, Permission.CORRECTION_ANSWER)
        return release_data(_make_access(official, correction, Action.VIEW))


def extend_correction(official: Account, reference: str, days: int, reason: str) -> None:
    """Take more time, once, with a reason.

    Raises PermissionDenied, CorrectionNotExtended, CorrectionActRefused, CorrectionNotFound, OwnCorrection.
    """
    with transaction():
        correction = _lock_for_agency(official, reference, Permission.CORRECTION_ANSWER)
        correction.state = next_correction_state(correction.state, CorrectionAct.EXTEND)
        add_extension(correction, CORRECTION_RULE, days, reason, CorrectionNotExtended)
        _append(EntryType.CORRECTION_EXTEND, correction, {"reason": reason}, days=days)
        _tell(correction)


def answer_correction(official: Account, reference: str, *, granted: bool, answer: str) -> None:
    """Answer for the agency; what is granted is done at once.

    Raises PermissionDenied, CorrectionNotFound, CorrectionActRefused, OwnCorrection, and DatumNotHeld where
    the datum that should be corrected has gone meanwhile.
    """
    with transaction():
        correction = _lock_for_agency(official, reference, Permission.CORRECTION_ANSWER)
        act = CorrectionAct.GRANT if granted else CorrectionAct.REFUSE
        correction.state = next_correction_state(correction.state, act)
        correction.answer, correction.answered_at = answer, clock.now()
        correction.answered_by = official.id
        if granted:
            _carry_out(official, correction)
        _append(EntryType.CORRECTION_ANSWER, correction, {"answer": answer}, outcome=correction.state)
        _tell(correction)


def appeal_correction(account: Account, reference: str, appeal: str) -> None:
    """Take a refusal to the privacy officer. Raises CorrectionActRefused, CorrectionNotFound."""
    with transaction():
        correction = _lock(reference)
        if correction.account_id != account.id:
            raise CorrectionNotFound
        correction.state = next_correction_state(correction.state, CorrectionAct.APPEAL)
        correction.appeal, correction.appealed_at = appeal, clock.now()
        _append(EntryType.CORRECTION_APPEAL, correction, {"appeal": appeal})
        _tell(correction)


def decide_correction(officer: Account, reference: str, *, granted: bool, decision: str) -> None:
    """Decide an appeal as the agency's privacy officer; what is granted is done at once.

    Raises PermissionDenied, OwnCorrection also for who refused it, CorrectionActRefused, CorrectionNotFound,
    DatumNotHeld.
    """
    with transaction():
        correction = _lock_for_agency(officer, reference, Permission.CORRECTION_DECIDE)
        if correction.answered_by == officer.id:
            raise OwnCorrection
        act = CorrectionAct.DECIDE_GRANT if granted else CorrectionAct.DECIDE_REFUSE
        correction.state = next_correction_state(correction.state, act)
        correction.decision, correction.decided_at = decision, clock.now()
        if granted:
            _carry_out(officer, correction)
        _append(EntryType.CORRECTION_DECIDE, correction, {"decision": decision}, outcome=correction.state)
        _tell(correction)


def _carry_out(official: Account, correction: CorrectionRequest) -> None:
    """Record the change, then change. A datum that is gone already need not be deleted."""
    record_accesses([_make_access(official, correction, Action.CHANGE)])
    key = (correction.system_id, correction.person_id, correction.category)
    if correction.kind == CorrectionKind.DELETION:
        delete_datum(*key)
    elif not replace_datum(*key, correction.wanted_value):
        raise DatumNotHeld


def _make_access(official: Account, correction: CorrectionRequest, action: Action) -> Access:
    return Access(
        person_id=correction.person_id,
        system=correction.system,
        unit=official.unit or "",
        official=f"account:{official.id}",
        purpose_code=PURPOSE,
        legal_basis=CORRECTION_LAW,
        case_number=correction.reference,
        categories=(correction.category,),
        action=action,
        official_account_id=official.id,
    )


def _lock(reference: str) -> CorrectionRequest:
    correction = find_locked(CorrectionRequest, reference)
    if correction is None:
        raise CorrectionNotFound
    return correction


def _lock_for_agency(actor: Account, reference: str, permission: Permission) -> CorrectionRequest:
    if not actor.has_permission(permission):
        raise PermissionDenied
    correction = _lock(reference)
    if actor.agency_id is None or actor.agency_id != correction.agency_id:
        raise CorrectionNotFound
    if actor.person_id == correction.person_id:
        raise OwnCorrection
    return correction


def _append(
    type_: EntryType, correction: CorrectionRequest, content: Mapping[str, str], **public: object
) -> None:
    """What was asked and answered stays between the two; that and when it was stays public."""
    fields = {"correction": correction.reference, "agency": correction.agency_id, **public}
    ledger.append(Entry(type_, public=fields, personal=[Personal(content, correction.account_id)]))


def _tell(correction: CorrectionRequest) -> None:
    context = {"reference": correction.reference}
    notifications.queue(correction.account_id, "access_records/correction", context)
