"""The parts of a verification that any process or machine can do alone: pure, and quick to send."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, TypeVar

from app.core.ballots import verify_ballot
from app.core.credentials import PublicCredential
from app.core.election import parse_election
from app.core.errors import (
    InvalidError,
    NotInGroupError,
)
from app.core.groups import get_group
from app.core.tally import (
    EncryptedTally,
    add_answers,
    empty_tally,
)


@dataclass(frozen=True)
class BallotBatch:
    """Ballots to be verified together, anywhere: weight 0 means replaced by a later ballot."""

    election: bytes
    ballots: tuple[bytes, ...]
    weights: tuple[int, ...]
    credentials: frozenset[str]


@dataclass(frozen=True)
class BatchOutcome:
    """The sum of a batch under encryption, or the position and error of its first bad ballot."""

    tally: EncryptedTally
    failure: tuple[int, InvalidError] | None = None


_Task = TypeVar("_Task")
_Outcome = TypeVar("_Outcome")


class BatchRunner(Protocol):
    """How batches are mapped: here, to processes, to machines. Outcomes come in the order of the tasks."""

    def __call__(
        self, function: Callable[[_Task], _Outcome], tasks: Sequence[_Task], /
    ) -> Iterable[_Outcome]:
        """The outcome of each task, in order."""


def run_here(function: Callable[[_Task], _Outcome], tasks: Sequence[_Task]) -> Iterable[_Outcome]:
    """Map one batch after the other."""
    return map(function, tasks)


_cached_election = lru_cache(maxsize=4)(parse_election)


@dataclass(frozen=True)
class CredentialBatch:
    """Public credentials to be examined together; `group` is the group's name."""

    group: str
    credentials: tuple[PublicCredential, ...]


def verify_credentials(batch: CredentialBatch) -> NotInGroupError | None:
    """Examine whether each credential is in the group; what is wrong with the first that is not."""
    group = get_group(batch.group)
    for credential in batch.credentials:
        try:
            group.ensure_member(credential.element)
        except NotInGroupError as problem:
            return NotInGroupError(f"public credential {credential.text[:16]}…: {problem}")
    return None


def verify_batch(batch: BallotBatch) -> BatchOutcome:
    """Verify a batch of ballots and add up those that count. Pure, so that any worker can do it."""
    election = _cached_election(batch.election)
    tally = empty_tally(election)
    for position, (raw, weight) in enumerate(zip(batch.ballots, batch.weights, strict=True)):
        try:
            ballot = verify_ballot(election, raw, batch.credentials)
        except InvalidError as problem:
            return BatchOutcome(tally, (position, problem))
        if weight:
            tally = add_answers(election.group, tally, ballot.answers, weight)
    return BatchOutcome(tally)
