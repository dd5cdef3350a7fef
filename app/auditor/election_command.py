"""`election FILE.bel`: verify an archive and say what was checked."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.auditor.archive_file import read_archive_file
from app.auditor.options import Subcommands, positive
from app.auditor.report_text import print_report
from app.auditor.workers import Workers, available_cores
from app.core.encoding import to_json_number
from app.core.verify import Report, verify_election


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("election", help="verify the archive of an election")
    parser.add_argument("archive", type=Path, metavar="FILE.bel")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    add_trust_options(parser)
    parser.set_defaults(run=run)


def add_trust_options(parser: argparse.ArgumentParser) -> None:
    """Say with how many processes to verify, and against which earlier publications."""
    parser.add_argument("--workers", type=positive, default=available_cores(), metavar="N", help="processes")
    parser.add_argument("--earlier", type=Path, metavar="OLDER.bel", help="must be the beginning of FILE.bel")
    parser.add_argument(
        "--credentials-fingerprint", metavar="F", help="what the credential authority published"
    )


def run(options: argparse.Namespace) -> int:
    """Verify, print, and return 0 for a valid archive, 1 for an invalid one."""
    report = verify_file(
        options.archive,
        earlier=options.earlier,
        credentials_fingerprint=options.credentials_fingerprint,
        workers=options.workers,
    )
    if options.json:
        print(json.dumps(report_to_json(report), indent=1))
    else:
        print_report(report, Console())
    return 0 if report.valid else 1


def verify_file(
    path: Path, *, earlier: Path | None = None, credentials_fingerprint: str | None = None, workers: int
) -> Report:
    """Verify a file with a progress bar where somebody watches."""
    raw = read_archive_file(path)
    older = read_archive_file(earlier) if earlier else None
    with _progress() as progress, Workers(workers) as pool:
        task = progress.add_task("ballots", total=None)

        def show(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)
            progress.refresh()

        report = verify_election(
            raw, earlier=older, expected_credentials=credentials_fingerprint, run=pool.run, progress=show
        )
    if report.uuid is not None and path.name != f"{report.uuid}.bel":
        report.warnings.append(f"the file is named {path.name}, but holds election {report.uuid}")
    return report


def _progress() -> Progress:
    """A bar that this thread alone draws, so that no thread runs while workers are forked."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    watched = sys.stderr.isatty()
    return Progress(
        *columns, console=Console(stderr=True), transient=True, auto_refresh=False, disable=not watched
    )


def report_to_json(report: Report) -> dict[str, Any]:
    """The report as `--json` prints it; large counts are strings, as in the archive."""
    failure = report.failure
    counts = report.result
    return {
        "valid": report.valid,
        "group": report.group,
        "ballots": report.ballots,
        "num_tallied": report.num_tallied,
        "result": None if counts is None else [[to_json_number(count) for count in row] for row in counts],
        "checks": [
            {"check": item.check, "outcome": item.outcome, "detail": item.detail} for item in report.checks
        ],
        "warnings": report.warnings,
        "failure": failure and {"event": failure.event, "check": failure.check, "detail": str(failure)},
        "uuid": report.uuid,
        "fingerprint": report.fingerprint,
        "credentials_fingerprint": report.credentials_fingerprint,
    }
