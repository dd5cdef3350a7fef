"""Named refusals of the ledger's core: proofs, notes, checkpoints, maps."""

from app.core.errors import CoreError


class LedgerError(CoreError):
    """Base of everything that the ledger's verifiers refuse."""


class MalformedProofError(LedgerError):
    """A proof names something that no tree has, or holds hashes of a wrong length."""


class InclusionProofError(LedgerError):
    """An inclusion proof does not lead from the leaf to the root."""


class ConsistencyProofError(LedgerError):
    """A consistency proof does not show that one tree is the beginning of another."""


class MalformedNoteError(LedgerError):
    """Text that is not a signed note, a key or a checkpoint."""


class UnknownKeyError(LedgerError):
    """A note that no known key has signed."""


class NoteSignatureError(LedgerError):
    """A signature in a known key's name does not verify."""


class MapProofError(LedgerError):
    """A lookup proof does not lead to the map's root."""
