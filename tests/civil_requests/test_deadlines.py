"""Due dates: around Chuseok 2026, after a transfer, a pause and an extension; and why, on the page."""

from datetime import date

import pytest

from app.civil_requests.rules.kinds import RequestKind
from app.civil_requests.rules.refusals import ActNotAllowed, ExtensionNotPossible
from app.civil_requests.services import filing, handling
from tests.civil_requests.conftest import Town

BEFORE_CHUSEOK = date(2026, 9, 21)


@pytest.mark.parametrize(
    ("kind", "asked_on", "due_on"),
    [
        # 24 and 25 September are Chuseok; 21, 22, 23, 28, 29, 30 September and 1 October count.
        (RequestKind.GRIEVANCE, BEFORE_CHUSEOK, date(2026, 10, 1)),
        (RequestKind.PROCEDURE, BEFORE_CHUSEOK, date(2026, 10, 1)),
        # On to 2, 6, 7, 8, 12, 13, 14 October: the 5th is a substitute holiday, the 9th Hangul Day.
        (RequestKind.LAW, BEFORE_CHUSEOK, date(2026, 10, 14)),
        (RequestKind.SUGGESTION, BEFORE_CHUSEOK, date(2026, 10, 14)),
        # Sent on the holiday itself: the first day that counts is Monday the 28th.
        (RequestKind.GRIEVANCE, date(2026, 9, 25), date(2026, 10, 7)),
    ],
)
def test_the_term_leaves_out_chuseok(town: Town, kind: RequestKind, asked_on: date, due_on: date) -> None:
    town.set_day(asked_on)
    assert town.part(town.ask(kind=kind)).due_on == due_on


def test_a_transfer_begins_the_term_again(town: Town) -> None:
    town.set_day(BEFORE_CHUSEOK)
    reference = town.ask()
    handling.extend_term(town.account("roadman"), reference, 3, "the site must be seen")
    town.set_day(date(2026, 9, 23))
    handling.transfer_request(town.account("roadman"), reference, town.agencies["Parks"], "it is in the park")
    # 23, 28, 29, 30 September, 1, 2, 6 October; the first agency's three days are not the second one's.
    assert town.part(reference, "Parks").due_on == date(2026, 10, 6)


def test_a_pause_takes_its_days_out(town: Town) -> None:
    town.set_day(BEFORE_CHUSEOK)
    reference = town.ask()
    town.set_day(date(2026, 9, 22))
    handling.ask_filer(town.account("roadman"), reference, "Which side of the street?")
    assert town.part(reference).due_on is None
    town.set_day(date(2026, 9, 28))
    filing.reply(town.account("mina"), reference, town.agencies["Roads"], "The left one.")
    # The 21st counts, then 28, 29, 30 September and 1, 2, 6 October.
    assert town.part(reference).due_on == date(2026, 10, 6)


def test_two_extensions_and_no_third(town: Town) -> None:
    town.set_day(BEFORE_CHUSEOK)
    reference, official = town.ask(), town.account("roadman")
    handling.extend_term(official, reference, 1, "the site must be seen")
    assert town.part(reference).due_on == date(2026, 10, 2)
    handling.extend_term(town.account("roadman"), reference, 7, "the builder must be heard")
    assert town.part(reference).due_on == date(2026, 10, 15)
    with pytest.raises(ExtensionNotPossible):
        handling.extend_term(town.account("roadman"), reference, 1, "once more")
    assert town.part(reference).due_on == date(2026, 10, 15)


@pytest.mark.parametrize(("days", "reason"), [(8, "too long"), (0, "nothing"), (3, "  ")])
def test_an_extension_has_a_reason_and_is_no_longer_than_the_term(town: Town, days: int, reason: str) -> None:
    reference = town.ask()
    with pytest.raises(ExtensionNotPossible):
        handling.extend_term(town.account("roadman"), reference, days, reason)
    assert town.part(reference).clock_events == []


def test_extensions_before_a_transfer_count_against_the_two(town: Town) -> None:
    reference = town.ask()
    for _ in range(2):
        handling.extend_term(town.account("roadman"), reference, 1, "the site must be seen")
    handling.transfer_request(town.account("roadman"), reference, town.agencies["Parks"], "not ours")
    with pytest.raises(ExtensionNotPossible):
        handling.extend_term(town.account("gardener"), reference, 1, "once more")


def test_a_stopped_clock_is_neither_extended_nor_answered(town: Town) -> None:
    reference = town.ask()
    handling.ask_filer(town.account("roadman"), reference, "Which side?")
    for act in (
        lambda: handling.extend_term(town.account("roadman"), reference, 1, "more"),
        lambda: handling.answer_request(town.account("roadman"), reference, "Done."),
    ):
        with pytest.raises(ActNotAllowed):
            act()


def test_what_is_late_is_told_once(town: Town) -> None:
    town.set_day(BEFORE_CHUSEOK)
    reference = town.ask()
    town.set_day(date(2026, 10, 1))
    assert handling.tell_late() == 0
    town.set_day(date(2026, 10, 2))
    assert (handling.tell_late(), handling.tell_late()) == (1, 0)
    assert town.part(reference).late


def test_the_page_says_why(town: Town, people) -> None:
    town.set_day(BEFORE_CHUSEOK)
    reference = town.ask()
    handling.extend_term(town.account("roadman"), reference, 1, "the site must be seen")
    client = people.sign_in("mina")
    page = client.get(f"/civil-requests/{reference}", headers={"Accept-Language": "en"}).text
    assert "The answer is due on Friday 2 October 2026." in page
    assert "Monday 21 September 2026: Received; this day counts if it is a working day." in page
    assert "7 working days by law" in page
    assert "Friday 25 September 2026: Not counted: Chuseok" in page
    assert "1 more working days: the site must be seen" in page
