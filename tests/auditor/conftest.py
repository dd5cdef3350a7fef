"""Archives on disk and the command in this process."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.auditor.cli import main
from app.core.groups import ED25519
from app.platform import clock
from tests.auditor.answers import Answer, Command
from tests.auditor.petition_kit import Site, read_stored, sign_everything
from tests.core.kit import Sample, make_sample
from tests.ledger.site import serve
from tests.peers import put_archive

__all__ = ["Answer", "Command"]


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


@pytest.fixture
def site(app: Flask, db: object, command: Command) -> Iterator[Site]:
    """Three petitions, signed over three days, served."""
    try:
        town = sign_everything(app)
        with serve(app) as address:
            yield Site(address, app, town, read_stored(), command)
    finally:
        clock.set_offset(timedelta())
