"""What an agency reports about its cases. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from app.access_records.rules.reports import MAXIMUM_RECORDS, ReportMalformed, ReportOversized

LONGEST_NUMBER = 100


@dataclass(frozen=True)
class ReportedCase:
    """One case: open from a day on, until another one if it is closed."""

    number: str
    opened_on: date
    closed_on: date | None


def parse_cases(document: object) -> list[ReportedCase]:
    """Read `{"cases": [{"number", "opened_on", "closed_on"}]}`. Raises ReportMalformed, ReportOversized."""
    items = document.get("cases") if isinstance(document, Mapping) else None
    if not isinstance(items, list) or not items:
        raise ReportMalformed(_l("“cases” must be a list with at least one case."))
    if len(items) > MAXIMUM_RECORDS:
        raise ReportOversized
    return [_parse_case(item) for item in items]


def _parse_case(item: object) -> ReportedCase:
    if not isinstance(item, Mapping) or not isinstance(item.get("number"), str):
        raise ReportMalformed(_l("Each case needs a “number” and “opened_on”."))
    number = item["number"].strip()
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise ReportMalformed(_l("A case number has 1 to 100 characters."))
    opened_on, closed_on = _parse_day(item.get("opened_on")), item.get("closed_on")
    case = ReportedCase(number, opened_on, None if closed_on is None else _parse_day(closed_on))
    if case.closed_on is not None and case.closed_on < case.opened_on:
        raise ReportMalformed(_l("A case cannot be closed before it was opened."))
    return case


def _parse_day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as problem:
        raise ReportMalformed(_l("Days are written as 2026-11-30.")) from problem
