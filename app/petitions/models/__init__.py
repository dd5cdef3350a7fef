"""Tables of the room, one file a noun."""

from app.petitions.models.fraud import Block, InvalidatedSignature, Invalidation, TrendAlert
from app.petitions.models.obligations import Obligation
from app.petitions.models.paper import PaperLine, PaperSheet
from app.petitions.models.petitions import Edit, Petition, PetitionType, TimelineEvent
from app.petitions.models.samples import Sample, SampledSignature
from app.petitions.models.signatures import EmailSigner, PetitionTotal, Signature, SignatureRequest
from app.petitions.models.sponsors import Follower, Notice, Sponsor
from app.petitions.models.switches import AddedDay, SwitchPeriod

__all__ = [
    "AddedDay",
    "Block",
    "Edit",
    "EmailSigner",
    "Follower",
    "InvalidatedSignature",
    "Invalidation",
    "Notice",
    "Obligation",
    "PaperLine",
    "PaperSheet",
    "Petition",
    "PetitionTotal",
    "PetitionType",
    "Sample",
    "SampledSignature",
    "Signature",
    "SignatureRequest",
    "Sponsor",
    "SwitchPeriod",
    "TimelineEvent",
    "TrendAlert",
]
