"""One step in the life of a petition: the state, the ledger's entry, the timeline, those who follow."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.petitions.models import Petition, TimelineEvent
from app.petitions.rules.life import Act, Actor, next_state
from app.petitions.rules.refusals import PetitionNotFound
from app.petitions.services.followers import tell_creator, tell_followers
from app.platform import clock

# What those who follow a petition are written about.
TOLD = frozenset(
    {
        Act.PUBLISH, Act.JOIN, Act.REACH, Act.ROUTE, Act.RESPOND, Act.SCHEDULE, Act.HOLD, Act.DECLINE,
        Act.EXTEND, Act.PAUSE, Act.RESUME, Act.RECORD_OUTCOME, Act.STOP, Act.CLOSE,
    }
)  # fmt: skip

# What happens before anybody else can see it: its creator is written to.
TOLD_TO_CREATOR = frozenset({Act.ASK_CHANGES, Act.REJECT, Act.HIDE, Act.LAPSE})


def lock_petition(reference: str) -> Petition:
    """The petition, so that nobody else changes its state before the transaction ends.

    Waits for signers under way, and lets none begin. Raises PetitionNotFound.
    """
    wanted = select(Petition).where(Petition.reference == reference).with_for_update()
    petition = db.session.scalar(wanted.execution_options(populate_existing=True))
    if petition is None:
        raise PetitionNotFound
    return petition


def take_step(
    petition: Petition,
    act: Act,
    actor: Actor,
    kind: EntryType,
    *,
    public: Mapping[str, object] | None = None,
    facts: Mapping[str, Any] | None = None,
    personal: Sequence[Personal] = (),
) -> None:
    """Do what the table of rules/life.py allows, with all that goes with it, in the caller's transaction.

    `public` goes into the ledger's entry beside the petition's reference; `facts` are what the timeline's
    sentence needs besides. Raises ActNotAllowed.
    """
    petition.state = next_state(petition.state, act, actor)
    fields = {"petition": petition.reference, **(public or {})}
    entry = ledger.append(Entry(kind, public=fields, personal=personal))
    event = TimelineEvent(
        petition_id=petition.id,
        act=act.value,
        at=clock.now(),
        facts={**(public or {}), **(facts or {})},
        ledger_entry_id=entry.id,
    )
    db.session.add(event)
    if act in TOLD_TO_CREATOR:
        tell_creator(petition, act.value)
    if act in TOLD:
        tell_followers(petition, act)
