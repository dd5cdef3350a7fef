"""`ledger URL_OR_FOLDER`: mirror a log, recompute its root, and compare it with what was seen before."""

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from app.auditor.ledger_check import CHECKPOINT, Earlier, Report, check_log, read_note
from app.auditor.ledger_source import Folder, NotThere, Source, open_source
from app.auditor.options import Subcommands, verifier_key
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.checkpoints import SIGNATURE_TYPE, VerifierKey, open_checkpoint, parse_verifier_key
from app.core.ledger_errors import LedgerError

KEYS = "vkey"


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("ledger", help="mirror a log and recompute its root")
    parser.add_argument("source", metavar="URL_OR_FOLDER", help="such as https://town.example/ledger")
    parser.add_argument("--log-key", type=verifier_key, action="append", default=[], metavar="K",
                        help="the log's verifier key, from somewhere else than the log")  # fmt: skip
    parser.add_argument("--since", type=Path, metavar="FILE",
                        help="a checkpoint, or the folder of a mirror, that was kept")  # fmt: skip
    parser.add_argument("--witness-key", type=verifier_key, action="append", default=[], metavar="K",
                        help="must have cosigned")  # fmt: skip
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="keep the mirror here")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check, print, and return 0 for a log that is what it says, 1 for one that is not."""
    source = open_source(options.source)
    try:
        content = source.read(CHECKPOINT)
        listed = source.read(KEYS)
    except NotThere as missing:
        raise CommandRefused(f"{options.source} has no {missing}") from missing
    keys = options.log_key or parse_keys(listed)
    report = _check(source, content, keys, options)
    if report.valid and options.out is not None:
        finish_mirror(options.out, listed, content)
    if options.json:
        print(json.dumps(to_json(report), indent=1))
    else:
        _print(report, Console(), pinned=bool(options.log_key))
    return 0 if report.valid else 1


def _check(source: Source, content: bytes, keys: list[VerifierKey], options: argparse.Namespace) -> Report:
    earlier = read_earlier(options.since, keys) if options.since else None
    try:
        return check_log(
            source,
            read_note(content),
            keys,
            earlier=earlier,
            witnesses=options.witness_key,
            out=options.out,
        )
    except LedgerError as problem:
        report = Report("", 0, b"")
        report.add("checkpoint-signature", str(problem), passed=False)
        return report


def finish_mirror(folder: Path, listed: bytes, content: bytes) -> None:
    """Keys and checkpoint come last, so that a folder with a checkpoint is a whole mirror."""
    (folder / KEYS).write_bytes(listed)
    (folder / CHECKPOINT).write_bytes(content)


def parse_keys(listed: bytes) -> list[VerifierKey]:
    """The log's keys as it lists them, without its witnesses'. Raises CommandRefused."""
    try:
        lines = listed.decode("utf-8", "replace").splitlines()
        keys = [parse_verifier_key(line) for line in lines if line.strip()]
    except LedgerError as problem:
        raise CommandRefused(f"the log's verifier keys: {problem}") from problem
    return [key for key in keys if key.kind == SIGNATURE_TYPE]


def read_earlier(path: Path, keys: list[VerifierKey]) -> Earlier:
    """The kept checkpoint; one that the log's keys did not sign says nothing about this log."""
    folder = path if path.is_dir() else path.parent
    file = path / CHECKPOINT if path.is_dir() else path
    try:
        checkpoint = open_checkpoint(read_note(file.read_bytes()), keys)
    except LedgerError as problem:
        raise CommandRefused(f"{file}: {problem}") from problem
    return Earlier(checkpoint, Folder(folder) if (folder / "tile").is_dir() else None)


def to_json(report: Report) -> dict[str, Any]:
    """The report as `--json` prints it."""
    return {
        "valid": report.valid,
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "checks": [
            {"check": item.check, "passed": item.passed, "detail": item.detail, "entry": item.entry}
            for item in report.findings
        ],
    }


def _print(report: Report, console: Console, *, pinned: bool) -> None:
    facts = {"log": report.origin, "entries": report.size, "root": report.root.hex()}
    for name, value in facts.items():
        console.print(Text(f"{name}: ", style="bold").append(printable(value), style="not bold"))
    for item in report.findings:
        word, style = ("passed", "green") if item.passed else ("failed", "bold red")
        console.print(
            Text(f"{word}  ", style=style).append(printable(f"{item.check}: {item.detail}"), "none")
        )
    if not pinned:
        warning = "note: the key came from the log itself; compare it with one from elsewhere (--log-key)"
        console.print(Text(warning, style="yellow"))
    verdict = "valid: the log is what its checkpoint says" if report.valid else "INVALID"
    console.print(Text(verdict, style="bold green" if report.valid else "bold red"))
