"""`oversight keygen` and `oversight examine FILE`: what the oversight body does, away from the server."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.auditor.ledger_check import read_entries
from app.auditor.ledger_source import NotThere, open_source
from app.auditor.options import Subcommands, verifier_key
from app.auditor.private_files import write_private
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.access_errors import MalformedAccessProofError
from app.core.checkpoints import SIGNATURE_TYPE, SigningKey, generate_signing_key, parse_signing_key
from app.core.ledger_errors import LedgerError
from app.core.opened_epochs import OpenedEpoch, parse_opened_epoch
from app.core.oversight import (
    LedgerView,
    OversightCheck,
    OversightReport,
    Sources,
    examine_epoch,
    read_ledger,
)
from app.core.oversight_statements import sign_statement

LARGEST_FILE = 2**31
_TITLES = {
    OversightCheck.MAP_ROOT: "the leaves give the root of the epoch",
    OversightCheck.CHAINS: "each count and head is that of the accesses under the label",
    OversightCheck.SEALED_COMMITMENTS: "each sealed commitment opens to what is sealed",
    OversightCheck.EPOCH_LEAF: "the epoch stands at its own place in the log of maps",
    OversightCheck.GROWTH: "the accesses of the earlier epoch are the first of each label's",
    OversightCheck.SEALS_KEPT: "what was sealed in the earlier epoch is sealed still, or was opened rightly",
    OversightCheck.EPOCH_ENTRY: "the ledger has this root and number of labels",
    OversightCheck.LABELS: "the labels are those that the ledger enrolled",
    OversightCheck.ACCESSES: "each access of the ledger stands under one label",
    OversightCheck.SEALS: "each sealed access of the ledger is sealed under a label, or open",
}


def add_to(commands: Subcommands) -> None:
    """Add the subcommand and its own."""
    parser = commands.add_parser("oversight", help="examine an epoch of access records, all leaves opened")
    acts = parser.add_subparsers(required=True, metavar="ACT")
    keygen = acts.add_parser("keygen", help="make the oversight body's key")
    keygen.add_argument("--name", required=True, metavar="N", help="such as oversight.example/1")
    keygen.add_argument("--out", type=Path, required=True, metavar="FILE", help="must not be there yet")
    keygen.set_defaults(run=run_keygen)
    examine = acts.add_parser("examine", help="compute the map again, and sign what is found")
    examine.add_argument("file", type=Path, metavar="FILE", help="the opened epoch, as downloaded")
    examine.add_argument("--earlier", type=Path, metavar="OLD", help="the file of an epoch before")
    examine.add_argument("--ledger", metavar="URL_OR_FOLDER", help="the public ledger, or a mirror of it")
    examine.add_argument("--log-key", type=verifier_key, action="append", default=[], metavar="K",
                         help="the ledger's key, from somewhere else than the ledger")  # fmt: skip
    examine.add_argument("--map-key", type=verifier_key, action="append", default=[], metavar="K",
                         help="the key of the log of maps")  # fmt: skip
    examine.add_argument("--key", type=Path, metavar="KEY", help="sign a statement with this key")
    examine.add_argument("--out", type=Path, metavar="FILE", help="where the statement is written")
    examine.add_argument("--json", action="store_true", help="print the report as JSON")
    examine.set_defaults(run=run_examine)


def run_keygen(options: argparse.Namespace) -> int:
    """Make a key and print its public half, which the town's operator registers."""
    if options.out.exists():
        raise CommandRefused(f"{options.out} is there already")
    try:
        key = generate_signing_key(options.name)
        text = key.to_text()
    except LedgerError as problem:
        raise CommandRefused(f"{printable(options.name)}: {problem}") from problem
    write_private(options.out, f"{text}\n".encode())
    print(key.verifier)
    return 0


def run_examine(options: argparse.Namespace) -> int:
    """Examine, print, sign if asked to; 0 where everything agrees, 1 where something does not."""
    if bool(options.key) != bool(options.out):
        raise CommandRefused("--key and --out go together")
    key = _read_key(options.key) if options.key else None
    opened = _read_opened(options.file)
    earlier = _read_opened(options.earlier) if options.earlier else None
    if earlier is not None and earlier.epoch.number >= opened.epoch.number:
        raise CommandRefused(f"{options.earlier} is not of an epoch before")
    ledger = _read_ledger(options, opened) if options.ledger else None
    report = examine_epoch(opened, Sources(earlier, ledger, options.map_key))
    if key is not None:
        options.out.write_text(sign_statement(opened, report, key), "utf-8")
    if options.json:
        print(json.dumps(report_to_json(opened, report), indent=1))
    else:
        _print_report(opened, report, Console())
    return 0 if report.agrees else 1


def report_to_json(opened: OpenedEpoch, report: OversightReport) -> dict[str, object]:
    """The report as `--json` prints it."""
    return {
        "agrees": report.agrees,
        "epoch": opened.epoch.number,
        "root": opened.epoch.root.hex(),
        "labels": len(opened.leaves),
        "checks": [{"check": check, "outcome": _outcome(check, report)} for check in OversightCheck],
        "findings": [
            {"check": found.check, "label": found.label and found.label.hex(), "text": found.text}
            for found in report.findings
        ],
    }


def _outcome(check: OversightCheck, report: OversightReport) -> str:
    if check not in report.made:
        return "not asked for"
    return "failed" if any(found.check is check for found in report.findings) else "passed"


def _read_opened(path: Path) -> OpenedEpoch:
    if path.stat().st_size > LARGEST_FILE:
        raise CommandRefused(f"{path} is too large")
    try:
        return parse_opened_epoch(path.read_bytes())
    except MalformedAccessProofError as problem:
        raise CommandRefused(f"{path}: {printable(problem)}") from problem


def _read_key(path: Path) -> SigningKey:
    try:
        key = parse_signing_key(path.read_text("utf-8"))
    except LedgerError as problem:
        raise CommandRefused(f"{path}: {problem}") from problem
    if key.kind != SIGNATURE_TYPE:
        raise CommandRefused(f"{path} is a witness's key")
    return key


def _read_ledger(options: argparse.Namespace, opened: OpenedEpoch) -> LedgerView:
    """The ledger, verified; one that ends before the epoch says nothing about it."""
    if not options.log_key:
        raise CommandRefused("--ledger needs the ledger's key: --log-key K")
    try:
        view = read_ledger(read_entries(open_source(options.ledger), options.log_key))
    except (LedgerError, NotThere) as problem:
        raise CommandRefused(f"{options.ledger}: {printable(problem)}") from problem
    if opened.epoch.number not in view.epochs:
        raise CommandRefused(f"{options.ledger} ends before epoch {opened.epoch.number}")
    return view


def _print_report(opened: OpenedEpoch, report: OversightReport, console: Console) -> None:
    table = Table("outcome", "what is demanded", box=SIMPLE_HEAD)
    styles = {"passed": "green", "failed": "bold red"}
    for check in OversightCheck:
        outcome = _outcome(check, report)
        table.add_row(Text(outcome, style=styles.get(outcome, "dim")), _TITLES[check])
    console.print(table)
    for line in _lines(opened, report):
        console.print(line, soft_wrap=True)


def _lines(opened: OpenedEpoch, report: OversightReport) -> Iterable[Text]:
    for found in report.findings:
        yield Text(printable(found), style="red")
    about = f"epoch {opened.epoch.number}, {len(opened.leaves)} labels"
    if report.agrees:
        yield Text(f"agrees: {about}, in everything that was looked at", style="bold green")
    else:
        yield Text(f"DOES NOT AGREE: {about}, {len(report.findings)} findings", style="bold red")
