"""What the citizens have asked the town's agencies: a dozen requests with answers, and some that wait."""

import json
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.services.closing import close_request, merge_request
from app.civil_requests.services.filing import Filing, RequestText, draft_request, file_request, rate
from app.civil_requests.services.handling import (
    answer_request,
    ask_filer,
    extend_term,
    tell_late,
    transfer_request,
)
from app.civil_requests.services.publishing import publish_answer, set_keywords
from app.demo.elections import days_from_now
from app.demo.people import make_staff
from app.demo.town import Registrar, Town
from app.extensions import db

DATA = Path(__file__).with_name("requests.json")
ROADS, CULTURE = "Roads and parks", "Culture and libraries"
# Who answers: name, mailbox, agency. The first one of each agency is played.
OFFICIALS = (
    ("고은결 Ko Eun-gyeol", "eungyeol.ko", ROADS),
    ("마루찬 Ma Ru-chan", "ruchan.ma", ROADS),
    ("여름이 Yeo Reum-i", "reumi.yeo", CULTURE),
)
G = RequestKind.GRIEVANCE


@dataclass(frozen=True)
class Answered:
    """One answered request: days before today, agency, kind, words, answer, how many days it took, score."""

    days: int
    agency: str
    kind: RequestKind
    title: str
    text: str
    answer: str
    took: int
    score: int


def ask_agencies(town: Town) -> None:
    """Everything that was asked so far; one request of the first citizen waits for her reply."""
    data = json.loads(DATA.read_text("utf-8"))
    # Words that point to an agency, in both languages.
    set_keywords(json.dumps(data["keywords"]))
    officials = _employ(town)
    for number, row in enumerate(data["answered"]):
        wanted = Answered(**row | {"kind": RequestKind(row["kind"])})
        _ask_and_answer(town.citizens[number + 2], officials[wanted.agency][0], wanted)
    _leave_waiting(town, officials)
    tell_late()


def _employ(town: Town) -> dict[str, list[Account]]:
    registrar, found = Registrar(town.sign_ins), dict[str, list[Account]]()
    for name, mailbox, agency in OFFICIALS:
        admit = registrar.settle if agency in found else registrar.play
        account = admit(make_staff(name, mailbox), Role.AGENCY_OFFICIAL, agency_id=_number_of(agency))
        found.setdefault(agency, []).append(account)
    return found


def _ask_and_answer(citizen: Account, official: Account, wanted: Answered) -> None:
    reference = _ask(citizen, -wanted.days, wanted.agency, wanted.kind, wanted.title, wanted.text)
    with days_from_now(wanted.took - wanted.days):
        answer_request(official, reference, wanted.answer)
        publish_answer(official, reference, wanted.title, wanted.text, wanted.answer)
        rate(citizen, reference, wanted.score, "")


def _leave_waiting(town: Town, officials: dict[str, list[Account]]) -> None:
    """One that was passed on, one asked back, two merged, one late, one closed."""
    first, second, third, fourth, fifth = town.citizens[:5]
    (roads, _), (culture,) = officials[ROADS], officials[CULTURE]
    moved = _ask(
        second,
        -4,
        CULTURE,
        G,
        "가로수 가지가 창문을 막아요",
        "도서관 옆 가로수 가지가 우리 집 창문까지 자랐어요.",
    )
    asked = _ask(
        first, -5, ROADS, G, "The street light before my house is out", "It has been dark for a week."
    )
    again = _ask(third, -3, ROADS, G, "Hole in Riverside Street", "A hole has opened before the bakery.")
    same = _ask(fourth, -2, ROADS, G, "강변로에 구멍이 생겼어요", "빵집 앞 도로에 큰 구멍이 있어요.")
    _ask(
        fifth,
        -20,
        ROADS,
        G,
        "The fountain in the park does not run",
        "It was repaired in May, and stands still again.",
    )
    closed = _ask(third, -9, CULTURE, G, "Cheap loans for everybody!!!", "Call now and get your loan today.")
    with days_from_now(-1):
        transfer_request(culture, moved, _number_of(ROADS), "가로수는 도로공원과에서 맡아요.")
        ask_filer(roads, asked, "Which house is it? The street has two lights that could be meant.")
        merge_request(roads, same, again)
        extend_term(roads, again, 3, "The pipe below has to be looked at first.")
        close_request(culture, closed, "advertising", "The text offers loans and asks for nothing.")


def _ask(citizen: Account, day: int, agency: str, kind: RequestKind, title: str, text: str) -> str:
    with days_from_now(day):
        words = RequestText(title, text)
        reference = draft_request(citizen, words)
        file_request(citizen, reference, words, Filing(kind, _number_of(agency), publishable=True))
    return reference


def _number_of(agency: str) -> int:
    return db.session.scalars(select(Agency.id).where(Agency.name == agency)).one()
