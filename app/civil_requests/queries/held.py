"""For which agencies the residents' system may pass a person's address on, if the person agrees."""

from app.access_records.models import SharingAgreement
from app.access_records.queries.consents import list_agreements
from app.access_records.queries.held import find_held
from app.accounts.models import Account

ADDRESS = "address"
PURPOSE = "civil-request"


def list_held_offers(account: Account, system_code: str) -> list[SharingAgreement]:
    """The sharings that save the person from typing their address; none where nothing is held."""
    if account.person_id is None:
        return []
    return [
        agreement
        for agreement in list_agreements()
        if agreement.system.code == system_code
        and agreement.purpose_code == PURPOSE
        and ADDRESS in agreement.categories
        and find_held(account.person_id, agreement.system_id, ADDRESS) is not None
    ]
