"""What moderators decide: edits, publication, refusal, joining, stopping."""

from app.accounts.models import Account
from app.extensions import db, huey
from app.ledger.entry_types import EntryType
from app.ledger.services import Personal
from app.petitions.models import Edit
from app.petitions.queries.petitions import get_public_petition
from app.petitions.rules import refusals
from app.petitions.rules.clocks import signing_deadline
from app.petitions.rules.life import Act, Actor, PetitionState
from app.petitions.rules.reasons import REJECTIONS, STOPS
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.types import parse_rules
from app.petitions.services.drafts import PetitionText, text_of
from app.petitions.services.finding import index_petition
from app.petitions.services.keys import make_key
from app.petitions.services.steps import lock_petition, take_step
from app.platform import clock
from app.platform.transaction import after_commit, transaction

SPONSORS_JOB = "app.petitions.jobs.sign_for_all_sponsors"


def edit_text(moderator: Account, reference: str, text: PetitionText, reason: str) -> None:
    """Change the words of a petition, keeping and showing both versions. Raises ActNotAllowed."""
    with transaction():
        petition = lock_petition(reference)
        before = text_of(petition)
        petition.title, petition.demand, petition.reasons = text.title, text.demand, text.reasons
        if petition.state == PetitionState.OPEN:
            index_petition(petition)
        edit = Edit(
            petition_id=petition.id,
            at=clock.now(),
            editor_id=moderator.id,
            reason=reason,
            before=vars(before),
            after=vars(text),
        )
        db.session.add(edit)
        take_step(
            petition,
            Act.EDIT,
            Actor.MODERATOR,
            EntryType.PETITION_EDIT,
            public={"before": before.digest(), "after": text.digest(), "reason": reason},
            personal=_by(moderator),
        )


def ask_changes(moderator: Account, reference: str, note: str) -> None:
    """Give a petition back to its creator, saying what to change; its sponsors stay. Raises ActNotAllowed."""
    with transaction():
        petition = lock_petition(reference)
        petition.reason_note = note
        take_step(
            petition,
            Act.ASK_CHANGES,
            Actor.MODERATOR,
            EntryType.PETITION_REFUSE,
            public={"reason": "changes"},
            facts={"note": note},
            personal=_by(moderator),
        )


def publish_petition(moderator: Account, reference: str, agency_id: int | None) -> None:
    """Open a petition under a new key, whose public half is published; its sponsors sign.

    Raises ActNotAllowed.
    """
    public_key = make_key(reference).public_key
    with transaction():
        petition = lock_petition(reference)
        now = clock.now()
        rules = parse_rules(petition.rules)
        closes_on = signing_deadline(rules, now.astimezone(LOCAL).date()).due_on
        petition.public_key, petition.opened_at, petition.closes_on = public_key, now, closes_on
        petition.moderated_at, petition.agency_id, petition.reason_note = now, agency_id, ""
        public = {
            "type": petition.type_code,
            "text": text_of(petition).digest(),
            "public_key": public_key.hex(),
            "thresholds": [f"{t.owes.value}:{t.count}" for t in rules.thresholds],
            "closes_on": closes_on.isoformat() if closes_on else "",
        }
        take_step(
            petition,
            Act.PUBLISH,
            Actor.MODERATOR,
            EntryType.PETITION_OPEN,
            public=public,
            personal=_by(moderator),
        )
        index_petition(petition)
        after_commit(_let_sponsors_sign)


def refuse_petition(moderator: Account, reference: str, reason_code: str, note: str) -> None:
    """Refuse a petition with a coded reason, for some of which its text is hidden.

    Raises ReasonUnknown, ActNotAllowed.
    """
    reason = REJECTIONS.get(reason_code)
    if reason is None:
        raise refusals.ReasonUnknown
    with transaction():
        petition = lock_petition(reference)
        petition.reason_code, petition.reason_note, petition.moderated_at = reason_code, note, clock.now()
        take_step(
            petition,
            Act.HIDE if reason.hides else Act.REJECT,
            Actor.MODERATOR,
            EntryType.PETITION_REFUSE,
            public={"reason": reason_code, "hidden": int(reason.hides)},
            personal=_by(moderator),
        )


def join_petition(moderator: Account, reference: str, other: str) -> None:
    """Join a petition to another about the same: its followers are told and moved, its signatures stay.

    Raises PetitionNotFound for another that is not open, ActNotAllowed.
    """
    with transaction():
        petition, target = lock_petition(reference), get_public_petition(other)
        if target.id == petition.id or target.state != PetitionState.OPEN:
            raise refusals.PetitionNotFound
        petition.reason_code, petition.joined_to_id = "duplicate", target.id
        petition.moderated_at = petition.closed_at = clock.now()
        take_step(
            petition,
            Act.JOIN,
            Actor.MODERATOR,
            EntryType.PETITION_JOIN,
            public={"to": target.reference},
            facts={"title": target.title},
            personal=_by(moderator),
        )


def stop_petition(moderator: Account, reference: str, reason_code: str, note: str) -> None:
    """End an open petition early, with a coded reason. Raises ReasonUnknown, ActNotAllowed."""
    if reason_code not in STOPS:
        raise refusals.ReasonUnknown
    with transaction():
        petition = lock_petition(reference)
        petition.reason_code, petition.reason_note, petition.closed_at = reason_code, note, clock.now()
        take_step(
            petition,
            Act.STOP,
            Actor.MODERATOR,
            EntryType.PETITION_STOP,
            public={"reason": reason_code},
            personal=_by(moderator),
        )


def _by(moderator: Account) -> list[Personal]:
    return [Personal({"moderator": moderator.id}, moderator.id)]


def _let_sponsors_sign() -> None:
    huey.start(SPONSORS_JOB)
