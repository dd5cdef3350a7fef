"""What a site publishes about a petition's count, read, and compared with what the ledger gives."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from app.core.ledger_errors import LedgerError
from app.core.petition_count import Cell, CountCheck, Difference, PetitionLedger


class MalformedCountError(LedgerError):
    """The bytes are not what /petitions/<reference>/data.json is."""


@dataclass(frozen=True)
class PublishedCount:
    """One petition's data.json: true for the first `ledger_size` entries of the ledger."""

    petition: str
    public_key: str
    ledger_size: int
    in_ledger: int
    signed: int
    recounted: int
    cells: Counter[Cell]
    overdue: Counter[Cell]


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
            cells=_parse_cells(data["cells"]),
            overdue=_parse_cells(data["overdue"]),
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
    total = sum(published.cells.values())
    if published.in_ledger != total:
        text = f"the page says {published.in_ledger} are in the ledger, and lists {total}"
        found.append(Difference(CountCheck.PAGE, name, text))
    if published.signed != published.recounted:
        text = f"the page says {published.signed} have signed, and its signatures are {published.recounted}"
        found.append(Difference(CountCheck.PAGE, name, text))
    for cell, count in sorted(published.overdue.items()):
        text = f"{count} signed, but not in the ledger by the end of the day"
        found.append(Difference(CountCheck.PAGE, name, text, cell))
    return found


def _parse_cells(items: Any) -> Counter[Cell]:
    cells: Counter[Cell] = Counter()
    for item in items:
        cell = Cell(_word(item["level"]), _word(item["place"]), _word(item["day"]))
        cells[cell] += _number(item["count"])
    return cells


def _word(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text is missing")
    return value


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError("a number is missing")
    return value
