"""What the ledger alone tells of a petition's last day: nothing is counted after it."""

import json
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

import pytest

from app.core.petition_count import (
    COUNT,
    EDIT,
    OPEN,
    PROLONG,
    RESTORE,
    SWITCH,
    WITHDRAW,
    CountCheck,
    Difference,
    PetitionLedger,
    may_wait,
)
from app.core.petition_terms import TEXT, Terms

TOWN = timezone(timedelta(hours=9))
OPENED, LAST = date(2026, 5, 1), date(2026, 5, 30)


def midnight_after(day: date) -> int:
    return int(datetime.combine(day + timedelta(days=1), time(), TOWN).timestamp())


def leaf(kind: str, at: int, **public: Any) -> bytes:
    return json.dumps({"type": kind, "at": at, "public": public}).encode()


def opening(**changes: Any) -> bytes:
    usual = {"petition": "bridge", "public_key": "ab", "text": "before", "closes_on": LAST.isoformat()}
    return leaf(OPEN, midnight_after(OPENED) - 40_000, **{**usual, **changes})


def signed(day: date, number: int = 1) -> bytes:
    return leaf(
        COUNT,
        midnight_after(day),
        petition="bridge",
        pseudonym=f"{number:0128x}",
        level="email",
        place="region:north",
        day=day.isoformat(),
    )


def changed(kind: str, day: date, **public: str) -> bytes:
    return leaf(kind, midnight_after(day), petition="bridge", pseudonym=f"{1:0128x}", **public)


def switched(state: str, day: date) -> bytes:
    return leaf(SWITCH, midnight_after(day) - 40_000, switch="signing", state=state, reason="test")


def prolonged(day: date, closes_on: date) -> bytes:
    at = midnight_after(day) - 30_000
    return leaf(PROLONG, at, petition="bridge", day=day.isoformat(), closes_on=closes_on.isoformat())


def examine(*leaves: bytes) -> list[Difference]:
    ledger = PetitionLedger()
    for item in leaves:
        ledger.add(item)
    ledger.finish()
    return ledger.differences


def day(number: int) -> date:
    return date(2026, 5, number) if number < 32 else date(2026, 6, number - 31)


def test_the_last_day_counts_and_the_next_does_not() -> None:
    assert examine(opening(), signed(LAST)) == []
    (found,) = examine(opening(), signed(day(31)))
    assert found.check is CountCheck.PERIOD
    assert str(found.cell) == "level email, place region:north, day 2026-05-31"
    assert "2026-05-30" in found.text


@pytest.mark.parametrize("without", [{"closes_on": ""}, {}])
def test_where_no_last_day_is_known_none_is_demanded(without: dict[str, str]) -> None:
    raw = json.loads(opening())
    del raw["public"]["closes_on"]
    raw["public"] |= without
    assert examine(json.dumps(raw).encode(), signed(day(50))) == []


def test_a_day_on_which_signing_was_off_is_one_more() -> None:
    off = (switched("off", day(10)), switched("on", day(10)))
    one_more = prolonged(day(10), day(31))
    assert examine(opening(), *off, one_more, signed(day(31))) == []
    (found,) = examine(opening(), *off, one_more, signed(day(32)))
    assert found.check is CountCheck.PERIOD


@pytest.mark.parametrize(
    "leaves",
    [
        # Signing was never off, off on another day, or the day was given before.
        [prolonged(day(10), day(31))],
        [switched("off", day(3)), switched("on", day(4)), prolonged(day(10), day(31))],
        [switched("off", day(10)), prolonged(day(10), day(31)), prolonged(day(10), day(32))],
        # A week for a day.
        [switched("off", day(10)), prolonged(day(10), day(37))],
        [leaf("petitions:petition:close", 1_780_000_000, petition="bridge"), prolonged(day(10), day(31))],
    ],
)
def test_a_prolongation_without_its_reason_is_found(leaves: list[bytes]) -> None:
    (found,) = examine(opening(), *leaves)
    assert (found.petition, found.check) == ("bridge", CountCheck.TERMS)


@pytest.mark.parametrize("by", ["signer", "desk", "somebody"])
def test_nobody_signs_again_after_the_last_day(by: str) -> None:
    before = (opening(), signed(day(20)), changed(WITHDRAW, day(21)))
    assert examine(*before, changed(RESTORE, LAST, by=by)) == []
    (found,) = examine(*before, changed(RESTORE, day(34), by=by))
    assert (found.check, found.text) == (CountCheck.PERIOD, "signed again after the end")


def test_moderators_may_undo_after_the_last_day() -> None:
    before = (opening(), signed(day(20)), changed("petitions:signature:invalidate", day(21)))
    assert examine(*before, changed(RESTORE, day(40), by="moderator")) == []


def test_nothing_waits_after_the_last_day() -> None:
    ledger = PetitionLedger()
    ledger.add(opening())
    petition, now = ledger.petitions["bridge"], midnight_after(day(31)) - 3_600
    assert may_wait(petition, LAST, now - 86_400, now - 86_400)
    assert not may_wait(petition, day(31), now, now)


def test_an_edit_names_the_text_that_was_there() -> None:
    def edit(before: str) -> bytes:
        return leaf(EDIT, midnight_after(day(3)), petition="bridge", before=before, after="after")

    assert examine(opening(), edit("before")) == []
    (found,) = examine(opening(), edit("another"))
    assert found.check is CountCheck.TERMS


def test_terms_know_what_held_when() -> None:
    terms = Terms()
    for number, text in ((3, "a"), (7, "b"), (9, "c")):
        terms.put(TEXT, number, text)
    assert terms.find(TEXT) == "c"
    assert terms.list_since(TEXT, 4) == ["a", "b", "c"]
    assert terms.list_since(TEXT, 8) == ["b", "c"]
    assert terms.list_since(TEXT, 10) == ["c"]
    assert Terms().list_since(TEXT, 10) == []


@pytest.mark.parametrize(
    "raw",
    [
        opening(closes_on="soon"),
        opening(closes_on=[1]),
        leaf(EDIT, 1, petition="bridge", before="before"),
        leaf(PROLONG, 1, petition="bridge", day="2026-05-10"),
        leaf(PROLONG, 1, petition="bridge", day="x", closes_on="2026-05-31"),
        leaf(SWITCH, 1, state="off"),
    ],
)
def test_terms_that_nothing_honest_writes_are_found(raw: bytes) -> None:
    leaves = [raw] if b"public_key" in raw else [opening(), raw]
    assert [item.check for item in examine(*leaves)] == [CountCheck.ENTRIES]
