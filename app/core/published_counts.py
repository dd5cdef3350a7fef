"""What a site publishes about a petition's count, read, and compared with what the ledger gives."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.core.ledger_errors import LedgerError
from app.core.petition_count import (
    BATCH_SECONDS,
    Cell,
    CountCheck,
    Counted,
    Difference,
    PetitionLedger,
    may_wait,
)
from app.core.petition_terms import CLOSES_ON, TEXT, THRESHOLDS, TYPE, digest_text, spell_term

# The sequencer needs a moment.
_SLACK_SECONDS = 600


class MalformedCountError(LedgerError):
    """The bytes are not what /petitions/<reference>/data.json is."""


@dataclass(frozen=True)
class PublishedCount:
    """One petition's data.json: true for the first `ledger_size` entries of the ledger.

    Of what the page counts and the ledger does not, `waiting` has the new signatures by day, and `changing`
    the net of what was taken back or given again.
    """

    petition: str
    public_key: str
    ledger_size: int
    in_ledger: int
    signed: int
    recounted: int
    read_at: int
    cells: Counter[Cell]
    waiting: Counter[date]
    changing: int
    overdue: Counter[Cell]
    # Each of the terms as the ledger's entries spell it.
    terms: Mapping[str, str]


def parse_published(raw: bytes) -> PublishedCount:
    """Read a petition's data.json. Raises MalformedCountError."""
    try:
        data = json.loads(raw)
        return PublishedCount(
            petition=_word(data["petition"]),
            public_key=_word(data["public_key"]),
            ledger_size=_number(data["ledger_size"]),
            in_ledger=_number(data["in_ledger"]),
            signed=_number(data["signed"]),
            recounted=_number(data["recounted"]),
            read_at=_number(data["read_at"]),
            cells=_parse_cells(data["cells"]),
            waiting=_parse_days(data["waiting"]),
            changing=_whole(data["changing"]),
            overdue=_parse_cells(data["overdue"]),
            terms=_parse_terms(data),
        )
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise MalformedCountError(f"not a petition's data: {problem}") from problem


def parse_published_list(raw: bytes) -> list[str]:
    """The references of the petitions that have been open, from /petitions/data.json.

    Raises MalformedCountError.
    """
    try:
        return [_word(item["petition"]) for item in json.loads(raw)["petitions"] if item["public_key"]]
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as problem:
        raise MalformedCountError(f"not a list of petitions: {problem}") from problem


def compare_count(ledger: PetitionLedger, published: PublishedCount) -> list[Difference]:
    """Every difference between the ledger, read up to `ledger_size`, and the published count."""
    name = published.petition
    counted = ledger.petitions.get(name)
    if counted is None:
        return [Difference(CountCheck.TOTALS, name, "published, but the ledger has not opened it")]
    found: list[Difference] = []
    if counted.public_key != published.public_key:
        found.append(Difference(CountCheck.KEY, name, "the published key is not the one it was opened with"))
    cells = counted.count_cells()
    for cell in sorted(set(cells) | set(published.cells)):
        if cells[cell] != published.cells[cell]:
            text = f"the ledger counts {cells[cell]}, the page {published.cells[cell]}"
            found.append(Difference(CountCheck.TOTALS, name, text, cell))
    return found + _compare_with_itself(published) + _examine_waiting(ledger, counted, published)


def compare_terms(ledger: PetitionLedger, published: PublishedCount) -> list[Difference]:
    """Every term that is not the ledger's at `ledger_size`, nor that of a later entry.

    The page's terms are those of its moment, which the ledger reaches within a minute.
    """
    found, name = [], published.petition
    counted = ledger.petitions.get(name)
    for term, value in published.terms.items():
        known = counted.terms.list_since(term, published.ledger_size) if counted else []
        if known and value not in known:
            text = f"{term}: the ledger has {known[-1] or 'none'}, the page {value or 'none'}"
            found.append(Difference(CountCheck.TERMS, name, text))
    return found


def compare_earlier(
    ledger: PetitionLedger, published: PublishedCount, earlier: PublishedCount
) -> list[Difference]:
    """Whether what an earlier page said was waiting has come into the ledger, once its batch must have."""
    name, counted = earlier.petition, ledger.petitions.get(earlier.petition)
    if counted is None or published.read_at <= earlier.read_at + BATCH_SECONDS + _SLACK_SECONDS:
        return []
    # What was taken back meanwhile has its first entry all the same.
    entered = Counter(cell.day for cell, _ in counted.signatures.values())
    found = []
    for on, count in sorted(earlier.waiting.items()):
        day = on.isoformat()
        said = count + sum(number for cell, number in earlier.cells.items() if cell.day == day)
        if entered[day] < said:
            text = f"{said} were said to have signed on {day}, and only {entered[day]} came into the ledger"
            found.append(Difference(CountCheck.PAGE, name, text))
    return found


def _compare_with_itself(published: PublishedCount) -> list[Difference]:
    """Whether the page's numbers add up."""
    texts = []
    total, waiting = sum(published.cells.values()), sum(published.waiting.values())
    if published.in_ledger != total:
        texts.append(f"the page says {published.in_ledger} are in the ledger, and lists {total}")
    if published.signed != published.recounted:
        text = f"the page says {published.signed} have signed, and its signatures are {published.recounted}"
        texts.append(text)
    # What is overdue is told by itself, and counted nowhere else.
    if not published.overdue and published.recounted != published.in_ledger + waiting + published.changing:
        texts.append(
            f"the page's signatures are {published.recounted}, of which {published.in_ledger} are in the "
            f"ledger, {waiting} wait and {published.changing:+} change"
        )
    return [Difference(CountCheck.PAGE, published.petition, text) for text in texts]


def _examine_waiting(ledger: PetitionLedger, counted: Counted, published: PublishedCount) -> list[Difference]:
    """Whether no more waits than a batch can hold back."""
    name, found = published.petition, []
    for cell, count in sorted(published.overdue.items()):
        text = f"{count} signed or changed, but neither in the ledger nor of the batch under way"
        found.append(Difference(CountCheck.PAGE, name, text, cell))
    for day, count in sorted(published.waiting.items()):
        if not may_wait(counted, day, published.read_at, ledger.newest_at):
            text = f"{count} signed on {day} wait for the ledger, longer than a batch or from a day to come"
            found.append(Difference(CountCheck.PAGE, name, text))
    given = sum(not counts for _, counts in counted.signatures.values())
    if not -published.in_ledger <= published.changing <= given:
        text = f"{published.changing:+} change, but only {given} of the ledger's signatures do not count"
        found.append(Difference(CountCheck.PAGE, name, text))
    return found


def _parse_terms(data: Mapping[str, Any]) -> dict[str, str]:
    words = [data["title"], data["demand"], data["reasons"]]
    return {
        TYPE: _word(data["type"]),
        # A hidden text is none that anybody could compare.
        TEXT: digest_text(*map(spell_term, words)) if any(word is not None for word in words) else "",
        CLOSES_ON: spell_term(data["closes_on"] or ""),
        THRESHOLDS: spell_term(data["thresholds"]),
    }


def _parse_cells(items: Any) -> Counter[Cell]:
    cells: Counter[Cell] = Counter()
    for item in items:
        cell = Cell(_word(item["level"]), _word(item["place"]), _word(item["day"]))
        cells[cell] += _number(item["count"])
    return cells


def _parse_days(items: Any) -> Counter[date]:
    days: Counter[date] = Counter()
    for item in items:
        days[date.fromisoformat(_word(item["day"]))] += _number(item["count"])
    return days


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text is missing")
    return value


def _number(value: Any) -> int:
    if _whole(value) < 0:
        raise ValueError("a number is below zero")
    return int(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError("a number is missing")
    return value
