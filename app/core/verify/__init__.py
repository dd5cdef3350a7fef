"""verify_election: everything that one archive can show about an election, and the first thing that fails."""

from app.core.verify.batches import BallotBatch, BatchOutcome, BatchRunner, run_here, verify_batch
from app.core.verify.election import SMALL_TALLY, verify_election
from app.core.verify.report import CheckResult, Report

__all__ = [
    "SMALL_TALLY",
    "BallotBatch",
    "BatchOutcome",
    "BatchRunner",
    "CheckResult",
    "Report",
    "run_here",
    "verify_batch",
    "verify_election",
]
