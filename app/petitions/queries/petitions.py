"""Readers of petitions: one by its reference, lists for everybody, for creators, moderators and agencies."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from app.accounts.models import Account, Agency
from app.extensions import db
from app.petitions.models import Follower, Obligation, Petition, PetitionType
from app.petitions.rules.life import PUBLIC_STATES, PetitionState
from app.petitions.rules.refusals import PetitionNotFound, TypeNotOffered
from app.petitions.rules.types import PetitionRules, parse_rules
from app.platform import search
from app.platform.pagination import Page, paginate

SEARCH_KIND = "petition"
PAGE_SIZE = 20
SIMILAR_COUNT = 5


class Shown(StrEnum):
    """The parts of the public list."""

    OPEN = "open"
    WAITING = "waiting"
    ANSWERED = "answered"
    CLOSED = "closed"
    ALL = "all"


class Order(StrEnum):
    """What stands first."""

    NEWEST = "newest"
    MOST_SIGNED = "most-signed"


_ENDED = (PetitionState.CLOSED, PetitionState.ARCHIVED, PetitionState.JOINED, PetitionState.STOPPED)
_REFUSED = (PetitionState.REJECTED, PetitionState.HIDDEN)
_LISTED = (PetitionState.OPEN, *_ENDED)


def get_petition(reference: str) -> Petition:
    """The petition, whoever may see it. Raises PetitionNotFound."""
    wanted = (
        select(Petition)
        .where(Petition.reference == reference)
        .options(joinedload(Petition.agency), joinedload(Petition.joined_to))
    )
    petition = db.session.scalar(wanted)
    if petition is None:
        raise PetitionNotFound
    return petition


def get_public_petition(reference: str) -> Petition:
    """The petition that everybody may see under this reference. Raises PetitionNotFound."""
    petition = get_petition(reference)
    if petition.state not in PUBLIC_STATES:
        raise PetitionNotFound
    return petition


def get_shown_petition(reference: str) -> Petition:
    """The petition whose text everybody may see: not one that is hidden. Raises PetitionNotFound."""
    petition = get_public_petition(reference)
    if petition.state == PetitionState.HIDDEN:
        raise PetitionNotFound
    return petition


def get_own_petition(account: Account, reference: str) -> Petition:
    """The petition of its creator; for others there is none. Raises PetitionNotFound."""
    petition = get_petition(reference)
    if petition.creator_id != account.id:
        raise PetitionNotFound
    return petition


def list_petitions(shown: Shown, query: str, order: Order, page: int) -> Page[Petition]:
    """One page of the public list; with a query, those that have all its words."""
    wanted = _wanted().where(_belongs(shown))
    if query.strip():
        wanted = wanted.where(Petition.reference.in_(search.find(SEARCH_KIND, query)))
    first = Petition.signature_count.desc() if order is Order.MOST_SIGNED else Petition.opened_at.desc()
    return paginate(wanted.order_by(first, Petition.id.desc()), page, PAGE_SIZE)


def list_refused(page: int) -> Page[Petition]:
    """The petitions that moderators refused, newest first; hidden texts are for the page to hide."""
    return paginate(_refused(), page, PAGE_SIZE)


def list_all_refused() -> list[Petition]:
    """The same, all of them."""
    return list(db.session.scalars(_refused()))


def list_newest_open(count: int) -> list[Petition]:
    """The newest open petitions, for the front page."""
    wanted = _wanted().where(Petition.state == PetitionState.OPEN).order_by(Petition.opened_at.desc())
    return list(db.session.scalars(wanted.limit(count)))


def find_similar_petitions(text: str, besides: str = "") -> list[Petition]:
    """Public petitions that ask for something alike, best first."""
    keys = [key for key in search.find_similar(SEARCH_KIND, text, SIMILAR_COUNT + 1) if key != besides]
    found = db.session.scalars(_wanted().where(Petition.reference.in_(keys), Petition.state.in_(_LISTED)))
    return sorted(found, key=lambda petition: keys.index(petition.reference))[:SIMILAR_COUNT]


def list_own_petitions(account_id: int) -> list[Petition]:
    """What somebody has started, newest first."""
    return list(
        db.session.scalars(_wanted().where(Petition.creator_id == account_id).order_by(Petition.id.desc()))
    )


def list_in_moderation() -> list[Petition]:
    """What waits for the moderators, oldest first."""
    wanted = _wanted().where(Petition.state == PetitionState.MODERATION)
    return list(db.session.scalars(wanted.order_by(Petition.submitted_at, Petition.id)))


def list_of_agency(agency_id: int) -> list[Petition]:
    """The petitions that an agency is responsible for, as long as it can do something about them."""
    wanted = _wanted().where(
        Petition.agency_id == agency_id, Petition.state.in_((PetitionState.OPEN, PetitionState.CLOSED))
    )
    return list(db.session.scalars(wanted.order_by(Petition.id)))


def list_agencies() -> list[Agency]:
    """Every agency, by name."""
    return list(db.session.scalars(select(Agency).order_by(Agency.name)))


def list_types() -> list[PetitionRules]:
    """The kinds of petition that can be started, those most started first."""
    uses = select(func.count()).where(Petition.type_code == PetitionType.code).scalar_subquery()
    wanted = select(PetitionType).where(PetitionType.active).order_by(uses.desc(), PetitionType.code)
    return [parse_rules(kind.rules) for kind in db.session.scalars(wanted)]


def get_type(code: str) -> PetitionRules:
    """A kind that can be started. Raises TypeNotOffered."""
    kind = db.session.get(PetitionType, code)
    if kind is None or not kind.active:
        raise TypeNotOffered
    return parse_rules(kind.rules)


def is_follower(account_id: int, petition_id: int) -> bool:
    """Whether somebody gets a mail about each step."""
    wanted = select(Follower.id).where(Follower.account_id == account_id, Follower.petition_id == petition_id)
    return db.session.scalar(wanted) is not None


def _wanted() -> Select[Any]:
    return select(Petition).options(joinedload(Petition.agency), joinedload(Petition.joined_to))


def _refused() -> Select[Any]:
    wanted = _wanted().where(Petition.state.in_(_REFUSED))
    return wanted.order_by(Petition.moderated_at.desc(), Petition.id.desc())


def _belongs(shown: Shown) -> ColumnElement[bool]:
    owed = select(Obligation.id).where(Obligation.petition_id == Petition.id)
    states: Sequence[PetitionState] = _LISTED
    if shown is Shown.OPEN:
        states = (PetitionState.OPEN,)
    elif shown is Shown.CLOSED:
        states = _ENDED
    belongs = Petition.state.in_(states)
    if shown is Shown.WAITING:
        return belongs & owed.where(Obligation.met_at.is_(None)).exists()
    if shown is Shown.ANSWERED:
        return belongs & owed.where(Obligation.met_at.is_not(None)).exists()
    return belongs
