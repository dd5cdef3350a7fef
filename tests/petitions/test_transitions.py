"""Every act on a petition, in every state, by everybody, over the web: the rest is refused.

The cases are generated from the lists of states, acts and roles. The table of rules/life.py says what must
come out of each; whether it is asked at all is what is tested, so the state is written into the database.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.petitions.models import Invalidation, Obligation, Petition, SwitchPeriod
from app.petitions.rules import refusals
from app.petitions.rules.clocks import write_event
from app.petitions.rules.fraud import InvalidationState
from app.petitions.rules.life import TRANSITIONS, Act, Actor, PetitionState
from app.petitions.rules.switches import Switch
from app.petitions.services import closing, obligations, sponsors, switches
from app.petitions.services.signing import sign_petition
from app.platform import clock
from app.platform.deadlines import Event, EventKind
from app.platform.transaction import transaction
from tests.conftest import People, csrf_token, new_town
from tests.petitions.kit import found_town, open_petition

REFUSED = {401, 403, 404, 409, 422}
TEXT = {"title": "A crossing at the school", "demand": "Paint it.", "reasons": ""}
CITIZENS = ("creator", "citizen", "other")
WHO = ("visitor", *CITIZENS, "neighbour", *(role.value for role in Role if role is not Role.CITIZEN))


@dataclass(frozen=True)
class Door:
    """Where an act is asked for: by whom in which capacity, and with what."""

    act: Act
    actors: Mapping[str, Actor]
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.act}-{'-'.join(sorted(set(self.actors.values())))}"


_A = Act
CREATOR = MappingProxyType({"creator": Actor.CREATOR})
CITIZEN = MappingProxyType({"citizen": Actor.CITIZEN, "other": Actor.CITIZEN})
SIGNERS = MappingProxyType(CREATOR | CITIZEN)
MODERATOR = MappingProxyType({"moderator": Actor.MODERATOR})
AGENCY = MappingProxyType({"agency_official": Actor.AGENCY})
CLERK = MappingProxyType({"clerk": Actor.CLERK})


def _check(act: Act, decision: str, **fields: str) -> Door:
    return Door(act, MODERATOR, f"moderate/{decision}", fields)


def _answer(act: Act, step: str, **fields: str) -> Door:
    return Door(act, AGENCY, f"answer/{step}", fields)


WHEN = {"on-day": "1", "on-month": "9", "on-year": "2030", "place": "Town hall"}
CLOCK = {"kind": "response", "reason": "Said openly"}
DOORS = (
    Door(_A.EDIT, CREATOR, "draft/edit", TEXT),
    Door(_A.SUBMIT, CREATOR, "submit"),
    Door(_A.WITHDRAW, CREATOR, "take-back"),
    Door(_A.SPONSOR, CITIZEN, "sponsors"),
    Door(_A.SIGN, SIGNERS, "signatures"),
    Door(_A.SIGN, CLERK, "paper", {"number": "7", "lines": "Kim Mina, 101"}),
    Door(_A.UNSIGN, SIGNERS, "signatures/withdraw"),
    _check(_A.EDIT, "edit", **TEXT, reason="Clearer"),
    _check(_A.ASK_CHANGES, "ask-changes", note="Which school?"),
    _check(_A.PUBLISH, "publish", agency=""),
    _check(_A.REJECT, "refuse", reason="unclear"),
    _check(_A.HIDE, "refuse", reason="defamatory"),
    _check(_A.JOIN, "join", other="target"),
    _check(_A.STOP, "stop", reason="creator"),
    _check(_A.ROUTE, "route", agency="2", reason="Theirs"),
    Door(_A.INVALIDATE, MODERATOR, "confirm"),
    Door(_A.RESTORE, MODERATOR, "confirm"),
    _answer(_A.ROUTE, "transfer", agency="2", reason="Theirs"),
    _answer(_A.RESPOND, "respond", text="Yes."),
    _answer(_A.SCHEDULE, "schedule", **WHEN),
    _answer(_A.HOLD, "hold", text="Held.", record_url="https://hanbit.example/film"),
    _answer(_A.DECLINE, "decline", kind="debate", text="No, because."),
    _answer(_A.EXTEND, "extend", **CLOCK, count="3"),
    _answer(_A.PAUSE, "pause", **CLOCK),
    _answer(_A.RESUME, "resume", **CLOCK),
    _answer(_A.RECORD_OUTCOME, "outcome", text="Painted."),
)
JOBS: Mapping[Act, Callable[[], int]] = {
    _A.LAPSE: sponsors.lapse_petitions,
    _A.REACH: obligations.reach_thresholds,
    _A.CLOSE: closing.close_petitions,
    _A.PROLONG: switches.add_lost_days,
    _A.ARCHIVE: closing.archive_petitions,
}
# What the table lists, and no page asks for: at a desk the person's own session does it; a moderator's is not
# offered.
WITHOUT_DOOR = {
    (_A.UNSIGN, Actor.CLERK),
    (_A.RECORD_OUTCOME, Actor.MODERATOR),
    (_A.ARCHIVE, Actor.MODERATOR),
}


class Town:
    """A town whose people are signed in once, and petitions in whatever state is wanted."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.made = 0
        self.accounts: dict[str, int] = {}
        found_town()
        roads = db.session.scalars(select(Agency.id)).one()
        with transaction():
            parks = create_agency("Parks", "공원과").id
        assert parks == 2
        open_petition("target")
        people = People(app)
        for number, name in enumerate(CITIZENS):
            self.accounts[name] = people.create(name, district="hill", identity=f"901314-100000{number}")
        self.accounts["neighbour"] = people.create("neighbour", Role.AGENCY_OFFICIAL, agency_id=parks)
        for role in Role:
            if role is not Role.CITIZEN:
                self.accounts[role.value] = people.create(role.value, role, agency_id=roads)
        self.browsers = {name: people.sign_in(name) for name in self.accounts}
        self.browsers["visitor"] = app.test_client()
        self.tokens = {name: csrf_token(browser) for name, browser in self.browsers.items()}

    def make(self, state: PetitionState, act: Act) -> str:
        """A petition in a state, with all that the act needs besides."""
        self.made += 1
        reference, now = f"case{self.made}", clock.now()
        petition = open_petition(
            reference, creator_id=self.accounts["creator"], agency_id=1, submitted_at=now, title="A crossing"
        )
        if act is _A.UNSIGN:
            for name in CITIZENS:
                sign_petition(db.session.get_one(Account, self.accounts[name]), reference)
        with transaction():
            self._owe(petition.id, is_paused=act is _A.RESUME)
            if act in (_A.INVALIDATE, _A.RESTORE):
                self._propose(petition.id, act)
            ended = now if state not in (PetitionState.DRAFT, PetitionState.OPEN) else None
            values = {"state": state, "closed_at": ended, "moderated_at": now, "reason_code": "unclear"}
            db.session.execute(update(Petition).where(Petition.id == petition.id).values(values))
        return reference

    def _owe(self, petition_id: int, *, is_paused: bool) -> None:
        today = clock.now().date()
        for kind in ("response", "debate"):
            events = [write_event(Event(EventKind.PAUSED, today, "Asked"))] if is_paused else []
            due_on = None if is_paused else today + timedelta(days=20)
            row = {"petition_id": petition_id, "kind": kind, "threshold": 1, "agency_id": 1}
            db.session.add(Obligation(**row, begun_on=today, clock_events=events, due_on=due_on))

    def _propose(self, petition_id: int, act: Act) -> None:
        state = InvalidationState.PROPOSED if act is _A.INVALIDATE else InvalidationState.UNDO_PROPOSED
        row = {
            "criteria": {"level": "verified"},
            "reason_code": "throw-away",
            "note": "",
            "last_signature_id": 0,
            "matched": 0,
            "counts": {},
        }
        proposed = {"proposed_by": self.accounts["administrator"], "proposed_at": clock.now()}
        db.session.add(Invalidation(petition_id=petition_id, state=state, **row, **proposed))

    def knock(self, who: str, door: Door, reference: str) -> Any:
        """Ask for the act as somebody."""
        path = f"/petitions/{reference}/{door.path}"
        if door.path == "confirm":
            wanted = select(Invalidation.id).join(Petition).where(Petition.reference == reference)
            path = f"/petitions/fraud/invalidations/{db.session.scalars(wanted).one()}/confirm"
        db.session.rollback()
        browser: FlaskClient = self.browsers[who]
        return browser.post(path, data=door.fields, headers={"X-CSRFToken": self.tokens[who]})

    def read(self, reference: str) -> tuple[Any, ...]:
        """All rows of a petition, and how long the ledger is."""
        db.session.rollback()
        rows = list_rows(reference)
        return (*rows, db.session.scalar(select(func.count()).select_from(LedgerEntry)))


def list_rows(reference: str) -> list[Any]:
    """All rows that belong to a petition."""
    table = Petition.__table__
    (own,) = db.session.execute(table.select().where(table.c.reference == reference)).all()
    found = [own]
    for other in db.metadata.sorted_tables:
        if "petition_id" in other.c:
            wanted = other.select().where(other.c.petition_id == own.id)
            found += db.session.execute(wanted.order_by(*other.primary_key.columns)).all()
    return found


@pytest.fixture(scope="module")
def town(empty_database: str | Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for all cases: each has a petition of its own."""
    with new_town(empty_database, tmp_path_factory.mktemp("town")) as app:
        yield Town(app)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_what_the_table_does_not_list_is_refused_to_everybody(town: Town, door: Door) -> None:
    for state in PetitionState:
        transition = TRANSITIONS.get((state, door.act))
        able = [who for who in WHO if transition and door.actors.get(who) in transition.actors]
        reference = town.make(state, door.act)
        before = town.read(reference)
        for who in WHO:
            if who not in able:
                ensure_refused(town.knock(who, door, reference), f"{who} {door} {state}")
                assert town.read(reference) == before, f"{who} {door} {state}"
        for who in able:
            assert transition is not None
            reference = town.make(state, door.act)
            before = town.read(reference)
            answer = town.knock(who, door, reference)
            assert answer.status_code == 303, f"{who} {door} {state}: {answer.status}"
            after = town.read(reference)
            assert after[0].state == transition.to, f"{who} {door} {state}"
            assert after != before, f"{who} {door} {state}"


def ensure_refused(answer: Any, case: str) -> None:
    """A named refusal, or the way to sign in; never a fault, never a yes."""
    is_sent_to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in")
    assert answer.status_code in REFUSED or is_sent_to_sign_in, f"{case}: {answer.status}"


@pytest.mark.parametrize("act", JOBS, ids=str)
def test_what_time_does_it_does_in_the_listed_states_only(town: Town, act: Act) -> None:
    references = {state: make_due(town, state, act) for state in PetitionState}
    before = {state: list_rows(reference) for state, reference in references.items()}
    JOBS[act]()
    db.session.rollback()
    for state, reference in references.items():
        transition = TRANSITIONS.get((state, act))
        after = list_rows(reference)
        if transition is not None and Actor.CLOCK in transition.actors:
            assert (after[0].state, after != before[state]) == (transition.to, True), state
        else:
            assert after == before[state], state


def make_due(town: Town, state: PetitionState, act: Act) -> str:
    """A petition for which the act's day has come, whatever its state."""
    reference, long_ago = town.make(state, act), clock.now() - timedelta(days=400)
    with transaction():
        petition = db.session.scalars(select(Petition).where(Petition.reference == reference)).one()
        petition.submitted_at = petition.closed_at = petition.opened_at = long_ago
        petition.signature_count = 30
        if act is _A.CLOSE:
            petition.closes_on = long_ago.date()
        if act is _A.PROLONG and db.session.scalar(select(SwitchPeriod.id)) is None:
            off_at, on_at = clock.now() - timedelta(days=9), clock.now() - timedelta(days=6)
            entry = db.session.scalar(select(func.min(LedgerEntry.id)))
            period = {"off_at": off_at, "on_at": on_at, "reason": "Tried", "ledger_entry_id": entry}
            db.session.add(SwitchPeriod(switch=Switch.SIGNING, **period))
        db.session.execute(db.delete(Obligation).where(Obligation.petition_id == petition.id))
    return reference


@pytest.mark.parametrize("actor", Actor)
def test_books_are_closed_in_the_listed_states_only(town: Town, actor: Actor) -> None:
    for state in PetitionState:
        reference = town.make(state, _A.ARCHIVE)
        before = town.read(reference)
        transition = TRANSITIONS.get((state, _A.ARCHIVE))
        if transition and actor in transition.actors:
            closing.archive_petition(reference, actor)
            assert town.read(reference)[0].state == transition.to
        else:
            with pytest.raises(refusals.ActNotAllowed):
                closing.archive_petition(reference, actor)
            assert town.read(reference) == before, state


def test_every_act_of_the_table_is_asked_for_somewhere() -> None:
    asked = {(door.act, actor) for door in DOORS for actor in door.actors.values()}
    asked |= {(act, Actor.CLOCK) for act in JOBS}
    listed = {(act, actor) for (_, act), transition in TRANSITIONS.items() for actor in transition.actors}
    assert listed == asked | WITHOUT_DOOR
    assert not asked & WITHOUT_DOOR
