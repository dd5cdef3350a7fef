"""What a page tells of a petition: what is owed and until when, what happened, how far the ledger is."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.petitions.models import Edit, Obligation, Petition, Sponsor, TimelineEvent
from app.petitions.queries.petitions import list_in_moderation
from app.petitions.rules.clocks import (
    moderation_deadline,
    obligation_deadline,
    signing_deadline,
    sponsoring_deadline,
)
from app.petitions.rules.life import PetitionState
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.types import ObligationKind, PetitionRules, Span, Threshold, parse_rules
from app.platform import clock
from app.platform.deadlines import Deadline, Step


@dataclass(frozen=True)
class Why:
    """The steps that lead to a due date, and the span that they count."""

    steps: tuple[Step, ...]
    span: Span
    # So many days on which signing was switched off were added.
    added_days: int = 0


@dataclass(frozen=True)
class Owed:
    """Something owed to a petition, with the reason of its date."""

    obligation: Obligation
    due_on: date | None
    why: Why

    @property
    def is_late(self) -> bool:
        """Whether its day has passed and it is not kept."""
        return self.obligation.met_at is None and self.due_on is not None and self.due_on < town_today()

    @property
    def was_late(self) -> bool:
        """Whether it was kept after its day."""
        met_at = self.obligation.met_at
        return met_at is not None and self.due_on is not None and self.due_on < _day(met_at)


@dataclass(frozen=True)
class Waiting:
    """A petition that waits for the moderators, and until when they have time."""

    petition: Petition
    due_on: date

    @property
    def is_late(self) -> bool:
        """Whether the moderators' time is over."""
        return self.due_on < town_today()


def town_today() -> date:
    """Today in the town."""
    return clock.now().astimezone(LOCAL).date()


def list_owed(petition: Petition) -> list[Owed]:
    """Everything that has become due for a petition, kept or not, in order."""
    rules = parse_rules(petition.rules)
    wanted = select(Obligation).options(joinedload(Obligation.agency))
    found = db.session.scalars(wanted.where(Obligation.petition_id == petition.id).order_by(Obligation.id))
    return [_owed(rules, obligation) for obligation in found]


def find_next_threshold(petition: Petition) -> Threshold | None:
    """The next count that leads to something."""
    thresholds = parse_rules(petition.rules).thresholds
    return next((t for t in thresholds if t.count > petition.signature_count), None)


def explain_closing(petition: Petition) -> Why | None:
    """Why signing ends on its day; None while it is not known."""
    if petition.opened_at is None or petition.closes_on is None:
        return None
    rules = parse_rules(petition.rules)
    deadline = signing_deadline(rules, _day(petition.opened_at))
    added = (petition.closes_on - deadline.due_on).days if deadline.due_on else 0
    return Why(deadline.steps, rules.open, max(0, added))


def find_sponsoring_deadline(petition: Petition) -> Deadline | None:
    """The last day for sponsors, once it has been sent in."""
    if petition.submitted_at is None:
        return None
    return sponsoring_deadline(parse_rules(petition.rules), _day(petition.submitted_at))


def get_waiting(petition: Petition) -> Waiting:
    """Until when the moderators decide about a petition that waits for them."""
    begun = petition.submitted_at or petition.created_at
    due_on = moderation_deadline(parse_rules(petition.rules), _day(begun)).due_on
    # Nothing stops the moderators' clock, so there always is a day.
    return Waiting(petition, due_on or _day(begun))


def explain_moderation(petition: Petition) -> Why:
    """Why the moderators decide until that day."""
    rules = parse_rules(petition.rules)
    begun = petition.submitted_at or petition.created_at
    return Why(moderation_deadline(rules, _day(begun)).steps, rules.moderation)


def list_waiting() -> list[Waiting]:
    """What waits for the moderators, oldest first."""
    return [get_waiting(petition) for petition in list_in_moderation()]


def list_events(petition_id: int) -> list[TimelineEvent]:
    """What happened to a petition, oldest first."""
    wanted = (
        select(TimelineEvent)
        .where(TimelineEvent.petition_id == petition_id)
        .options(joinedload(TimelineEvent.ledger_entry))
    )
    return list(db.session.scalars(wanted.order_by(TimelineEvent.at, TimelineEvent.id)))


def list_edits(petition_id: int) -> list[Edit]:
    """The changes of its text by moderators, oldest first."""
    return list(db.session.scalars(select(Edit).where(Edit.petition_id == petition_id).order_by(Edit.id)))


def count_sponsors(petition_id: int) -> int:
    """How many stand by a petition before it is published."""
    wanted = select(func.count()).select_from(Sponsor).where(Sponsor.petition_id == petition_id)
    return db.session.scalar(wanted) or 0


def is_sponsor(account_id: int, petition_id: int) -> bool:
    """Whether somebody stands by it."""
    mine = (Sponsor.account_id == account_id, Sponsor.petition_id == petition_id)
    return db.session.scalar(select(Sponsor.id).where(*mine)) is not None


def is_too_late_to_sponsor(petition: Petition) -> bool:
    """Whether it looks for sponsors after their last day, since the job has not ended it yet."""
    deadline = find_sponsoring_deadline(petition)
    is_over = deadline is not None and deadline.due_on is not None and deadline.due_on < town_today()
    return is_over and petition.state == PetitionState.SPONSORING


def _owed(rules: PetitionRules, obligation: Obligation) -> Owed:
    kind = ObligationKind(obligation.kind)
    deadline = obligation_deadline(rules, kind, obligation.begun_on, obligation.clock_events)
    return Owed(obligation, deadline.due_on, Why(deadline.steps, rules.clocks[kind]))


def _day(at: datetime) -> date:
    return at.astimezone(LOCAL).date()
