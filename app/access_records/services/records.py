"""The one writer of access records."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from app.access_records.models import AccessChain, AccessRecord, InformationSystem
from app.access_records.rules import Action
from app.access_records.services.labels import enrol_labels
from app.access_records.services.notices import announce
from app.accounts.services.persons import official_tag
from app.core.access_chain import AccessContent, commit_to_access, next_head
from app.core.commitments import NONCE_BYTES
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock

CHUNK = 500


@dataclass(frozen=True)
class Access:
    """One access to one person's data, before it is recorded.

    `official` is how the agency names its official; only the tag made of it is shown to the citizen.
    """

    person_id: int
    system: InformationSystem
    unit: str
    official: str
    purpose_code: str
    legal_basis: str
    case_number: str
    categories: Sequence[str]
    action: Action
    accessed_at: datetime | None = None
    official_account_id: int | None = None
    sender_id: str | None = None
    query_id: str | None = None
    counterpart_agency_id: int | None = None
    break_glass: bool = False


def record_accesses(accesses: Sequence[Access]) -> list[AccessRecord]:
    """Write the accesses down in the caller's transaction, each in its person's chain and in the ledger.

    Whoever releases data calls this first, in the same transaction: when it raises, nothing is released.
    Returns the records in the order of `accesses`.
    """
    now = clock.now().replace(microsecond=0)
    person_ids = sorted({access.person_id for access in accesses})
    enrol_labels(person_ids)
    chains = _lock_chains(person_ids)
    rows = [_make_row(access, chains[access.person_id], now) for access in accesses]
    if not rows:
        return []
    db.session.flush()
    db.session.execute(insert(AccessRecord), rows)
    records = _read_back([str(row["commitment"]) for row in rows])
    announce(records)
    return records


def _lock_chains(person_ids: Sequence[int]) -> dict[int, AccessChain]:
    """Lock the persons' chains, always in the same order."""
    chains: dict[int, AccessChain] = {}
    for start in range(0, len(person_ids), CHUNK):
        wanted = (
            select(AccessChain)
            .where(AccessChain.person_id.in_(person_ids[start : start + CHUNK]))
            .order_by(AccessChain.person_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        chains.update((chain.person_id, chain) for chain in db.session.scalars(wanted))
    return chains


def _make_row(access: Access, chain: AccessChain, now: datetime) -> dict[str, object]:
    """The row of one access; moves the chain on."""
    system, nonce = access.system, secrets.token_bytes(NONCE_BYTES)
    accessed_at = (access.accessed_at or now).replace(microsecond=0)
    tag = official_tag(system.agency_id, access.official)
    content = AccessContent(
        number=chain.count + 1,
        system=system.code,
        agency=system.agency.name,
        unit=access.unit,
        official=tag,
        purpose=access.purpose_code,
        legal_basis=access.legal_basis,
        case=access.case_number,
        categories=access.categories,
        action=access.action,
        accessed_at=int(accessed_at.timestamp()),
        recorded_at=int(now.timestamp()),
        break_glass=access.break_glass,
    )
    commitment = commit_to_access(content, nonce)
    chain.count, chain.head = chain.count + 1, next_head(chain.head, commitment)
    public = {"system": system.code, "agency": system.agency.name}
    entry = ledger.append(Entry(EntryType.ACCESS_RECORD, public=public, commitments=[commitment]))
    return {
        "person_id": access.person_id,
        "number": content.number,
        "system_id": system.id,
        "agency_id": system.agency_id,
        "unit": access.unit,
        "official_tag": tag,
        "official_account_id": access.official_account_id,
        "official_ref": access.official,
        "purpose_code": access.purpose_code,
        "legal_basis": access.legal_basis,
        "case_number": access.case_number,
        "categories": sorted(access.categories),
        "action": access.action.value,
        "accessed_at": accessed_at,
        "recorded_at": now,
        "sender_id": access.sender_id,
        "query_id": access.query_id,
        "counterpart_agency_id": access.counterpart_agency_id,
        "break_glass": access.break_glass,
        "nonce": nonce,
        "commitment": commitment,
        "chain_head": chain.head,
        "ledger_entry_id": entry.id,
    }


def _read_back(commitments: Sequence[str]) -> list[AccessRecord]:
    found: dict[str, AccessRecord] = {}
    for start in range(0, len(commitments), CHUNK):
        part = commitments[start : start + CHUNK]
        records = db.session.scalars(select(AccessRecord).where(AccessRecord.commitment.in_(part)))
        found.update((record.commitment, record) for record in records)
    return [found[commitment] for commitment in commitments]
