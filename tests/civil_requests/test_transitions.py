"""Every act on a request, in every state, by everybody, over the web: the rest is refused.

The cases are generated from the lists of states, acts and roles. The tables of rules/life.py say what must
come out of each; whether they are asked at all is what is tested, so the states are written there first.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from app.accounts.models import Account
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.civil_requests.models import Assignment, CivilRequest
from app.civil_requests.rules.kinds import RequestKind, write_event
from app.civil_requests.rules.life import (
    PART_TRANSITIONS,
    TRANSITIONS,
    Act,
    Actor,
    PartState,
    RequestState,
)
from app.civil_requests.services import closing, filing, handling
from app.civil_requests.services.filing import Filing
from app.extensions import db
from app.ledger.models import LedgerEntry
from app.platform import clock
from app.platform.deadlines import Event, EventKind
from app.platform.transaction import transaction
from tests.civil_requests.conftest import POTHOLE
from tests.conftest import People, csrf_token, new_town

REFUSED = {401, 403, 404, 409, 422}
# `filer` wrote the request, `merged` one that is answered with it; `closer` closed it, `agency_official` is a
# colleague; all roles are of the agency that has the part, `neighbour` is an official of another one.
CITIZENS = ("filer", "merged", "stranger")
WHO = ("visitor", *CITIZENS, "closer", "neighbour", *(r.value for r in Role if r is not Role.CITIZEN))
FILER = MappingProxyType({"filer": frozenset({Actor.FILER})})
AGENCY = MappingProxyType(
    {
        "closer": frozenset({Actor.AGENCY}),
        "agency_official": frozenset({Actor.AGENCY, Actor.SECOND}),
    }
)
# Who waits for the same answer may do this about it too.
WAITING = MappingProxyType({**FILER, "merged": frozenset({Actor.FILER})})


@dataclass(frozen=True)
class Door:
    """Where an act is asked for: by whom in which capacity, and with what. `{other}` is an open request."""

    act: Act
    actors: Mapping[str, frozenset[Actor]]
    path: str
    fields: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.act.value


_A, _S, _P = Act, RequestState, PartState
SEND = {"title": "A hole", "text": "It is deep.", "agency": "1", "kind": "grievance"}
WORDS = {"title": "A hole in a road", "question": "It is deep.", "answer": "We fill them."}
DOORS = (
    Door(_A.FILE, FILER, "{reference}/send", SEND),
    Door(_A.REPLY, FILER, "{reference}/reply/1", {"text": "The left."}),
    Door(_A.APPEAL, WAITING, "{reference}/appeal", {"text": "It is new."}),
    Door(_A.RATE, WAITING, "{reference}/rate", {"score": "4"}),
    Door(_A.WITHDRAW, FILER, "{reference}/withdraw"),
    Door(_A.ANSWER, AGENCY, "{reference}/answer", {"text": "Filled."}),
    Door(_A.EXTEND, AGENCY, "{reference}/extend", {"days": "1", "text": "Seen first."}),
    Door(_A.TRANSFER, AGENCY, "{reference}/transfer", {"agency": "3", "text": "Theirs."}),
    Door(_A.SPLIT, AGENCY, "{reference}/split", {"agency": "3", "text": "The pipe."}),
    Door(_A.ASK, AGENCY, "{reference}/ask", {"text": "Which side?"}),
    Door(_A.RESUME, AGENCY, "{reference}/resume"),
    Door(_A.MERGE, AGENCY, "{reference}/merge", {"other": "{other}"}),
    Door(_A.GATHER, AGENCY, "{other}/merge", {"other": "{reference}"}),
    Door(_A.CLOSE, AGENCY, "{reference}/close", {"reason": "repeated", "text": "In May."}),
    Door(_A.UPHOLD, AGENCY, "{reference}/decide", {"upheld": "yes", "text": "It is old."}),
    Door(_A.REOPEN, AGENCY, "{reference}/decide", {"upheld": "no", "text": "It is new."}),
    Door(_A.PUBLISH, AGENCY, "{reference}/publish", WORDS),
    Door(_A.UNPUBLISH, AGENCY, "{reference}/unpublish"),
)
# In which state a part is when the act is possible otherwise.
NEEDED = {_A.REPLY: _P.WAITING, _A.RESUME: _P.WAITING}


class Town:
    """A town whose people are signed in once, and requests in whatever state is wanted."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with transaction():
            agencies = [create_agency(name, name).id for name in ("Roads", "Parks", "Water")]
        assert agencies == [1, 2, 3]
        people = People(app)
        self.accounts = {name: people.create(name) for name in CITIZENS}
        self.accounts["asker"] = people.create("asker")
        for name, agency_id in (("closer", 1), ("neighbour", 2)):
            self.accounts[name] = people.create(name, Role.AGENCY_OFFICIAL, agency_id=agency_id)
        for role in Role:
            if role is not Role.CITIZEN:
                self.accounts[role.value] = people.create(role.value, role, agency_id=1)
        self.browsers = {name: people.sign_in(name) for name in WHO if name != "visitor"}
        self.browsers["visitor"] = app.test_client()
        self.tokens = {name: csrf_token(browser) for name, browser in self.browsers.items()}

    def ask(self, name: str = "filer") -> str:
        """A request that has been sent to the roads agency."""
        with transaction():
            request = CivilRequest(
                reference=f"case{name}{clock.now().timestamp()}"[-16:],
                kind=RequestKind.GRIEVANCE,
                created_at=clock.now(),
                **vars(POTHOLE),
            )
            db.session.add(request)
            db.session.flush()
            db.session.add(
                filing.Filer(request_id=request.id, account_id=self.accounts[name], at=clock.now())
            )
        wanted = Filing(RequestKind.GRIEVANCE, 1, publishable=True)
        filing.file_request(self.account(name), request.reference, POTHOLE, wanted)
        return request.reference

    def account(self, name: str) -> Account:
        return db.session.get_one(Account, self.accounts[name])

    def make(self, state: RequestState, part_state: PartState, *, with_merged: bool) -> str:
        """A request in a state, with its part in one; that of `merged` is answered with it."""
        reference = self.ask()
        if with_merged:
            closing.merge_request(self.account("closer"), self.ask("merged"), reference)
        request = db.session.scalars(select(CivilRequest).where(CivilRequest.reference == reference)).one()
        if state is _S.MERGED:
            closing.merge_request(self.account("closer"), reference, self.ask("asker"))
        today = clock.now().astimezone(clock.TOWN_ZONE).date()
        pause = [write_event(Event(EventKind.PAUSED, today, "Asked"))] if part_state is _P.WAITING else []
        answered = {"answered_at": clock.now(), "days_taken": 0} if part_state is _P.ANSWERED else {}
        closed = {"closed_by": self.accounts["closer"], "closed_at": clock.now(), "reason_code": "repeated"}
        mine = Assignment.request_id == request.id
        with transaction():
            part = {"state": part_state, "clock_events": pause, **answered}
            db.session.execute(update(Assignment).where(mine).values(part))
            if state is _S.DRAFT:
                db.session.execute(db.delete(Assignment).where(mine))
            own = CivilRequest.id == request.id
            db.session.execute(update(CivilRequest).where(own).values({"state": state, **closed}))
        return reference

    def knock(self, who: str, door: Door, reference: str, other: str) -> Any:
        """Ask for the act as somebody."""
        names = {"reference": reference, "other": other}
        fields = {name: value.format(**names) for name, value in door.fields.items()}
        db.session.rollback()
        browser: FlaskClient = self.browsers[who]
        path = f"/civil-requests/{door.path.format(**names)}"
        return browser.post(path, data=fields, headers={"X-CSRFToken": self.tokens[who]})


def list_rows(reference: str) -> list[Any]:
    """All rows that belong to a request, its own first."""
    db.session.rollback()
    table = CivilRequest.__table__
    (own,) = db.session.execute(table.select().where(table.c.reference == reference)).all()
    found = [own]
    for other in db.metadata.sorted_tables:
        if "request_id" in other.c and other.name.startswith("civil_request"):
            wanted = other.select().where(other.c.request_id == own.id)
            found += db.session.execute(wanted.order_by(*other.primary_key.columns)).all()
    return found


def read(*references: str) -> list[Any]:
    """All rows of the requests, and how long the ledger is."""
    rows = [row for reference in references for row in list_rows(reference)]
    return [*rows, db.session.scalar(select(func.count()).select_from(LedgerEntry))]


def ensure_refused(answer: Any, case: str) -> None:
    """A named refusal, or the way to sign in; never a fault, never a yes."""
    is_sent_to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in")
    assert answer.status_code in REFUSED or is_sent_to_sign_in, f"{case}: {answer.status}"


@pytest.fixture(scope="module")
def town(empty_database: str | Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """One town for all cases: each has a request of its own."""
    with new_town(empty_database, tmp_path_factory.mktemp("town")) as app:
        yield Town(app)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_what_the_table_does_not_list_is_refused_to_everybody(town: Town, door: Door) -> None:
    for state in RequestState:
        part_state = NEEDED.get(door.act, _P.ANSWERED if state is _S.ANSWERED else _P.OPEN)
        try_everybody(town, door, state, part_state)


# Merging and closing move the request, whatever its parts do.
PART_DOORS = [door for door in DOORS if any(act is door.act for _, act in PART_TRANSITIONS)]


@pytest.mark.parametrize("door", PART_DOORS, ids=str)
def test_a_part_moves_along_its_table_only(town: Town, door: Door) -> None:
    for part_state in PartState:
        try_everybody(town, door, _S.OPEN, part_state)


def try_everybody(town: Town, door: Door, state: RequestState, part_state: PartState) -> None:
    """Refused to who may not, and carried out for who may."""
    transition = TRANSITIONS.get((state, door.act))
    is_part_ready = door not in PART_DOORS or (part_state, door.act) in PART_TRANSITIONS
    # What was passed on is another agency's to give back.
    if transition is None or not is_part_ready or part_state is _P.PASSED_ON:
        able = []
    else:
        able = [who for who in WHO if transition.actor in door.actors.get(who, ())]
    # Others wait for it, so that its filer alone does not take it back: refused by another rule.
    alone = door.act is _A.WITHDRAW
    reference, other = town.make(state, part_state, with_merged=not alone), town.ask("asker")
    before = read(reference, other)
    case = f"{door} {state} {part_state}"
    for who in WHO:
        if who not in able:
            answer = town.knock(who, door, reference, other)
            # Who sends a request once more is shown the one that was sent.
            if door.act is not _A.FILE or answer.location != f"/civil-requests/{reference}":
                ensure_refused(answer, f"{who} {case}")
            assert read(reference, other) == before, f"{who} {case}"
    for who in able:
        assert transition is not None
        reference, other = town.make(state, part_state, with_merged=not alone), town.ask("asker")
        before = read(reference, other)
        answer = town.knock(who, door, reference, other)
        assert answer.status_code == 303, f"{who} {case}: {answer.status}"
        after = read(reference, other)
        expected = _S.ANSWERED if door.act is _A.ANSWER else transition.to
        assert (after[0].state, after[-1] > before[-1]) == (expected, True), f"{who} {case}"


@pytest.mark.parametrize("part_state", PartState)
def test_only_what_is_open_becomes_late(town: Town, part_state: PartState) -> None:
    references = {state: town.make(state, part_state, with_merged=False) for state in RequestState}
    with transaction():
        yesterday = clock.now().date() - timedelta(days=3)
        ids = select(CivilRequest.id).where(CivilRequest.reference.in_(references.values()))
        mine = Assignment.request_id.in_(ids)
        db.session.execute(update(Assignment).where(mine).values(due_on=yesterday, late=False))
    before = {state: list_rows(reference) for state, reference in references.items()}
    handling.tell_late()
    for state, reference in references.items():
        may = (state, _A.LATE) in TRANSITIONS and (part_state, _A.LATE) in PART_TRANSITIONS
        assert (list_rows(reference) != before[state]) == may, state
        assert list_rows(reference)[0].state == state


def test_every_act_of_the_table_is_asked_for_somewhere() -> None:
    asked = {(door.act, actor) for door in DOORS for actors in door.actors.values() for actor in actors}
    listed = {(act, transition.actor) for (_, act), transition in TRANSITIONS.items()}
    assert listed - asked == {(_A.LATE, Actor.CLOCK)}
