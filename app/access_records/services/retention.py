"""Erases what was kept as long as the law says: content and nonce go, number, commitment and leaf stay.

The ledger's tree is never pruned. A person's chain and proof file hold as before, the erased entry as its
commitment alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, delete, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from app.access_records.models import (
    AccessAlert,
    AccessRecord,
    AccessReport,
    BreakGlassReview,
    Dispute,
    InformationSystem,
    SealedAccess,
)
from app.access_records.queries.disputes import WAITING
from app.access_records.rules import RETENTION_YEARS, retention_limit
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.models import LedgerEntry, LedgerOpening
from app.ledger.services import Entry
from app.platform import clock
from app.platform.transaction import transaction

BATCH = 500
DISPUTE_TYPES = tuple(kind.value for kind in EntryType if kind.name.startswith("DISPUTE_"))


def erase_expired() -> int:
    """Erase every record whose time is over; how many. The daily job, harmless to run twice.

    A record about which a question waits is kept until it is answered. Each batch is one transaction with
    one entry in the ledger, which says how many records of which agency were erased.
    """
    erased = 0
    while db.session.scalars(_expired().limit(1)).first() is not None:
        erased += _erase_batch()
    return erased + _erase_opened_seals()


def _expired() -> Select[AccessRecord]:
    waiting = [state.value for state in WAITING]
    is_asked_about = exists().where(Dispute.record_id == AccessRecord.id, Dispute.state.in_(waiting))
    return (
        select(AccessRecord)
        .join(AccessRecord.system)
        .where(AccessRecord.erased_at.is_(None), _is_over(AccessRecord.recorded_at), ~is_asked_about)
    )


def _is_over(
    since: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
) -> ColumnElement[bool]:
    """Whether the years of the system's class have passed since then."""
    now = clock.now()
    classes = [
        and_(InformationSystem.retention_years == years, since < retention_limit(now, years))
        for years in RETENTION_YEARS
    ]
    return or_(*classes)


def _erase_batch() -> int:
    with transaction():
        wanted = _expired().order_by(AccessRecord.id).limit(BATCH).with_for_update(of=AccessRecord)
        records = list(db.session.scalars(wanted.execution_options(populate_existing=True)))
        _erase_around(records)
        for record in records:
            _erase_content(record)
        _append(record.agency.name for record in records)
    return len(records)


def _erase_content(record: AccessRecord) -> None:
    """What is left is what the ledger's leaf says in clear, and the record's place in its chain."""
    record.unit = record.official_tag = record.legal_basis = record.case_number = record.action = ""
    record.official_account_id = record.official_ref = record.purpose_code = None
    record.sender_id = record.query_id = record.counterpart_agency_id = None
    record.categories, record.break_glass, record.nonce = [], False, b""
    record.accessed_at, record.erased_at = record.recorded_at, clock.now().replace(microsecond=0)


def _erase_around(records: Sequence[AccessRecord]) -> None:
    """Reviews, questions, alerts and reports about the records, with the openings of the ledger's entries."""
    ids = [record.id for record in records]
    commitments = {record.commitment for record in records}
    for review in db.session.scalars(select(BreakGlassReview).where(BreakGlassReview.record_id.in_(ids))):
        _erase_openings([EntryType.BREAK_GLASS_REVIEW.value], review.reviewer_id, "record", commitments)
    for dispute in db.session.scalars(select(Dispute).where(Dispute.record_id.in_(ids))):
        _erase_openings(DISPUTE_TYPES, dispute.account_id, "dispute", {dispute.reference})
    for alert in db.session.scalars(select(AccessAlert).where(AccessAlert.record_id.in_(ids))):
        entry_ids = [alert.explain_entry_id, alert.judge_entry_id]
        db.session.execute(delete(LedgerOpening).where(LedgerOpening.entry_id.in_(entry_ids)))
    for table in (BreakGlassReview, Dispute, AccessAlert):
        db.session.execute(delete(table).where(table.record_id.in_(ids)))
    query_ids = {record.query_id for record in records if record.query_id}
    db.session.execute(delete(AccessReport).where(AccessReport.query_id.in_(query_ids)))


def _erase_openings(types: Iterable[str], person_id: int | None, field: str, values: Iterable[str]) -> None:
    """Delete what a person's commitments open to, in entries of these types that name one of the values."""
    wanted = (
        select(LedgerOpening.id, LedgerEntry.public)
        .join(LedgerEntry, LedgerEntry.id == LedgerOpening.entry_id)
        .where(LedgerEntry.type.in_(types), LedgerOpening.person_id == person_id)
    )
    named = set(values)
    found = [number for number, public in db.session.execute(wanted) if public.get(field) in named]
    db.session.execute(delete(LedgerOpening).where(LedgerOpening.id.in_(found)))


def _erase_opened_seals() -> int:
    """The same for accesses that were sealed, counted from the day on which they opened."""
    wanted = (
        select(SealedAccess)
        .join(SealedAccess.system)
        .where(SealedAccess.erased_at.is_(None), _is_over(SealedAccess.opened_at))
    )
    if db.session.scalars(wanted.limit(1)).first() is None:
        return 0
    with transaction():
        rows = list(db.session.scalars(wanted.with_for_update(of=SealedAccess)))
        for row in rows:
            row.opened_by_id, row.opening_reason = None, ""
            row.content, row.nonce, row.erased_at = {}, b"", clock.now().replace(microsecond=0)
        _append(row.agency.name for row in rows)
    return len(rows)


def _append(agencies: Iterable[str]) -> None:
    counts = Counter(agencies)
    if counts:
        ledger.append(Entry(EntryType.CONTENT_ERASE, public={"agencies": dict(sorted(counts.items()))}))
