"""Reads the JSON that connected systems send, strictly, and says what is wrong with each record."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from app.access_records.models import InformationSystem
from app.access_records.rules import (
    CLOCK_TOLERANCE,
    MAXIMUM_PERSONS,
    MAXIMUM_RECORDS,
    UNREADABLE_TEXT,
    Action,
    CategoryUnknown,
    CounterpartUnknown,
    PersonUnknown,
    PurposeUnknown,
    ReportMalformed,
    ReportOversized,
    ReportRefused,
    RequestFutureDated,
)
from app.accounts.rules import ClaimNotUsable, normalize_claim
from app.platform.incoming import is_readable

# field -> longest text
TEXTS = {"id": 100, "official": 100, "unit": 100, "legal_basis": 300, "case": 100}
NAMES = {*TEXTS, "person", "persons", "purpose", "categories", "action", "accessed_at", "counterpart"}


@dataclass(frozen=True)
class ParsedReport:
    """The records of one request, not yet looked into."""

    records: Sequence[object]
    partial: bool
    is_single: bool


@dataclass(frozen=True)
class ParsedRecord:
    """One record: `fields` of an Access, whom it is about, or why it is refused."""

    sender_id: str
    raw: Mapping[str, Any]
    claims: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    refusal: ReportRefused | None = None

    def unknown_person(self) -> PersonUnknown:
        """The refusal for a record about somebody whom nobody knows."""
        return PersonUnknown()


def parse_report(body: bytes) -> ParsedReport:
    """Read a request's JSON: one record, or {"records": [...], "partial": bool}.

    Raises ReportMalformed, ReportOversized.
    """
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise ReportMalformed(_l("The body is not JSON.")) from problem
    if not isinstance(content, dict):
        raise ReportMalformed(_l("The body is not a JSON object."))
    if "records" not in content:
        return ParsedReport([content], partial=False, is_single=True)
    records, partial = content["records"], content.get("partial", False)
    if not isinstance(records, list) or not records or not isinstance(partial, bool):
        raise ReportMalformed(_l("“records” is a list of at least one record, “partial” true or false."))
    if len(records) > MAXIMUM_RECORDS:
        raise ReportOversized
    ids = [record.get("id") for record in records if isinstance(record, dict)]
    if len({str(sender_id) for sender_id in ids}) != len(ids):
        raise ReportMalformed(_l("Two records have the same id."))
    return ParsedReport(records, partial=partial, is_single=False)


def parse_record(
    raw: object, system: InformationSystem, counterparts: Mapping[str, InformationSystem], now: datetime
) -> ParsedRecord:
    """Read one record of `system`; what is wrong with it is its `refusal`. `counterparts` are by code."""
    if not isinstance(raw, dict):
        return ParsedRecord("", {}, refusal=ReportMalformed(_l("A record is not a JSON object.")))
    if not is_readable(raw):
        return ParsedRecord("", {}, refusal=ReportMalformed(UNREADABLE_TEXT))
    sender_id = raw["id"] if isinstance(raw.get("id"), str) else ""
    try:
        claims = _read_claims(raw)
        fields = _read_fields(raw, system, counterparts, now)
    except ReportRefused as refusal:
        return ParsedRecord(sender_id[: TEXTS["id"]], raw, refusal=refusal)
    return ParsedRecord(sender_id, raw, claims, fields)


def _read_fields(
    raw: Mapping[str, Any],
    system: InformationSystem,
    counterparts: Mapping[str, InformationSystem],
    now: datetime,
) -> dict[str, Any]:
    if unknown := sorted(set(raw) - NAMES):
        raise ReportMalformed(_l("There is no field “%(name)s”.", name=unknown[0][:40]))
    texts = {name: _read_text(raw, name, longest) for name, longest in TEXTS.items()}
    action = _read_action(raw)
    return {
        "unit": texts["unit"],
        "official": texts["official"],
        "legal_basis": texts["legal_basis"],
        "case_number": texts["case"],
        "sender_id": texts["id"],
        "purpose_code": _read_purpose(raw, system),
        "categories": _read_categories(raw, system),
        "action": action,
        "accessed_at": _read_time(raw, now),
        "counterpart_agency_id": _read_counterpart(raw, action, system, counterparts),
    }


def _read_text(raw: Mapping[str, Any], name: str, longest: int) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value.strip() or len(value) > longest or not value.isprintable():
        raise ReportMalformed(_l("“%(name)s” is missing, empty or too long.", name=name))
    return value.strip()


def _read_claims(raw: Mapping[str, Any]) -> tuple[str, ...]:
    given = raw.get("persons", [raw.get("person")])
    if ("person" in raw) == ("persons" in raw) or not isinstance(given, list) or not given:
        raise ReportMalformed(_l("Name one “person”, or several “persons”."))
    if len(given) > MAXIMUM_PERSONS:
        raise ReportOversized
    try:
        return tuple(normalize_claim(claim) if isinstance(claim, str) else "" for claim in given)
    except ClaimNotUsable as problem:
        raise PersonUnknown from problem


def _read_action(raw: Mapping[str, Any]) -> Action:
    try:
        return Action(raw.get("action", "view"))
    except ValueError as problem:
        raise ReportMalformed(_l("“%(name)s” is missing, empty or too long.", name="action")) from problem


def _read_purpose(raw: Mapping[str, Any], system: InformationSystem) -> str:
    purpose = raw.get("purpose")
    if not isinstance(purpose, str) or purpose not in system.purposes:
        raise PurposeUnknown
    return purpose


def _read_categories(raw: Mapping[str, Any], system: InformationSystem) -> list[str]:
    categories = raw.get("categories")
    if not isinstance(categories, list) or not categories:
        raise ReportMalformed(_l("“%(name)s” is missing, empty or too long.", name="categories"))
    if not all(isinstance(code, str) and code in system.categories for code in categories):
        raise CategoryUnknown
    return sorted(set(categories))


def _read_time(raw: Mapping[str, Any], now: datetime) -> datetime:
    value = raw.get("accessed_at")
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at.year < 2000:
        raise ReportMalformed(_l("“accessed_at” is a time with its zone, as in RFC 3339."))
    if at > now + CLOCK_TOLERANCE:
        raise RequestFutureDated
    return at.astimezone(UTC)


def _read_counterpart(
    raw: Mapping[str, Any],
    action: Action,
    system: InformationSystem,
    counterparts: Mapping[str, InformationSystem],
) -> int | None:
    """The agency on the other side: named when data is shared, and only then."""
    code = raw.get("counterpart")
    if action is not Action.SHARE and code is None:
        return None
    other = counterparts.get(code) if isinstance(code, str) else None
    if action is not Action.SHARE or other is None or other.agency_id == system.agency_id:
        raise CounterpartUnknown
    return other.agency_id
