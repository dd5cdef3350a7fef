"""Answers connected systems in the shape of Estonia's data tracker (findUsage, usagePeriod, heartbeat)."""

from collections.abc import Mapping
from datetime import UTC, datetime

from flask_babel import lazy_gettext as _l

from app.access_records.models import InformationSystem
from app.access_records.models.reports import UNKNOWN_SYSTEM
from app.access_records.queries.records import find_first_access, list_usages
from app.access_records.queries.terms import name_purpose
from app.access_records.rules import PersonUnknown, ReportMalformed, ReportRefused
from app.access_records.services.refusals import count_refusals
from app.access_records.services.signatures import (
    SignedRequest,
    claimed_system_id,
    use_nonce,
    verify_request,
)
from app.accounts.rules import ClaimNotUsable
from app.accounts.services.persons import find_person
from app.platform import clock
from app.platform.transaction import transaction

LIMIT = 1_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


def find_usages(
    request: SignedRequest, asking: str | None, arguments: Mapping[str, str]
) -> dict[str, object]:
    """The accesses that the asking system itself recorded about one person, the official as a pseudonym.

    `asking` is who asks there, `arguments` are userCode, periodStart, periodEnd, offset, limit. Raises
    ReportRefused.
    """
    system = _admit(request)
    with _counted(system.id):
        if not asking or not arguments.get("userCode"):
            raise ReportMalformed(_l("The header X-Road-UserId and the parameter userCode are needed."))
        try:
            person = find_person(arguments["userCode"])
        except ClaimNotUsable as problem:
            raise PersonUnknown from problem
        if person is None:
            raise PersonUnknown
        since = _read_time(arguments.get("periodStart"), EARLIEST)
        until = _read_time(arguments.get("periodEnd"), clock.now())
        offset, limit = _read_number(arguments.get("offset"), 0), _read_number(arguments.get("limit"), LIMIT)
    total, records = list_usages(system.id, person.id, since, until, offset=offset, limit=min(limit, LIMIT))
    usages = [
        {
            "logtime": _write_time(record.accessed_at),
            "action": f"{record.action}: {name_purpose(record.purpose_code or '')}",
            "receiverCode": record.official_tag,
            "receiverName": f"{system.agency.name}, {record.unit}",
            "receiverSystem": system.code,
        }
        for record in records
    ]
    return {"totalUsages": total, "usages": usages}


def find_usage_period(request: SignedRequest) -> dict[str, object]:
    """From the asking system's oldest access to now. Raises ReportRefused."""
    system = _admit(request)
    first = find_first_access(system.id) or system.registered_at
    return {"periodStart": _write_time(first), "periodEnd": _write_time(clock.now())}


def check_heartbeat(request: SignedRequest) -> dict[str, object]:
    """OK: a request was verified and its nonce stored, so records can be. Raises ReportRefused."""
    _admit(request)
    return {"status": "OK"}


class _counted:  # noqa: N801 - reads as a statement
    """Counts what is refused inside for a system."""

    def __init__(self, system_id: int) -> None:
        self.system_id = system_id

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, problem: BaseException | None, _trace: object) -> None:
        if isinstance(problem, ReportRefused):
            count_refusals(self.system_id, [problem.code])


def _admit(request: SignedRequest) -> InformationSystem:
    with _counted(claimed_system_id(request, UNKNOWN_SYSTEM)):
        sender = verify_request(request)
        with transaction():
            use_nonce(sender)
    return sender.system


def _read_time(text: str | None, default: datetime) -> datetime:
    if not text:
        return default
    try:
        at = datetime.fromisoformat(text)
        # The calendar's first and last day are not in UTC's calendar in every zone.
        in_utc = at.astimezone(UTC)
    except (ValueError, OverflowError) as problem:
        raise ReportMalformed(_l("Times are written as in RFC 3339.")) from problem
    if at.tzinfo is None:
        raise ReportMalformed(_l("Times are written as in RFC 3339."))
    return in_utc


def _read_number(text: str | None, default: int) -> int:
    if not text:
        return default
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise ReportMalformed(_l("offset and limit are numbers from 0."))
    return int(text)


def _write_time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
