"""What the ledger says of a petition beside its signatures: kind, text, last day, thresholds, as they change.

The opening entry has them all. Edits name the text before and after; each prolongation adds one day, for a
day on which signing was switched off. Entries of a time before a field existed lack it: then it is unknown.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

TYPE, TEXT, CLOSES_ON, THRESHOLDS = "type", "text", "closes_on", "thresholds"
FIELDS = (TYPE, TEXT, CLOSES_ON, THRESHOLDS)


@dataclass
class Terms:
    """Of each field that is known, every value with the number of the entry that set it, oldest first."""

    values: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    given_days: set[str] = field(default_factory=set)

    def find(self, name: str) -> str | None:
        """The value after the newest entry; None while it is unknown."""
        return self.values[name][-1][1] if name in self.values else None

    def list_since(self, name: str, size: int) -> list[str]:
        """The value after the first `size` entries, and each later one; empty while it is unknown."""
        known = self.values.get(name, [])
        first = max((place for place, (number, _) in enumerate(known) if number < size), default=0)
        return [value for _, value in known[first:]]

    def find_last_day(self) -> date | None:
        """The last day for signing; None if it is unknown, or there is none."""
        text = self.find(CLOSES_ON)
        return date.fromisoformat(text) if text else None

    def put(self, name: str, number: int, value: str) -> None:
        """Note what an entry says. Raises ValueError for a last day that is no day."""
        if name == CLOSES_ON and value:
            date.fromisoformat(value)
        self.values.setdefault(name, []).append((number, value))


def read_terms(public: Mapping[str, Any], number: int) -> Terms:
    """The terms of an opening entry. Raises ValueError, TypeError for what nothing honest writes."""
    terms = Terms()
    for name in FIELDS:
        if name in public:
            terms.put(name, number, spell_term(public[name]))
    return terms


def edit_terms(terms: Terms, public: Mapping[str, Any], number: int) -> str:
    """Note an edit of the text; what is wrong with it, or nothing. Raises LookupError, TypeError."""
    known, before = terms.find(TEXT), spell_term(public["before"])
    terms.put(TEXT, number, spell_term(public["after"]))
    return "" if known in (None, before) else "the edit of a text that the ledger does not have"


def prolong_terms(terms: Terms, public: Mapping[str, Any], number: int) -> str:
    """Note a prolongation; what is wrong with it, or nothing. Raises LookupError, TypeError, ValueError."""
    day, last = spell_term(public["day"]), terms.find_last_day()
    closes_on = date.fromisoformat(spell_term(public[CLOSES_ON]))
    is_given = day in terms.given_days
    terms.given_days.add(day)
    terms.put(CLOSES_ON, number, closes_on.isoformat())
    if is_given:
        return f"prolonged twice for {day}"
    if last is not None and closes_on != last + timedelta(days=1):
        return f"prolonged from {last} to {closes_on}, which is not one day"
    return ""


def digest_text(title: str, demand: str, reasons: str) -> str:
    """What entries name a petition's text by: SHA-256 of its parts, separated by a zero byte."""
    return hashlib.sha256("\0".join((title, demand, reasons)).encode()).hexdigest()


def spell_term(value: object) -> str:
    """A field's value as one text; several are joined by spaces. Raises TypeError for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ".join(value)
    raise TypeError("neither a text nor a list of texts")
