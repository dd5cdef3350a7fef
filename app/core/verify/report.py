"""What a verification finds: each check with its outcome, and the numbers that the archive shows."""

from dataclasses import dataclass, field

from app.core.errors import Check, InvalidError
from app.core.tally import Result


@dataclass(frozen=True)
class CheckResult:
    """One check and its outcome: passed, failed, not asked for (it needs an option), or not reached."""

    check: Check
    outcome: str
    detail: str = ""


@dataclass
class Report:
    """What an archive shows. `failure` is the first check that fails, with its event."""

    group: str | None = None
    uuid: str | None = None
    name: str | None = None
    fingerprint: str | None = None
    credentials_fingerprint: str | None = None
    ballots: int = 0
    num_tallied: int | None = None
    result: Result | None = None
    questions: tuple[str, ...] = ()
    answers: tuple[tuple[str, ...], ...] = ()
    checks: list[CheckResult] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    failure: InvalidError | None = None

    @property
    def valid(self) -> bool:
        """Whether every check that could be made passed."""
        return self.failure is None
