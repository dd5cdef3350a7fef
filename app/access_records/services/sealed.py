"""Sealed accesses: sealed with author, ground and expiry; opened by themselves when the time is over."""

import secrets
from datetime import datetime

from sqlalchemy import select

from app.access_records.models.sealed import SealedAccess
from app.access_records.rules import SealNotFound, SealTerms, ensure_seal
from app.access_records.services.records import Access
from app.accounts.models import Account
from app.accounts.services.persons import official_tag
from app.core.access_chain import AccessContent
from app.core.commitments import NONCE_BYTES, Content, commit_to
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry, Personal
from app.notifications import services as notifications
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction


def seal_access(author: Account, access: Access, terms: SealTerms) -> SealedAccess:
    """Record an access that its person does not see before it expires, in the caller's transaction.

    It takes no number in the person's chain. The ledger gets the agency and one commitment over content,
    author, ground and expiry. Raises PermissionDenied, SealGroundMissing, SealExpiryNotAllowed.
    """
    now = clock.now().replace(microsecond=0)
    if not author.has_permission(Permission.ACCESS_SEAL):
        raise PermissionDenied
    if author.agency_id is None or author.agency_id != access.system.agency_id:
        raise PermissionDenied
    _kind, expires_at = ensure_seal(terms, now)
    with transaction():
        content, nonce = _content(author, access, terms, now), secrets.token_bytes(NONCE_BYTES)
        commitment = commit_to(content, nonce)
        public = {"agency": access.system.agency.name}
        entry = ledger.append(Entry(EntryType.ACCESS_SEAL, public=public, commitments=[commitment]))
        row = SealedAccess(
            person_id=access.person_id,
            system_id=access.system.id,
            agency_id=access.system.agency_id,
            author_id=author.id,
            sealed_at=now,
            expires_at=expires_at,
            content=dict(content),
            nonce=nonce,
            commitment=commitment,
            ledger_entry_id=entry.id,
        )
        db.session.add(row)
        db.session.flush()
    return row


def open_expired() -> int:
    """Open every sealed access whose time is over; how many were opened. Harmless to run twice."""
    due = select(SealedAccess).where(SealedAccess.opened_at.is_(None), SealedAccess.expires_at <= clock.now())
    if not db.session.scalars(due.limit(1)).all():
        return 0
    with transaction():
        rows = list(db.session.scalars(due.with_for_update()))
        for row in rows:
            _open(row, Entry(EntryType.ACCESS_OPEN, public=_public(row)))
    return len(rows)


def order_opening(by: Account, seal_id: int, reason: str) -> None:
    """Open a sealed access before its time, for the oversight body. Raises PermissionDenied, SealNotFound."""
    if not by.has_permission(Permission.OVERSIGHT_OPEN):
        raise PermissionDenied
    with transaction():
        wanted = select(SealedAccess).where(SealedAccess.id == seal_id, SealedAccess.opened_at.is_(None))
        row = db.session.scalar(wanted.with_for_update())
        if row is None:
            raise SealNotFound
        row.opened_by_id, row.opening_reason = by.id, reason.strip()
        public = _public(row) | {"ordered_by": "oversight"}
        personal = [Personal({"account": by.id, "reason": reason.strip()}, by.id)]
        _open(row, Entry(EntryType.ACCESS_OPEN, public=public, personal=personal))


def _public(row: SealedAccess) -> dict[str, object]:
    return {"agency": row.agency.name, "commitment": row.commitment}


def _open(row: SealedAccess, entry: Entry) -> None:
    """Open, and tell the person, whatever mails they otherwise want."""
    row.opened_at = clock.now().replace(microsecond=0)
    ledger.append(entry)
    account_id = db.session.scalar(select(Account.id).where(Account.person_id == row.person_id))
    if account_id is not None:
        context = {"agency": row.agency.name, "agency_ko": row.agency.name_ko}
        notifications.queue(account_id, "access_records/opened", context)


def _content(author: Account, access: Access, terms: SealTerms, now: datetime) -> Content:
    kind, expires_at = ensure_seal(terms, now)
    agency_id = access.system.agency_id
    content = AccessContent(
        number=0,
        system=access.system.code,
        agency=access.system.agency.name,
        unit=access.unit,
        official=official_tag(agency_id, access.official),
        purpose=access.purpose_code,
        legal_basis=access.legal_basis,
        case=access.case_number,
        categories=access.categories,
        action=access.action.value,
        accessed_at=int(now.timestamp()),
        recorded_at=int(now.timestamp()),
    )
    return {
        **content.content(),
        "author": official_tag(agency_id, f"account:{author.id}"),
        "ground_kind": kind.value,
        "ground": terms.ground.strip(),
        "expires_at": int(expires_at.timestamp()),
    }
