"""Once the day has passed an agency is late, and nothing that it does takes that back."""

from datetime import date

import pytest
from sqlalchemy import select

from app.civil_requests.models import Assignment
from app.civil_requests.queries import figures
from app.civil_requests.queries.requests import get_seen
from app.civil_requests.rules.refusals import ActNotAllowed, TermOver
from app.civil_requests.services import closing, filing, handling
from app.extensions import db as database
from app.ledger.models import LedgerEntry
from tests.civil_requests.conftest import Town
from tests.conftest import People

ASKED_ON = date(2026, 9, 21)
# 21, 22, 23, 28, 29, 30 September and 1 October: 24 and 25 are Chuseok, 26 and 27 a weekend.
DUE_ON = date(2026, 10, 1)
AFTER = date(2026, 10, 2)


@pytest.fixture
def late(town: Town) -> str:
    """A request that the roads agency should have answered yesterday; no job has looked yet."""
    town.set_day(ASKED_ON)
    reference = town.ask()
    town.set_day(AFTER)
    return reference


def row(agency: str) -> figures.AgencyFigures:
    """One line of the public table."""
    return next(row for row in figures.list_figures() if row.agency.name == agency)


def said_late() -> int:
    """How often the ledger says that somebody is late."""
    wanted = select(LedgerEntry.id).where(LedgerEntry.type == "civil-requests:request:late")
    return len(database.session.scalars(wanted).all())


def pass_on(town: Town, reference: str, official: str, agency: str) -> None:
    handling.transfer_request(town.account(official), reference, town.agencies[agency], "theirs")


def test_no_extension_after_the_last_day(town: Town, late: str) -> None:
    with pytest.raises(TermOver):
        handling.extend_term(town.account("roadman"), late, 3, "we need longer")
    assert (town.part(late).due_on, row("Roads").overdue_count) == (DUE_ON, 1)


def test_until_the_last_day_there_is_one(town: Town) -> None:
    town.set_day(ASKED_ON)
    reference = town.ask()
    town.set_day(DUE_ON)
    handling.extend_term(town.account("roadman"), reference, 1, "we need longer")
    assert town.part(reference).due_on == AFTER


def test_a_question_does_not_stop_a_clock_that_has_run_out(town: Town, late: str) -> None:
    handling.ask_filer(town.account("roadman"), late, "Which side?")
    assert (town.part(late).due_on, town.part(late).late) == (DUE_ON, True)
    assert (row("Roads").overdue_count, row("Roads").missed_count) == (1, 1)
    assert [case.reference for case in figures.list_overdue()] == [late]
    town.set_day(date(2026, 10, 12))
    filing.reply(town.account("mina"), late, town.agencies["Roads"], "The left one.")
    assert (town.part(late).due_on, town.part(late).late) == (DUE_ON, True)


def test_there_and_back_again_is_still_late(town: Town, late: str) -> None:
    pass_on(town, late, "roadman", "Parks")
    assert (row("Roads").open_count, row("Roads").missed_count) == (0, 1)
    assert (row("Parks").overdue_count, row("Parks").missed_count) == (0, 0)
    pass_on(town, late, "gardener", "Roads")
    assert (row("Roads").overdue_count, row("Roads").missed_count) == (1, 1)
    assert town.part(late).due_on == DUE_ON
    with pytest.raises(TermOver):
        handling.extend_term(town.account("roadman"), late, 3, "we need longer")
    handling.answer_request(town.account("roadman"), late, "We filled it.")
    assert (row("Roads").late_count, row("Roads").missed_count, row("Roads").overdue_count) == (1, 1, 0)
    assert town.request(late).state == "answered"


def test_an_agency_that_gets_it_back_in_time_has_what_was_left(town: Town) -> None:
    town.set_day(ASKED_ON)
    reference = town.ask()
    town.set_day(date(2026, 9, 30))
    pass_on(town, reference, "roadman", "Parks")
    town.set_day(date(2026, 10, 6))
    pass_on(town, reference, "gardener", "Roads")
    # 21, 22, 23, 28 and 29 September are used up; 6 and 7 October are the two days that were left.
    assert town.part(reference).due_on == date(2026, 10, 7)
    pass_on(town, reference, "roadman", "Parks")
    # Its seven days: 30 September, 1, 2 October, then nothing until the 6th, on which it has it again; the
    # 5th was a holiday. Four are left: 6, 7, 8 October, and the 12th, since the 9th is Hangul Day.
    assert town.part(reference, "Parks").due_on == date(2026, 10, 12)


def test_who_has_passed_it_on_neither_sees_it_nor_acts(town: Town, late: str) -> None:
    pass_on(town, late, "roadman", "Parks")
    (former,) = get_seen(town.account("mina"), late).former
    assert (former.agency_id, former.late, former.due_on) == (town.agencies["Roads"], True, DUE_ON)
    with pytest.raises(ActNotAllowed):
        filing.reply(town.account("mina"), late, town.agencies["Roads"], "The left one.")
    handling.answer_request(town.account("gardener"), late, "We filled it.")
    assert town.request(late).state == "answered"
    assert database.session.scalars(select(Assignment.state)).all() == ["passed-on", "answered"]


def test_it_is_said_once_even_where_no_job_has_looked(town: Town, late: str) -> None:
    closing.close_request(town.account("roadman"), late, "repeated", "Answered in May.")
    assert (said_late(), row("Roads").missed_count) == (1, 1)
    filing.appeal(town.account("mina"), late, "It is a new hole.")
    town.set_day(date(2026, 10, 12))
    closing.decide_appeal(town.account("colleague"), late, upheld=False, decision="It is new indeed.")
    assert (town.part(late).due_on, town.part(late).late) == (DUE_ON, True)
    assert (handling.tell_late(), said_late()) == (0, 1)


def test_everybody_sees_who_was_late(town: Town, late: str, people: People) -> None:
    pass_on(town, late, "roadman", "Parks")
    page = people.sign_in("mina").get(f"/civil-requests/{late}", headers={"Accept-Language": "en"}).text
    assert "Passed on to another agency." in page
    assert "The answer was due on Thursday 1 October 2026." in page
    visitor = people.app.test_client()
    rows = visitor.get("/civil-requests/agencies.json").get_json()["agencies"]
    assert {row["agency"]: row["late"] for row in rows} == {"Roads": 1, "Parks": 0}
    assert "also where it was answered since or passed on" in visitor.get("/civil-requests/agencies").text
