"""Named refusals of a proof of access records, each with the check that it breaks."""

from enum import StrEnum

from app.core.errors import CoreError


class AccessCheck(StrEnum):
    """What a proof file is examined for, in the order in which a report lists it."""

    FILE_FORMAT = "access:file-format"
    ENTRY_COUNT = "access:entry-count"
    ENTRY_ORDER = "access:entry-order"
    CHAIN_HEAD = "access:chain-head"
    LABEL_ENROLMENT = "access:label-enrolment"
    MAP_INCLUSION = "access:map-inclusion"
    EPOCH_LEAF = "access:epoch-leaf"
    OPENED_SEALS = "access:opened-seals"
    LOG_SIGNATURES = "access:log-signatures"
    COSIGNATURES = "access:cosignatures"
    ONE_ROOT = "access:one-root"
    GROWTH = "access:growth"


class AccessProofError(CoreError):
    """The proof breaks `check`. Subclasses fix the check; the message says where and how."""

    check: AccessCheck = AccessCheck.FILE_FORMAT


class MalformedAccessProofError(AccessProofError):
    """Bytes that are no proof file of this version."""

    check = AccessCheck.FILE_FORMAT


class EntryCountError(AccessProofError):
    """The file holds fewer or more entries than it counts."""

    check = AccessCheck.ENTRY_COUNT


class EntryOrderError(AccessProofError):
    """An entry does not bear the number of its place."""

    check = AccessCheck.ENTRY_ORDER


class ChainHeadError(AccessProofError):
    """The entries do not lead to the head of the chain."""

    check = AccessCheck.CHAIN_HEAD


class LabelEnrolmentError(AccessProofError):
    """The label's key is not the one that the ledger has of this person's enrolment."""

    check = AccessCheck.LABEL_ENROLMENT


class MapInclusionError(AccessProofError):
    """The map of the epoch has another count, head or sealed commitment under the label."""

    check = AccessCheck.MAP_INCLUSION


class EpochLeafError(AccessProofError):
    """The epoch's root does not stand in the log of maps at the epoch's own place."""

    check = AccessCheck.EPOCH_LEAF


class OpenedSealError(AccessProofError):
    """An opened access is not what was sealed in the ledger."""

    check = AccessCheck.OPENED_SEALS


class LogSignatureError(AccessProofError):
    """A checkpoint is not signed by the key of its log that the reader knows."""

    check = AccessCheck.LOG_SIGNATURES


class CosignatureError(AccessProofError):
    """A witness that the reader asks for has not cosigned the checkpoint, or not validly."""

    check = AccessCheck.COSIGNATURES


class SplitMapError(AccessProofError):
    """One epoch, or one size of the log of maps, has two roots: somebody was shown another history."""

    check = AccessCheck.ONE_ROOT


class GrowthError(AccessProofError):
    """The history is not an extension of the one in the earlier file, or nothing shows that it is."""

    check = AccessCheck.GROWTH
