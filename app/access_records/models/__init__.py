"""Tables of the room, one file a noun."""

from app.access_records.models.consents import Consent, ConsentChange, SharingAgreement
from app.access_records.models.corrections import CorrectionRequest
from app.access_records.models.disputes import Dispute
from app.access_records.models.epochs import (
    AccessPreference,
    Epoch,
    EpochLeaf,
    OversightKey,
    OversightStatement,
)
from app.access_records.models.records import AccessChain, AccessLabel, AccessRecord, BreakGlassReview
from app.access_records.models.reports import AccessReport, RefusalCount, SharingDifference, UsedNonce
from app.access_records.models.sealed import SealedAccess
from app.access_records.models.supervision import (
    AccessAlert,
    AgencyCase,
    AlertThresholds,
    InspectionReport,
)
from app.access_records.models.systems import InformationSystem, PurposeCode, SystemDatum

__all__ = [
    "AccessAlert",
    "AccessChain",
    "AccessLabel",
    "AccessPreference",
    "AccessRecord",
    "AccessReport",
    "AgencyCase",
    "AlertThresholds",
    "BreakGlassReview",
    "Consent",
    "ConsentChange",
    "CorrectionRequest",
    "Dispute",
    "Epoch",
    "EpochLeaf",
    "InformationSystem",
    "InspectionReport",
    "OversightKey",
    "OversightStatement",
    "PurposeCode",
    "RefusalCount",
    "SealedAccess",
    "SharingAgreement",
    "SharingDifference",
    "SystemDatum",
    "UsedNonce",
]
