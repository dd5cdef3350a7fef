"""Sealed accesses: sealed with author, ground and expiry; opened by themselves when the time is over."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access_records.models import InformationSystem
from app.access_records.models.sealed import SealedAccess
from app.access_records.services.records import official_tag
from app.accounts.models import Account
from app.core.access_chain import AccessContent
from app.core.commitments import NONCE_BYTES, Content, commit_to
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.errors import HwabaekError, PermissionDenied
from app.platform.transaction import transaction

LONGEST_SEAL = timedelta(days=2 * 365)


class SealNotAllowed(HwabaekError):
    """A seal without ground, or with an expiry that is past or too far away."""

    status = 422
    code = "seal-not-allowed"
    title = _l("This access cannot be sealed like this")
    advice = _l("Name the ground, and a day within two years on which it opens by itself.")


@dataclass(frozen=True)
class Seal:
    """An access to keep from the person until `expires_at`; `ground` is the court's or the statute's."""

    person_id: int
    system: InformationSystem
    unit: str
    purpose_code: str
    legal_basis: str
    case_number: str
    categories: Sequence[str]
    action: str
    ground: str
    expires_at: datetime


def seal_access(author: Account, seal: Seal) -> SealedAccess:
    """Record an access that its person does not see before it expires, in the caller's transaction.

    It takes no number in the person's chain. The ledger gets the agency and one commitment over content,
    author, ground and expiry. Raises PermissionDenied, SealNotAllowed.
    """
    now = clock.now().replace(microsecond=0)
    if author.agency_id is None or author.agency_id != seal.system.agency_id:
        raise PermissionDenied
    if not seal.ground.strip() or not now < seal.expires_at.replace(microsecond=0) <= now + LONGEST_SEAL:
        raise SealNotAllowed
    with transaction():
        content, nonce = _content(author, seal, now), secrets.token_bytes(NONCE_BYTES)
        commitment = commit_to(content, nonce)
        public = {"agency": seal.system.agency.name}
        entry = ledger.append(Entry(EntryType.ACCESS_SEAL, public=public, commitments=[commitment]))
        row = SealedAccess(
            person_id=seal.person_id,
            system_id=seal.system.id,
            agency_id=seal.system.agency_id,
            author_id=author.id,
            sealed_at=now,
            expires_at=seal.expires_at.replace(microsecond=0),
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
            row.opened_at = clock.now().replace(microsecond=0)
            public = {"agency": row.agency.name, "commitment": row.commitment}
            ledger.append(Entry(EntryType.ACCESS_OPEN, public=public))
    return len(rows)


def _content(author: Account, seal: Seal, now: datetime) -> Content:
    access = AccessContent(
        number=0,
        system=seal.system.code,
        agency=seal.system.agency.name,
        unit=seal.unit,
        official=official_tag(seal.system.agency_id, str(author.id)),
        purpose=seal.purpose_code,
        legal_basis=seal.legal_basis,
        case=seal.case_number,
        categories=seal.categories,
        action=seal.action,
        accessed_at=int(now.timestamp()),
        recorded_at=int(now.timestamp()),
    )
    return {
        **access.content(),
        "author": official_tag(seal.system.agency_id, str(author.id)),
        "ground": seal.ground.strip(),
        "expires_at": int(seal.expires_at.timestamp()),
    }
