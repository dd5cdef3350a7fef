"""Readers of sharings and of consents to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.access_records.models import Consent, ConsentChange, InformationSystem, SharingAgreement
from app.access_records.rules.consents import Basis, SharingUnknown
from app.extensions import db


@dataclass(frozen=True)
class OwnSharing:
    """One sharing as one person sees it: to what of it they agree, and what they did about it before."""

    agreement: SharingAgreement
    consent: Consent | None
    changes: tuple[ConsentChange, ...]

    @property
    def agreed(self) -> tuple[str, ...]:
        """The kinds of data that may be passed on now."""
        return tuple(self.consent.categories) if self.consent else ()


def get_agreement(code: str) -> SharingAgreement:
    """The sharing of a code that is in force. Raises SharingUnknown."""
    agreement = db.session.scalar(_in_force().where(SharingAgreement.code == code))
    if agreement is None:
        raise SharingUnknown
    return agreement


def find_sharing(code: str) -> SharingAgreement | None:
    """The sharing of a code, in force or not."""
    return db.session.scalar(select(SharingAgreement).where(SharingAgreement.code == code))


def find_agreement(system_code: str, agency_id: int, purpose_code: str) -> SharingAgreement:
    """The sharing by which an agency gets data of a system for a purpose. Raises SharingUnknown."""
    wanted = _in_force().where(
        InformationSystem.code == system_code,
        SharingAgreement.agency_id == agency_id,
        SharingAgreement.purpose_code == purpose_code,
    )
    agreement = db.session.scalar(wanted.order_by(SharingAgreement.id).limit(1))
    if agreement is None:
        raise SharingUnknown
    return agreement


def list_agreements(agency_id: int | None = None) -> list[SharingAgreement]:
    """The sharings in force, all of them or those that an agency receives by."""
    wanted = _in_force().order_by(SharingAgreement.code)
    if agency_id is not None:
        wanted = wanted.where(SharingAgreement.agency_id == agency_id)
    return list(db.session.scalars(wanted))


def list_own_sharings(person_id: int, basis: Basis) -> list[OwnSharing]:
    """The sharings on a basis, as the person sees them."""
    agreements = [agreement for agreement in list_agreements() if agreement.basis == basis]
    wanted = select(Consent).where(Consent.person_id == person_id)
    consents = {consent.agreement_id: consent for consent in db.session.scalars(wanted)}
    changes = list_changes([consent.id for consent in consents.values()])
    return [_as_seen(agreement, consents.get(agreement.id), changes) for agreement in agreements]


def list_changes(consent_ids: Sequence[int]) -> list[ConsentChange]:
    """What was done about the consents, newest first."""
    wanted = (
        select(ConsentChange)
        .options(joinedload(ConsentChange.ledger_entry))
        .where(ConsentChange.consent_id.in_(consent_ids))
    )
    return list(db.session.scalars(wanted.order_by(ConsentChange.id.desc())))


def _in_force() -> Select[SharingAgreement]:
    return (
        select(SharingAgreement)
        .join(SharingAgreement.system)
        .options(
            joinedload(SharingAgreement.agency),
            joinedload(SharingAgreement.system).joinedload(InformationSystem.agency),
            joinedload(SharingAgreement.receiving_system),
        )
        .where(SharingAgreement.active.is_(True), InformationSystem.active.is_(True))
    )


def _as_seen(
    agreement: SharingAgreement, consent: Consent | None, changes: Sequence[ConsentChange]
) -> OwnSharing:
    own = tuple(change for change in changes if consent and change.consent_id == consent.id)
    return OwnSharing(agreement, consent, own)
