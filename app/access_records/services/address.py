"""A person's new address: said once to the residents' office, passed on to the agencies that they choose."""

from collections.abc import Sequence

from app.access_records.models import InformationSystem
from app.access_records.queries.address import get_residents_system, list_address_sharings
from app.access_records.queries.held import find_held
from app.access_records.rules import Action, NoPersonYet
from app.access_records.rules.consents import ADDRESS, OWN_REQUEST, OWN_REQUEST_UNIT, SharingUnknown
from app.access_records.services.gateway import new_case_number, pass_on
from app.access_records.services.held_data import store_datum
from app.access_records.services.records import Access, record_accesses
from app.accounts.models import Account
from app.platform.transaction import transaction

PURPOSE = "address-change"


def change_address(account: Account, address: str, codes: Sequence[str]) -> int:
    """Report one's new address, and agree that the sharings of these codes pass it on; to how many agencies.

    The residents' office, each consent, each passing and what each receiver keeps are one transaction.
    Raises NoPersonYet, SystemNotFound, SharingUnknown.
    """
    if account.person_id is None:
        raise NoPersonYet
    case_number = new_case_number()
    with transaction():
        system = get_residents_system()
        offered = [own.agreement.code for own in list_address_sharings(account.person_id)]
        if not set(codes) <= set(offered):
            raise SharingUnknown
        _report(account.person_id, system, address, case_number)
        chosen = [code for code in offered if code in codes]
        for code in chosen:
            pass_on(account, code, [ADDRESS], case_number)
    return len(chosen)


def _report(person_id: int, system: InformationSystem, address: str, case_number: str) -> None:
    """Record the change and make it; nothing where the office has this address already."""
    held = find_held(person_id, system.id, ADDRESS)
    if held is not None and held.value == address:
        return
    change = Access(
        person_id=person_id,
        system=system,
        unit=OWN_REQUEST_UNIT,
        official=OWN_REQUEST,
        purpose_code=PURPOSE,
        legal_basis=system.legal_basis,
        case_number=case_number,
        categories=(ADDRESS,),
        action=Action.CHANGE,
    )
    record_accesses([change])
    store_datum(system.id, person_id, ADDRESS, address)
