"""Readers for a change of address: whose system says where people live, and who else may learn it."""

from flask import current_app

from app.access_records.models import InformationSystem
from app.access_records.queries.consents import OwnSharing, list_own_sharings
from app.access_records.queries.systems import get_system
from app.access_records.rules.consents import ADDRESS, Basis


def get_residents_system() -> InformationSystem:
    """The system whose address counts (setting RESIDENTS_SYSTEM). Raises SystemNotFound."""
    return get_system(current_app.config["RESIDENTS_SYSTEM"])


def list_address_sharings(person_id: int) -> list[OwnSharing]:
    """The sharings by which the residents' system may pass the person's address on, if the person agrees."""
    return [
        own
        for own in list_own_sharings(person_id, Basis.CONSENT)
        if own.agreement.system.code == current_app.config["RESIDENTS_SYSTEM"]
        and ADDRESS in own.agreement.categories
    ]
