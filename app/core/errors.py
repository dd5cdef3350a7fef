"""Named refusals of the voting core, and the checks that a verifier reports.

Every error says which published check it breaks (`check`), so that a program, a page and an
auditor's report name the same thing.
"""

from enum import StrEnum


class Check(StrEnum):
    """What an archive is examined for, in the order in which a report lists it."""

    ARCHIVE_FORMAT = "archive:format"
    ARCHIVE_HASHES = "archive:hashes"
    EARLIER_ARCHIVE = "archive:extends-earlier"
    EVENT_CHAIN = "events:chain"
    EVENT_ORDER = "events:order"
    ELECTION_PARAMETERS = "election:parameters"
    TRUSTEE_POSSESSION = "trustees:proof-of-possession"
    ELECTION_PUBLIC_KEY = "election:public-key"
    CREDENTIAL_LIST = "credentials:list"
    CREDENTIAL_FINGERPRINT = "credentials:fingerprint"
    BALLOT_CANONICAL = "ballot:canonical-form"
    BALLOT_ELECTION = "ballot:election"
    BALLOT_CREDENTIAL = "ballot:credential"
    BALLOT_SIGNATURE = "ballot:signature"
    BALLOT_PROOFS = "ballot:proofs"
    BALLOT_UNIQUE = "ballot:unique"
    CIPHERTEXT_UNIQUE = "ballot:fresh-ciphertexts"
    GROUP_MEMBERSHIP = "group:membership"
    SCALAR_RANGE = "group:scalar-range"
    TALLY_SIZE = "tally:size"
    TALLY_RECOMPUTED = "tally:recomputed"
    DECRYPTION_PROOFS = "decryption:proofs"
    DECRYPTION_COMPLETE = "decryption:complete"
    RESULT = "result:value"


class CoreError(Exception):
    """Base of everything that app.core refuses."""


class UnsupportedError(CoreError):
    """The input may be sound, but uses something that this version does not read; it is named."""


class InvalidError(CoreError):
    """The input breaks `check`. Subclasses fix the check; the message says where and how."""

    check: Check = Check.ARCHIVE_FORMAT
    event: str | None = None  # "event 17 (Ballot)", set by the verifier


class MalformedArchiveError(InvalidError):
    """The .bel file is not, byte for byte, what its records say."""

    check = Check.ARCHIVE_FORMAT


class HashMismatchError(InvalidError):
    """A record's name is not the SHA-256 of its content."""

    check = Check.ARCHIVE_HASHES


class BrokenChainError(InvalidError):
    """An event's parent or height does not follow from the event before it."""

    check = Check.EVENT_CHAIN


class EventOrderError(InvalidError):
    """An event stands where the state machine of an election does not allow it."""

    check = Check.EVENT_ORDER


class NotAnExtensionError(InvalidError):
    """An earlier archive of the same election is not a prefix of this one."""

    check = Check.EARLIER_ARCHIVE


class ElectionParametersError(InvalidError):
    """election.json is not well formed, or asks for something impossible."""

    check = Check.ELECTION_PARAMETERS


class PossessionProofError(InvalidError):
    """A trustee's proof that they hold their private key does not verify."""

    check = Check.TRUSTEE_POSSESSION


class PublicKeyMismatchError(InvalidError):
    """The election's key is not the product of its trustees' keys."""

    check = Check.ELECTION_PUBLIC_KEY


class CredentialListError(InvalidError):
    """The list of public credentials is malformed or names one twice."""

    check = Check.CREDENTIAL_LIST


class CredentialFingerprintError(InvalidError):
    """The list of public credentials is not the one whose fingerprint was published."""

    check = Check.CREDENTIAL_FINGERPRINT


class NotCanonicalError(InvalidError):
    """A number, a group element or a document is not in its one allowed form."""

    check = Check.BALLOT_CANONICAL


class WrongElectionError(InvalidError):
    """A ballot was made for another election, or for another version of this one."""

    check = Check.BALLOT_ELECTION


class UnknownCredentialError(InvalidError):
    """A ballot's credential is not on the list of this election."""

    check = Check.BALLOT_CREDENTIAL


class SignatureError(InvalidError):
    """A ballot's signature does not verify under its credential."""

    check = Check.BALLOT_SIGNATURE


class BallotProofError(InvalidError):
    """A proof that a ballot holds an allowed choice does not verify."""

    check = Check.BALLOT_PROOFS


class DuplicateBallotError(InvalidError):
    """The very same ballot stands twice in the archive."""

    check = Check.BALLOT_UNIQUE


class RepeatedCiphertextError(InvalidError):
    """A ciphertext was used before: copied, or made with the same randomness."""

    check = Check.CIPHERTEXT_UNIQUE


class NotInGroupError(InvalidError):
    """A group element is not in the prime-order group, or is the identity where that is refused."""

    check = Check.GROUP_MEMBERSHIP


class ScalarRangeError(InvalidError):
    """A challenge or response is not in [0, q)."""

    check = Check.SCALAR_RANGE


class TallySizeError(InvalidError):
    """The number of counted ballots, or their total weight, is not what the ballots give."""

    check = Check.TALLY_SIZE


class TallyMismatchError(InvalidError):
    """The archived encrypted tally is not the product of the last ballots."""

    check = Check.TALLY_RECOMPUTED


class DecryptionProofError(InvalidError):
    """A partial decryption's proof does not verify."""

    check = Check.DECRYPTION_PROOFS


class DecryptionIncompleteError(InvalidError):
    """A trustee's partial decryption is missing, doubled or nobody's."""

    check = Check.DECRYPTION_COMPLETE


class ResultMismatchError(InvalidError):
    """The published result is not what the partial decryptions open."""

    check = Check.RESULT


class InvalidCredentialError(CoreError):
    """A private credential is not of the form that the authority hands out."""


class ChoiceError(CoreError):
    """The choices to be encrypted break the question's rules."""


class WrongKeyError(CoreError):
    """A private key does not belong to the public key that it is used for."""
