"""Tables of the room, one file a noun."""

from app.access_records.models.records import AccessChain, AccessLabel, AccessRecord, BreakGlassReview
from app.access_records.models.reports import AccessReport, RefusalCount, SharingDifference, UsedNonce
from app.access_records.models.systems import InformationSystem, PurposeCode, SystemDatum

__all__ = [
    "AccessChain",
    "AccessLabel",
    "AccessRecord",
    "AccessReport",
    "BreakGlassReview",
    "InformationSystem",
    "PurposeCode",
    "RefusalCount",
    "SharingDifference",
    "SystemDatum",
    "UsedNonce",
]
