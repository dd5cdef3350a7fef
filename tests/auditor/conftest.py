"""Archives on disk and the command in this process."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.auditor.cli import main
from app.core.groups import ED25519
from tests.core.kit import Sample, make_sample
from tests.peers import put_archive


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Command = Callable[..., Answer]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `python -m app.auditor` with these words."""

    def run(*words: object) -> Answer:
        try:
            code = main([str(word) for word in words])
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def sample() -> Sample:
    return make_sample(ED25519)


@pytest.fixture
def archive(sample: Sample, tmp_path: Path) -> Path:
    """The finished election's archive, under its proper name."""
    return put_archive(tmp_path, sample.election.uuid, sample.raw)
