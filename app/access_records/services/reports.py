"""Takes what connected systems report, one record or many in a request; records all of it or nothing."""

import hmac
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.access_records.models import AccessRecord, AccessReport
from app.access_records.models.reports import UNKNOWN_SYSTEM
from app.access_records.queries.systems import list_systems_by_code
from app.access_records.rules import (
    MAXIMUM_PERSONS,
    MAXIMUM_REPORT_BYTES,
    ReportOversized,
    ReportRefused,
    SenderIdReused,
)
from app.access_records.services.parsing import ParsedRecord, parse_record, parse_report
from app.access_records.services.records import Access, record_accesses
from app.access_records.services.refusals import add_refusals, count_refusals
from app.access_records.services.signatures import (
    Sender,
    SignedRequest,
    claimed_system_id,
    use_nonce,
    verify_request,
)
from app.accounts.models import Person
from app.accounts.services.persons import pseudonym_of
from app.core.commitments import canonical_json
from app.extensions import db
from app.platform import clock, keys
from app.platform.errors import HwabaekError
from app.platform.incoming import is_readable
from app.platform.transaction import transaction

CHUNK = 500


@dataclass
class Outcome:
    """What became of one reported record."""

    sender_id: str
    query_id: str = ""
    leaf_hashes: list[str] = field(default_factory=list)
    is_new: bool = False
    refusal: HwabaekError | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a request: `is_single` when it was one object instead of a list."""

    outcomes: list[Outcome]
    is_single: bool


def receive_report(request: SignedRequest) -> Answer:
    """Verify, check and record a request of a connected system.

    All or nothing, unless it says "partial": true. Each refusal is counted for the system in whose name the
    request came. Raises ReportRefused (each named), with `refused` listing the records that are at fault.
    """
    try:
        return _receive(request)
    except ReportRefused as refusal:
        codes = [str(item["code"]) for item in refusal.extras.get("refused", ())] or [refusal.code]
        count_refusals(claimed_system_id(request, UNKNOWN_SYSTEM), codes)
        raise


def _receive(request: SignedRequest) -> Answer:
    if len(request.body) > MAXIMUM_REPORT_BYTES:
        raise ReportOversized
    sender = verify_request(request)
    report = parse_report(request.body)
    counterparts = list_systems_by_code([text for raw in report.records if (text := _counterpart(raw))])
    parsed = [parse_record(raw, sender.system, counterparts, clock.now()) for raw in report.records]
    if sum(len(record.claims) for record in parsed) > MAXIMUM_PERSONS:
        raise ReportOversized
    with transaction():
        use_nonce(sender)
        outcomes = _record(sender, parsed, partial=report.partial)
        refused = Counter(outcome.refusal.code for outcome in outcomes if outcome.refusal)
        add_refusals(sender.system.id, refused)
    return Answer(outcomes, report.is_single)


def _counterpart(raw: object) -> str:
    text = raw.get("counterpart") if isinstance(raw, dict) else None
    return text if isinstance(text, str) and is_readable(text) else ""


def _record(sender: Sender, parsed: Sequence[ParsedRecord], *, partial: bool) -> list[Outcome]:
    """Record what is new, in the caller's transaction. Raises the first refusal unless `partial`."""
    known = _find_reports(sender.system.id, [record.sender_id for record in parsed])
    persons = _find_persons([claim for record in parsed for claim in record.claims])
    outcomes = [_judge(record, known, persons) for record in parsed]
    refused = [
        {"index": index, "id": outcome.sender_id, "code": outcome.refusal.code, "detail": _detail(outcome)}
        for index, outcome in enumerate(outcomes)
        if outcome.refusal
    ]
    if refused and not partial:
        first = next(outcome.refusal for outcome in outcomes if outcome.refusal)
        raise type(first)(first.detail, refused=refused)
    _write(sender, parsed, outcomes, persons)
    return outcomes


def _detail(outcome: Outcome) -> str:
    refusal = outcome.refusal
    return "" if refusal is None else str(refusal.detail or refusal.advice)


def _judge(record: ParsedRecord, known: dict[str, AccessReport], persons: dict[str, int]) -> Outcome:
    """Say whether a record is new, known or refused."""
    outcome = Outcome(record.sender_id, refusal=record.refusal)
    if record.refusal is not None:
        return outcome
    earlier = known.get(record.sender_id)
    if earlier is None:
        missing = any(claim not in persons for claim in record.claims)
        outcome.refusal = record.unknown_person() if missing else None
        outcome.is_new = not missing
        return outcome
    if not hmac.compare_digest(earlier.content_hash, _content_hash(record)):
        outcome.refusal = SenderIdReused()
        return outcome
    outcome.query_id = earlier.query_id
    return outcome


def _write(
    sender: Sender, parsed: Sequence[ParsedRecord], outcomes: Sequence[Outcome], persons: dict[str, int]
) -> None:
    accesses: list[Access] = []
    for record, outcome in zip(parsed, outcomes, strict=True):
        if outcome.is_new:
            outcome.query_id = secrets.token_hex(16)
            accesses.extend(_fan_out(record, sender, outcome.query_id, persons))
            _keep_report(record, sender, outcome.query_id)
    record_accesses(accesses)
    _add_receipts([outcome for outcome in outcomes if outcome.refusal is None])


def _fan_out(record: ParsedRecord, sender: Sender, query_id: str, persons: dict[str, int]) -> list[Access]:
    """One access for each person whom the query touched."""
    person_ids = sorted({persons[claim] for claim in record.claims})
    return [
        Access(person_id=person_id, system=sender.system, query_id=query_id, **record.fields)
        for person_id in person_ids
    ]


def _keep_report(record: ParsedRecord, sender: Sender, query_id: str) -> None:
    db.session.add(
        AccessReport(
            system_id=sender.system.id,
            sender_id=record.sender_id,
            content_hash=_content_hash(record),
            query_id=query_id,
            received_at=clock.now(),
        )
    )


def _content_hash(record: ParsedRecord) -> str:
    """Keyed, because the content names people by claims that could be guessed."""
    return hmac.new(keys.get("access-report"), canonical_json(record.raw), sha256).hexdigest()


def _find_reports(system_id: int, sender_ids: Sequence[str]) -> dict[str, AccessReport]:
    found: dict[str, AccessReport] = {}
    for start in range(0, len(sender_ids), CHUNK):
        wanted = select(AccessReport).where(
            AccessReport.system_id == system_id,
            AccessReport.sender_id.in_(sender_ids[start : start + CHUNK]),
        )
        found.update((report.sender_id, report) for report in db.session.scalars(wanted))
    return found


def _find_persons(claims: Sequence[str]) -> dict[str, int]:
    """The persons of identity claims, by claim."""
    pseudonyms = {claim: pseudonym_of(claim) for claim in set(claims)}
    values = sorted(set(pseudonyms.values()))
    ids: dict[str, int] = {}
    for start in range(0, len(values), CHUNK):
        wanted = select(Person.pseudonym, Person.id).where(
            Person.pseudonym.in_(values[start : start + CHUNK])
        )
        ids.update(db.session.execute(wanted).all())
    return {claim: ids[pseudonym] for claim, pseudonym in pseudonyms.items() if pseudonym in ids}


def _add_receipts(outcomes: Sequence[Outcome]) -> None:
    by_query = {outcome.query_id: outcome for outcome in outcomes}
    query_ids = sorted(by_query)
    for start in range(0, len(query_ids), CHUNK):
        wanted = (
            select(AccessRecord)
            .options(joinedload(AccessRecord.ledger_entry))
            .where(AccessRecord.query_id.in_(query_ids[start : start + CHUNK]))
            .order_by(AccessRecord.id)
        )
        for record in db.session.scalars(wanted):
            by_query[record.query_id or ""].leaf_hashes.append(record.ledger_entry.leaf_hash)
