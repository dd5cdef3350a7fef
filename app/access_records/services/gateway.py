"""Passes data from one agency's system to another agency: under a registered sharing, or not at all.

Where the sharing rests on consent, the person's consent is read under a lock in the transaction that records
and releases the data. A withdrawal takes the same lock: what it commits before, is refused here.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from app.access_records.models import InformationSystem, SharingAgreement
from app.access_records.queries.consents import find_agreement, get_agreement
from app.access_records.rules import (
    Action,
    CaseNumberMissing,
    CategoriesMissing,
    NoPersonYet,
    PersonNotFound,
)
from app.access_records.rules.consents import (
    GATEWAY,
    OWN_REQUEST,
    OWN_REQUEST_UNIT,
    Basis,
    CategoryNotShared,
    NoConsent,
    SharingUnknown,
)
from app.access_records.services.consents import add_consent, lock_consent
from app.access_records.services.held_data import store_datum
from app.access_records.services.look_up import Released, release_data
from app.access_records.services.records import Access
from app.access_records.services.refusals import count_refusals
from app.accounts.models import Account
from app.accounts.services.persons import find_person
from app.platform.errors import PermissionDenied
from app.platform.permissions import Permission
from app.platform.transaction import transaction

_QUERY_BYTES = 16


@dataclass(frozen=True)
class Asking:
    """For which case data is asked for, and by which official; None where the person does it themselves."""

    case_number: str
    official: Account | None = None


def fetch_datum(
    official: Account, code: str, claim: str, categories: Sequence[str], case_number: str
) -> Released:
    """Get data about one person from another agency's system, by a sharing of the official's agency.

    Raises PermissionDenied, CaseNumberMissing, PersonNotFound, and what `share` raises; a refusal is counted
    for the asking agency's system.
    """
    if not official.has_permission(Permission.PERSON_LOOK_UP) or official.agency_id is None:
        raise PermissionDenied
    if not case_number.strip():
        raise CaseNumberMissing
    agency_id, person = official.agency_id, find_person(claim)
    if person is None:
        raise PersonNotFound
    person_id = person.id
    try:
        with transaction():
            agreement = get_agreement(code)
            receiving_system_id = agreement.receiving_system_id
            if agreement.agency_id != agency_id:
                raise SharingUnknown
            return share(agreement, person_id, categories, Asking(case_number.strip(), official))
    except (NoConsent, CategoryNotShared) as refusal:
        count_refusals(receiving_system_id, [refusal.code])
        raise


def fetch_with_consent(
    account: Account,
    system_code: str,
    categories: Sequence[str],
    purpose: str,
    receiving_agency_id: int,
    case_number: str | None = None,
) -> Released:
    """Get a person's own data for a form of theirs, instead of asking them again: agree, record, release.

    The tick on the form is the consent; it stays until it is withdrawn. Where a statute orders the sharing,
    nothing is agreed to. The case is the form's; without one it gets a number of its own. Raises NoPersonYet,
    and what `share` raises.
    """
    with transaction():
        agreement = find_agreement(system_code, receiving_agency_id, purpose)
        return _share_own(account, agreement, categories, case_number or new_case_number())


def allow_for_case(
    account: Account, system_code: str, categories: Sequence[str], purpose: str, receiving_agency_id: int
) -> None:
    """Agree that an agency reads a person's own data while it handles their case; nothing is released yet.

    Raises SharingUnknown, CategoryNotShared, NoPersonYet.
    """
    with transaction():
        agreement = find_agreement(system_code, receiving_agency_id, purpose)
        if account.person_id is None:
            raise NoPersonYet
        if not set(categories) <= set(agreement.categories):
            raise CategoryNotShared
        if agreement.basis == Basis.CONSENT:
            add_consent(account, agreement.code, categories)


def fetch_for_case(
    official: Account,
    agreement: SharingAgreement,
    holder: Account,
    categories: Sequence[str],
    case_number: str,
) -> Released:
    """Get what a person has allowed for their case, each time anew and each time on record.

    In the transaction of the caller, who has found that the official handles this person's case. Raises
    NoPersonYet, and what `share` raises.
    """
    if holder.person_id is None:
        raise NoPersonYet
    return share(agreement, holder.person_id, categories, Asking(case_number, official))


def pass_on(account: Account, code: str, categories: Sequence[str], case_number: str) -> Released:
    """Agree that a sharing passes a person's own data on, and let the receiving system keep it.

    Raises NoPersonYet, and what `share` raises.
    """
    with transaction():
        agreement = get_agreement(code)
        released = _share_own(account, agreement, categories, case_number)
        kept = set(agreement.receiving_system.categories)
        for datum in released.data:
            if datum.category in kept:
                store_datum(
                    agreement.receiving_system_id, account.person_id or 0, datum.category, datum.value
                )
    return released


def share(agreement: SharingAgreement, person_id: int, categories: Sequence[str], asking: Asking) -> Released:
    """Record a sharing on both sides and release the data, in the caller's transaction.

    Raises CategoriesMissing, CategoryNotShared, NoConsent. Show nothing before the commit.
    """
    if not categories:
        raise CategoriesMissing
    if not set(categories) <= set(agreement.categories):
        raise CategoryNotShared
    if agreement.basis == Basis.CONSENT:
        consent = lock_consent(person_id, agreement)
        if not set(categories) <= set(consent.categories):
            raise NoConsent
    return release_data(*_both_sides(agreement, person_id, categories, asking))


def new_case_number() -> str:
    """A case number for what a person does by themselves."""
    return f"own-{secrets.token_hex(4)}"


def _share_own(
    account: Account, agreement: SharingAgreement, categories: Sequence[str], case_number: str
) -> Released:
    if account.person_id is None:
        raise NoPersonYet
    if agreement.basis == Basis.CONSENT and categories:
        add_consent(account, agreement.code, categories)
    return share(agreement, account.person_id, categories, Asking(case_number))


def _both_sides(
    agreement: SharingAgreement, person_id: int, categories: Sequence[str], asking: Asking
) -> tuple[Access, Access]:
    """What the providing and the receiving agency record, in this order; both under one query."""
    query_id = secrets.token_hex(_QUERY_BYTES)
    official = asking.official

    def side(system: InformationSystem, other: InformationSystem, unit: str, by: str) -> Access:
        return Access(
            person_id=person_id,
            system=system,
            unit=unit,
            official=by,
            purpose_code=agreement.purpose_code,
            legal_basis=agreement.legal_basis,
            case_number=asking.case_number,
            categories=categories,
            action=Action.SHARE,
            official_account_id=official.id if official and system is receiver else None,
            query_id=query_id,
            counterpart_agency_id=other.agency_id,
        )

    provider, receiver = agreement.system, agreement.receiving_system
    if official is None:
        return (
            side(provider, receiver, OWN_REQUEST_UNIT, OWN_REQUEST),
            side(receiver, provider, OWN_REQUEST_UNIT, OWN_REQUEST),
        )
    asked_by = f"account:{official.id}"
    return (
        side(provider, receiver, "", GATEWAY),
        side(receiver, provider, official.unit or "", asked_by),
    )
