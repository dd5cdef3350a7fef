"""Says that the moderators are late: to the creator, on the timeline, in the ledger; once each time."""

from sqlalchemy import select

from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.petitions.models import Petition, TimelineEvent
from app.petitions.queries.life import get_waiting, list_waiting
from app.petitions.rules.life import PetitionState
from app.petitions.services.followers import tell_creator
from app.petitions.services.steps import lock_petition
from app.platform import clock
from app.platform.transaction import transaction

DELAY = "delay"


def tell_delays() -> int:
    """Tell of every petition whose moderators are late and that was not told of yet; how many."""
    late = [waiting.petition.reference for waiting in list_waiting() if waiting.is_late]
    return sum(_tell(reference) for reference in late)


def _tell(reference: str) -> bool:
    with transaction():
        petition = lock_petition(reference)
        waiting = get_waiting(petition)
        if petition.state != PetitionState.MODERATION or not waiting.is_late or _is_told(petition):
            return False
        public = {"petition": reference, "due_on": waiting.due_on.isoformat()}
        entry = ledger.append(Entry(EntryType.PETITION_DELAY, public=public))
        event = TimelineEvent(
            petition_id=petition.id, act=DELAY, at=clock.now(), facts=public, ledger_entry_id=entry.id
        )
        db.session.add(event)
        tell_creator(petition, DELAY)
    return True


def _is_told(petition: Petition) -> bool:
    known = select(TimelineEvent.id).where(
        TimelineEvent.petition_id == petition.id,
        TimelineEvent.act == DELAY,
        TimelineEvent.at >= petition.submitted_at,
    )
    return db.session.scalar(known) is not None
