"""Which cases of an agency are open, as its systems report them: a look-up in any other raises an alert."""

import json
from collections.abc import Sequence

from app.access_records.models import AgencyCase, InformationSystem
from app.access_records.models.reports import UNKNOWN_SYSTEM
from app.access_records.rules import (
    MAXIMUM_REPORT_BYTES,
    UNREADABLE_TEXT,
    ReportedCase,
    ReportMalformed,
    ReportOversized,
    ReportRefused,
    parse_cases,
)
from app.access_records.services.refusals import count_refusals
from app.access_records.services.signatures import (
    SignedRequest,
    claimed_system_id,
    use_nonce,
    verify_request,
)
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.incoming import is_readable
from app.platform.transaction import transaction


def receive_cases(request: SignedRequest) -> int:
    """Verify and keep what a connected system reports about its agency's cases; how many.

    All or nothing. A case that was reported before is as it was reported last; alerts that were raised
    before stay. Raises ReportRefused.
    """
    try:
        if len(request.body) > MAXIMUM_REPORT_BYTES:
            raise ReportOversized
        sender = verify_request(request)
        cases = parse_cases(_read_json(request.body))
        with transaction():
            use_nonce(sender)
            keep_cases(sender.system, cases)
    except ReportRefused as refusal:
        count_refusals(claimed_system_id(request, UNKNOWN_SYSTEM), [refusal.code])
        raise
    return len(cases)


def keep_cases(system: InformationSystem, cases: Sequence[ReportedCase]) -> None:
    """Keep the cases of the system's agency, in the caller's transaction. Their numbers are not published."""
    now = clock.now()
    for case in cases:
        row = db.session.get(AgencyCase, (system.agency_id, case.number))
        if row is None:
            row = AgencyCase(agency_id=system.agency_id, number=case.number)
            db.session.add(row)
        row.opened_on, row.closed_on, row.reported_at = case.opened_on, case.closed_on, now
    public = {"agency": system.agency.name, "system": system.code, "cases": len(cases)}
    ledger.append(Entry(EntryType.CASES_REPORT, public=public))


def _read_json(body: bytes) -> object:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise ReportMalformed from problem
    if not is_readable(document):
        raise ReportMalformed(UNREADABLE_TEXT)
    return document
