"""The register of connected information systems."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select

from app.access_records.models import InformationSystem, PurposeCode
from app.access_records.queries.systems import get_system
from app.access_records.queries.terms import list_categories, list_purposes
from app.access_records.rules import CODE, RETENTION_YEARS, SystemInvalid
from app.accounts.models import Account, Agency
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

KEY_BYTES = 32


@dataclass(frozen=True)
class NewSystem:
    """What the register says about a system; `public_key` is its 32-byte Ed25519 key in base64."""

    code: str
    name: str
    name_ko: str
    agency_id: int
    categories: Sequence[str]
    purposes: Sequence[str]
    legal_basis: str
    legal_basis_ko: str
    retention_years: int
    dpo_name: str
    dpo_email: str
    public_key: str


def register_system(actor: Account | None, wanted: NewSystem) -> InformationSystem:
    """Register a system; None acts for the demo and the command line, and asks no permission.

    Raises PermissionDenied, SystemInvalid.
    """
    _demand(actor)
    _check(wanted)
    with transaction():
        ensure_purposes()
        agency = db.session.get(Agency, wanted.agency_id)
        taken = select(InformationSystem.id).where(InformationSystem.code == wanted.code)
        if agency is None or db.session.scalar(taken) is not None:
            raise SystemInvalid(_l("The code is taken, or the agency is not known."))
        values = {
            **vars(wanted),
            "categories": sorted(wanted.categories),
            "purposes": sorted(wanted.purposes),
        }
        system = InformationSystem(**values, key_id=f"{wanted.code}-1", registered_at=clock.now())
        db.session.add(system)
        db.session.flush()
        _record(EntryType.SYSTEM_REGISTER, system)
    return system


def replace_key(actor: Account | None, code: str, public_key: str) -> InformationSystem:
    """Give a system a new key under a new key id; the old one is refused from now on.

    Raises PermissionDenied, SystemNotFound, SystemInvalid.
    """
    _demand(actor)
    _check_key(public_key)
    with transaction():
        system = get_system(code)
        number = int(system.key_id.rpartition("-")[2])
        system.public_key, system.key_id = public_key, f"{code}-{number + 1}"
        _record(EntryType.SYSTEM_CHANGE, system)
    return system


def set_active(actor: Account | None, code: str, active: bool) -> None:
    """Let a system report, or stop it. Raises PermissionDenied, SystemNotFound."""
    _demand(actor)
    with transaction():
        system = get_system(code)
        if system.active is not active:
            system.active = active
            _record(EntryType.SYSTEM_CHANGE, system)


def ensure_purposes() -> None:
    """Bring the purpose codes of the data file into the table, in the caller's transaction."""
    known = set(db.session.scalars(select(PurposeCode.code)))
    missing = [dict(purpose) for purpose in list_purposes() if purpose["code"] not in known]
    if missing:
        db.session.execute(insert(PurposeCode), missing)


def _demand(actor: Account | None) -> None:
    if actor is not None and not actor.has_permission(Permission.SYSTEM_REGISTER):
        raise PermissionDenied


def _check(wanted: NewSystem) -> None:
    if CODE.fullmatch(wanted.code) is None:
        raise SystemInvalid(_l("A code has small letters, digits and hyphens."))
    if wanted.retention_years not in RETENTION_YEARS:
        raise SystemInvalid(_l("Records are kept for 1, 2 or 5 years."))
    categories = {str(term["code"]) for term in list_categories()}
    purposes = {str(term["code"]) for term in list_purposes()}
    if not wanted.categories or not set(wanted.categories) <= categories:
        raise SystemInvalid(_l("A kind of data is not in the list."))
    if not wanted.purposes or not set(wanted.purposes) <= purposes:
        raise SystemInvalid(_l("A purpose is not in the list."))
    _check_key(wanted.public_key)


def _check_key(public_key: str) -> None:
    try:
        raw = base64.b64decode(public_key, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise SystemInvalid(_l("The key is not the 32 bytes of an Ed25519 public key in base64."))


def _record(type_: EntryType, system: InformationSystem) -> None:
    public = {
        "system": system.code,
        "agency": system.agency.name,
        "categories": list(system.categories),
        "purposes": list(system.purposes),
        "legal_basis": system.legal_basis,
        "retention_years": system.retention_years,
        "key_id": system.key_id,
        "public_key": system.public_key,
        "active": int(system.active),
    }
    ledger.append(Entry(type_, public=public))
