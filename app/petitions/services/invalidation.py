"""Declaring signatures invalid: one moderator proposes, another confirms, a job does it; undone likewise."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from app.accounts.models import Account
from app.extensions import db, huey
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.petitions.models import InvalidatedSignature, Invalidation, Petition, Signature
from app.petitions.queries.facts import Facts, get_facts
from app.petitions.queries.fraud import count_changed, get_invalidation, matching, try_criteria
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules import refusals
from app.petitions.rules.email import EMAIL_SIGNER
from app.petitions.rules.fraud import (
    Criteria,
    InvalidationAct,
    InvalidationState,
    next_invalidation_state,
    read_criteria,
)
from app.petitions.rules.life import Act, Actor, next_state
from app.petitions.rules.reasons import INVALIDATIONS
from app.petitions.rules.signing import SignatureState
from app.petitions.services.email_signing import link_of_signer
from app.petitions.services.signing import change_signature, lock_for_signing
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.transaction import after_commit, transaction

JOB = "app.petitions.jobs.carry_out_invalidations"
BATCH_SIZE = 200
RUNNING = (InvalidationState.RUNNING, InvalidationState.UNDOING)


def propose_invalidation(
    moderator: Account, reference: str, criteria: Criteria, reason_code: str, note: str
) -> int:
    """Propose that the signatures that match now are declared invalid; the proposal's number.

    Raises PetitionNotFound, NoCriteria, ReasonUnknown, NothingMatches, ActNotAllowed.
    """
    if reason_code not in INVALIDATIONS:
        raise refusals.ReasonUnknown
    petition = get_public_petition(reference)
    next_state(petition.state, Act.INVALIDATE, Actor.MODERATOR)
    run = try_criteria(petition.id, criteria)
    if not run.matched:
        raise refusals.NothingMatches
    invalidation = Invalidation(
        petition_id=petition.id,
        state=InvalidationState.PROPOSED,
        criteria=criteria.as_json(),
        reason_code=reason_code,
        note=note,
        last_signature_id=run.last_signature_id,
        matched=run.matched,
        counts=dict(run.by_criterion),
        proposed_by=moderator.id,
        proposed_at=clock.now(),
    )
    with transaction():
        db.session.add(invalidation)
        db.session.flush()
        _append(EntryType.INVALIDATION_PROPOSE, moderator, invalidation, undo=False)
        return invalidation.id


def confirm_invalidation(moderator: Account, number: int) -> None:
    """Let a proposal, of an invalidation or of its undoing, be carried out.

    Raises InvalidationNotFound, SecondPersonNeeded, InvalidationStateRefused, ActNotAllowed.
    """
    reference = get_invalidation(number).petition.reference
    with transaction():
        petition = lock_petition(reference)
        invalidation = _lock(number)
        if invalidation.proposed_by == moderator.id:
            raise refusals.SecondPersonNeeded
        invalidation.state = next_invalidation_state(invalidation.state, InvalidationAct.CONFIRM)
        invalidation.decided_at = clock.now()
        is_undoing = invalidation.state == InvalidationState.UNDOING
        take_step(
            petition,
            Act.RESTORE if is_undoing else Act.INVALIDATE,
            Actor.MODERATOR,
            EntryType.INVALIDATION_CONFIRM,
            public=_public(invalidation, undo=is_undoing),
            personal=_personal(moderator, invalidation),
        )
        after_commit(_start)


def refuse_invalidation(moderator: Account, number: int) -> None:
    """Turn a proposal down, or take back one's own. Raises InvalidationNotFound, InvalidationStateRefused."""
    with transaction():
        invalidation = _lock(number)
        is_undo = invalidation.state == InvalidationState.UNDO_PROPOSED
        invalidation.state = next_invalidation_state(invalidation.state, InvalidationAct.REFUSE)
        invalidation.decided_at = clock.now()
        _append(EntryType.INVALIDATION_REFUSE, moderator, invalidation, undo=is_undo)


def propose_undoing(moderator: Account, number: int, note: str) -> None:
    """Propose that what an invalidation changed counts again.

    Raises InvalidationNotFound, InvalidationStateRefused.
    """
    with transaction():
        invalidation = _lock(number)
        invalidation.state = next_invalidation_state(invalidation.state, InvalidationAct.PROPOSE_UNDO)
        invalidation.proposed_by, invalidation.proposed_at = moderator.id, clock.now()
        invalidation.undo_note = note
        _append(EntryType.INVALIDATION_PROPOSE, moderator, invalidation, undo=True)


def carry_out_invalidations() -> int:
    """Do what has been confirmed, a batch at a time; how many signatures changed. A stop loses nothing."""
    wanted = select(Invalidation.id).where(Invalidation.state.in_(RUNNING)).order_by(Invalidation.id)
    changed = 0
    for number in list(db.session.scalars(wanted)):
        while count := _do_batch(number):
            changed += count
    return changed


def _do_batch(number: int) -> int:
    """Change the next few signatures; 0 once it is finished."""
    facts = get_facts(get_invalidation(number).petition.reference)
    with transaction():
        state, _ = lock_for_signing(facts.id)
        invalidation = _lock(number)
        if invalidation.state not in RUNNING:
            return 0
        is_undoing = invalidation.state == InvalidationState.UNDOING
        rows = _take(invalidation, undo=is_undoing) if _is_possible(state) else []
        if not rows:
            invalidation.state = next_invalidation_state(invalidation.state, InvalidationAct.FINISH)
        for row in rows:
            (_restore if is_undoing else _invalidate)(facts, invalidation, row)
    return len(rows)


def _is_possible(state: str) -> bool:
    """Once the petition is archived nothing about its signatures changes any more."""
    try:
        next_state(state, Act.INVALIDATE, Actor.MODERATOR)
    except refusals.ActNotAllowed:
        return False
    return True


def _take(invalidation: Invalidation, *, undo: bool) -> Sequence[Any]:
    done = select(InvalidatedSignature.signature_id).where(
        InvalidatedSignature.invalidation_id == invalidation.id
    )
    wanted: Any
    if undo:
        wanted = select(Signature).where(
            Signature.id.in_(done.where(~InvalidatedSignature.restored)),
            Signature.state == SignatureState.INVALIDATED,
        )
    else:
        wanted = matching(invalidation.petition_id, read_criteria(invalidation.criteria)).where(
            Signature.id <= invalidation.last_signature_id, Signature.id.not_in(done)
        )
    columns = (Signature.id, Signature.pseudonym, Signature.account_id, Signature.email_signer_id)
    wanted = wanted.with_only_columns(*columns, maintain_column_froms=True)
    return db.session.execute(
        wanted.order_by(Signature.id).limit(BATCH_SIZE).with_for_update(of=Signature)
    ).all()


def _invalidate(facts: Facts, invalidation: Invalidation, row: Any) -> None:
    public = {"reason": invalidation.reason_code, "invalidation": invalidation.id}
    change_signature(facts, row, SignatureState.INVALIDATED, public)
    _set_reason(row.id, invalidation.reason_code)
    db.session.add(InvalidatedSignature(signature_id=row.id, invalidation_id=invalidation.id))
    _tell(invalidation, row, "petitions/invalidated")


def _restore(facts: Facts, invalidation: Invalidation, row: Any) -> None:
    public = {"by": "moderator", "invalidation": invalidation.id}
    change_signature(facts, row, SignatureState.COUNTED, public)
    _set_reason(row.id, None)
    changed = db.session.get_one(InvalidatedSignature, (row.id, invalidation.id))
    changed.restored = True
    _tell(invalidation, row, "petitions/restored")


def _set_reason(signature_id: int, code: str | None) -> None:
    db.session.execute(update(Signature).where(Signature.id == signature_id).values(reason_code=code))


def _tell(invalidation: Invalidation, row: Any, template: str) -> None:
    petition = invalidation.petition
    context = {
        "title": petition.title,
        "reference": petition.reference,
        "reason": invalidation.reason_code,
    }
    if row.account_id is not None:
        notifications.queue(row.account_id, template, context | {"token": None})
    elif row.email_signer_id is not None:
        context["token"] = link_of_signer(row.email_signer_id)
        notifications.queue(row.email_signer_id, template, context, kind=EMAIL_SIGNER)


def _lock(number: int) -> Invalidation:
    wanted = select(Invalidation).where(Invalidation.id == number).with_for_update()
    found = db.session.scalar(wanted.execution_options(populate_existing=True))
    if found is None:
        raise refusals.InvalidationNotFound
    return found


def _append(kind: EntryType, moderator: Account, invalidation: Invalidation, *, undo: bool) -> None:
    petition = db.session.get_one(Petition, invalidation.petition_id)
    public = {"petition": petition.reference, **_public(invalidation, undo=undo)}
    ledger.append(Entry(kind, public=public, personal=_personal(moderator, invalidation)))


def _public(invalidation: Invalidation, *, undo: bool) -> dict[str, object]:
    """What everybody reads: how many, why, by what kind of criteria; what these are may be somebody's."""
    changed, restored = count_changed(invalidation.id)
    return {
        "invalidation": invalidation.id,
        "undo": int(undo),
        "reason": invalidation.reason_code,
        "criteria": sorted(invalidation.criteria),
        "count": changed - restored if undo else invalidation.matched,
    }


def _personal(moderator: Account, invalidation: Invalidation) -> list[Personal]:
    return [
        Personal({"moderator": moderator.id}, moderator.id),
        Personal(dict(invalidation.criteria)),
    ]


def _start() -> None:
    huey.start(JOB)
