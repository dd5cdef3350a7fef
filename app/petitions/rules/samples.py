"""How large an auditor's sample may be, and what can be found. Pure."""

from enum import StrEnum

from app.petitions.rules.refusals import SampleTooLarge

LARGEST_SAMPLE = 200


class SampleFinding(StrEnum):
    """What an auditor found out about one signer."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    UNREACHABLE = "unreachable"


def ensure_sample_size(size: int) -> None:
    """Raises SampleTooLarge for less than one or more than LARGEST_SAMPLE."""
    if not 1 <= size <= LARGEST_SAMPLE:
        raise SampleTooLarge
