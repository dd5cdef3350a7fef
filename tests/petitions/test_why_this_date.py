"""Why an answer is due on its day, as a petition's page says it around Chuseok 2026.

With a pause, a transfer and an extension.
Expected days are counted by hand. The petition's answer has twenty working days, the first day not counted.

    7 September, Monday    thirty signatures: the count begins
    8, 9                   1 and 2
    10, 11, 14             stopped from the 10th, goes on on the 15th
    15, 16, 17, 18         3 to 6; on the 16th another agency gets it, which changes nothing
    21, 22, 23             7 to 9
    24, 25                 Chuseok, Thursday and Friday; the 26th is a Saturday, for which nothing stands in
    28, 29, 30             10 to 12
    1, 2 October           13 and 14
    5                      stands in for Foundation Day, a Saturday
    6, 7, 8                15 to 17
    9                      Hangul Day
    12, 13, 14             18 to 20: without an extension the last day
    15, 16, 19, 20, 21     the five days of the extension
"""

import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from html import unescape

import holidays
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Account, Agency
from app.accounts.policy import Role
from app.accounts.services.roles import create_agency
from app.extensions import db as database
from app.petitions.models import Petition
from app.petitions.rules.types import ObligationKind
from app.petitions.services import obligations
from app.platform import clock
from app.platform.deadlines import Event, EventKind
from app.platform.transaction import transaction
from tests.conftest import People
from tests.petitions.conftest import Town

PAUSED_ON, RESUMED_ON = date(2026, 9, 10), date(2026, 9, 15)
TRANSFERRED_ON, EXTENDED_ON = date(2026, 9, 16), date(2026, 9, 29)


@pytest.fixture(autouse=True)
def _own_time() -> Iterator[None]:
    yield
    clock.set_offset(timedelta())


def set_day(day: date) -> None:
    """Let it be ten in the morning of a day in the town."""
    wanted = datetime(day.year, day.month, day.day, 10, tzinfo=clock.TOWN_ZONE)
    clock.set_offset(timedelta())
    clock.set_offset(wanted - clock.now())


@pytest.fixture
def read(app: Flask, town: Town, people: People) -> Callable[[], tuple[str, list[str]]]:
    """Reads the page of a petition that is owed an answer since 7 September: its text, and the steps."""
    set_day(date(2026, 9, 7))
    with app.app_context():
        roads = database.session.scalars(select(Agency.id)).one()
        with transaction():
            create_agency("Culture", "문화과")
            petition = database.session.scalars(select(Petition)).one()
            petition.agency_id, petition.signature_count = roads, 30
            petition.closes_on = date(2026, 12, 1)
        obligations.reach_thresholds()
    people.create("mina")
    people.create("roads", Role.AGENCY_OFFICIAL, agency_id=roads)
    people.create("culture", Role.AGENCY_OFFICIAL, agency_id=roads + 1)

    def read_page() -> tuple[str, list[str]]:
        return read_steps(people.sign_in("mina"))

    return read_page


def read_steps(browser: FlaskClient, language: str = "en") -> tuple[str, list[str]]:
    """The text of the petition's page, and what stands under "Why this date?" of the answer."""
    browser.get(f"/language/{language}")
    page = browser.get("/petitions/library").text
    _, _, rest = page.partition("Why this date?" if language == "en" else "왜 이 날짜인가요?")
    steps = re.findall(r"<li>(.*?)</li>", rest.partition("</ul>")[0], re.S)
    return unescape(re.sub(r"<[^>]+>", "", page)), [unescape(step) for step in steps]


def change(app: Flask, official: str, day: date, kind: EventKind, reason: str, count: int = 0) -> None:
    """Do something to the clock as an official, on that day."""
    set_day(day)
    with app.app_context():
        event = Event(kind, day, reason, count)
        obligations.change_clock(get(official), Town.reference, ObligationKind.RESPONSE, event)


def transfer(app: Flask) -> None:
    set_day(TRANSFERRED_ON)
    with app.app_context():
        culture = database.session.scalars(select(Agency.id).where(Agency.name == "Culture")).one()
        obligations.route_petition(get("roads"), Town.reference, culture, "It is theirs.")


def get(name: str) -> Account:
    return database.session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()


def test_the_librarys_own_calendar_is_the_one_above() -> None:
    known = holidays.country_holidays("KR", years=2026)
    chuseok = [day for day in (date(2026, 9, n) for n in range(20, 31)) if day in known]
    assert chuseok == [date(2026, 9, 24), date(2026, 9, 25), date(2026, 9, 26)]
    assert [day for day in (date(2026, 10, n) for n in range(1, 22)) if day in known] == [
        date(2026, 10, 3),
        date(2026, 10, 5),
        date(2026, 10, 9),
    ]


def test_the_page_says_each_step_to_the_day_through_chuseok(
    app: Flask, read: Callable[[], tuple[str, list[str]]]
) -> None:
    text, steps = read()
    # Without the pause, 10, 11 and 14 September count: the twentieth is 8 October.
    assert "The answer: due on Thursday 8 October 2026" in text
    assert steps == [
        "Monday 7 September 2026: It began; this day does not count.",
        "Monday 7 September 2026: 20 working days, by the rules of this kind of petition.",
        "Thursday 24 September 2026: Not counted: The day preceding Chuseok.",
        "Friday 25 September 2026: Not counted: Chuseok.",
        "Monday 5 October 2026: Not counted: Alternative holiday for National Foundation Day.",
        "Thursday 8 October 2026: The last day.",
    ]


def test_a_pause_a_transfer_and_an_extension_are_told_before_and_after_the_answer(
    app: Flask, read: Callable[[], tuple[str, list[str]]]
) -> None:
    change(app, "roads", PAUSED_ON, EventKind.PAUSED, "The creator is asked.")
    text, steps = read()
    assert "The answer: the clock is stopped" in text
    assert steps[-1] == "Thursday 10 September 2026: The clock is stopped: The creator is asked."
    change(app, "roads", RESUMED_ON, EventKind.RESUMED, "")
    assert "The answer: due on Wednesday 14 October 2026" in read()[0]
    transfer(app)
    assert "The answer: due on Wednesday 14 October 2026" in read()[0]
    change(app, "culture", EXTENDED_ON, EventKind.EXTENDED, "An expert is asked.", 5)
    text, steps = read()
    assert "The answer: due on Wednesday 21 October 2026" in text
    expected = [
        "Monday 7 September 2026: It began; this day does not count.",
        "Monday 7 September 2026: 20 working days, by the rules of this kind of petition.",
        "Tuesday 29 September 2026: Extended by 5 working days: An expert is asked.",
        "Thursday 10 September 2026: Stopped for 5 days: The creator is asked.",
        "Wednesday 16 September 2026: Given to Culture, which changes nothing about the date: It is theirs.",
        "Thursday 24 September 2026: Not counted: The day preceding Chuseok.",
        "Friday 25 September 2026: Not counted: Chuseok.",
        "Monday 5 October 2026: Not counted: Alternative holiday for National Foundation Day.",
        "Friday 9 October 2026: Not counted: Hangul Day.",
        "Wednesday 21 October 2026: The last day.",
    ]
    assert steps == expected
    set_day(date(2026, 10, 20))
    with app.app_context():
        obligations.respond(get("culture"), Town.reference, "It will be open on Sundays.")
    text, steps = read()
    assert "The answer: done on Tuesday 20 October 2026" in text
    assert steps == expected


def test_the_transfer_is_told_in_korean_too(
    app: Flask, read: Callable[[], tuple[str, list[str]]], people: People
) -> None:
    transfer(app)
    _, steps = read_steps(people.sign_in("mina"), "ko")
    assert [step for step in steps if "문화과" in step]
