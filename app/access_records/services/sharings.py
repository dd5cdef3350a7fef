"""The register of what agencies may pass on to each other."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.access_records.models import SharingAgreement
from app.access_records.queries.systems import get_system
from app.access_records.queries.terms import list_purposes
from app.access_records.rules import CODE
from app.access_records.rules.consents import Basis, SharingInvalid
from app.access_records.services.systems import ensure_purposes
from app.extensions import db
from app.ledger import services as ledger
from app.ledger.entry_types import EntryType
from app.ledger.services import Entry
from app.platform import clock
from app.platform.transaction import transaction


@dataclass(frozen=True)
class NewSharing:
    """What the register says about a sharing; `system` and `receiving_system` are codes of systems."""

    code: str
    system: str
    receiving_system: str
    categories: Sequence[str]
    purpose: str
    basis: str
    legal_basis: str
    legal_basis_ko: str
    reason: str
    reason_ko: str


def read_sharings(text: str) -> list[NewSharing]:
    """Read a data file: a JSON list of objects with the fields of NewSharing. Raises SharingInvalid."""
    try:
        return [NewSharing(**fields) for fields in json.loads(text)]
    except (TypeError, ValueError) as problem:
        raise SharingInvalid(_l("The file is not a list of sharings: %(why)s", why=str(problem))) from problem


def register_sharing(wanted: NewSharing) -> SharingAgreement:
    """Register what a system may pass on to a system of another agency.

    Raises SharingInvalid, SystemNotFound.
    """
    with transaction():
        _check(wanted)
        ensure_purposes()
        provider, receiver = get_system(wanted.system), get_system(wanted.receiving_system)
        if provider.agency_id == receiver.agency_id:
            raise SharingInvalid(_l("Sharing is between two agencies."))
        if not wanted.categories or not set(wanted.categories) <= set(provider.categories):
            raise SharingInvalid(_l("The system does not hold what it should pass on."))
        agreement = SharingAgreement(
            code=wanted.code,
            system_id=provider.id,
            receiving_system_id=receiver.id,
            agency_id=receiver.agency_id,
            categories=sorted(set(wanted.categories)),
            purpose_code=wanted.purpose,
            basis=wanted.basis,
            legal_basis=wanted.legal_basis,
            legal_basis_ko=wanted.legal_basis_ko,
            reason=wanted.reason,
            reason_ko=wanted.reason_ko,
            registered_at=clock.now(),
        )
        db.session.add(agreement)
        db.session.flush()
        _record(wanted, agreement)
    return agreement


def _check(wanted: NewSharing) -> None:
    taken = select(SharingAgreement.id).where(SharingAgreement.code == wanted.code)
    if CODE.fullmatch(wanted.code) is None or db.session.scalar(taken) is not None:
        raise SharingInvalid(_l("The code is taken, or has other signs than small letters, digits, hyphens."))
    if wanted.basis not in set(Basis):
        raise SharingInvalid(_l("A sharing rests on consent or on a statute."))
    if wanted.purpose not in {str(term["code"]) for term in list_purposes()}:
        raise SharingInvalid(_l("A purpose is not in the list."))
    if not wanted.legal_basis.strip() or not wanted.reason.strip():
        raise SharingInvalid(_l("A sharing names its law and its reason."))


def _record(wanted: NewSharing, agreement: SharingAgreement) -> None:
    public = {
        "sharing": agreement.code,
        "system": wanted.system,
        "receiving_system": wanted.receiving_system,
        "categories": list(agreement.categories),
        "purpose": agreement.purpose_code,
        "basis": agreement.basis,
        "legal_basis": agreement.legal_basis,
    }
    ledger.append(Entry(EntryType.SHARING_REGISTER, public=public))
