"""`access FILE`: verify the proof of who looked at somebody's data, without a network."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.auditor.options import Subcommands
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.access_errors import AccessCheck
from app.core.access_verification import AccessReport, Trust, verify_access_proof
from app.core.checkpoints import COSIGNATURE_TYPE, SIGNATURE_TYPE, VerifierKey, parse_verifier_key
from app.core.ledger_errors import LedgerError

LARGEST_FILE = 256 * 2**20
_TITLES = {
    AccessCheck.FILE_FORMAT: "the file is a proof of access records",
    AccessCheck.ENTRY_COUNT: "it holds as many entries as it counts",
    AccessCheck.ENTRY_ORDER: "the entries are numbered without a gap",
    AccessCheck.CHAIN_HEAD: "the entries lead to the head of their chain",
    AccessCheck.LABEL_ENROLMENT: "the ledger holds the one key of the label",
    AccessCheck.MAP_INCLUSION: "the map of the epoch holds this count and head under the label",
    AccessCheck.EPOCH_LEAF: "the epoch's root stands at its own place in the log of maps",
    AccessCheck.OPENED_SEALS: "accesses that were sealed are those the ledger had then",
    AccessCheck.LOG_SIGNATURES: "the logs' keys signed the checkpoints",
    AccessCheck.COSIGNATURES: "the witnesses cosigned the checkpoint",
    AccessCheck.ONE_ROOT: "the earlier file was made of the same log of maps",
    AccessCheck.GROWTH: "the history only grew since the earlier file",
}
_STYLES = {"passed": "green", "failed": "bold red"}


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("access", help="verify a proof of who looked at somebody's data")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--earlier", type=Path, metavar="OLD", help="a proof file from before")
    parser.add_argument("--vkey", action="append", default=[], metavar="K", help="a key of the ledger")
    parser.add_argument(
        "--map-vkey", action="append", default=[], metavar="K", help="a key of the log of maps"
    )
    parser.add_argument(
        "--witness-key", action="append", default=[], metavar="K", help="a witness that must have cosigned"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Verify, print, and return 0 where the proof holds, 1 where it does not."""
    trust = Trust(
        ledger_keys=_keys(options.vkey, SIGNATURE_TYPE),
        map_keys=_keys(options.map_vkey, SIGNATURE_TYPE),
        witnesses=_keys(options.witness_key, COSIGNATURE_TYPE),
    )
    report = verify_access_proof(_read(options.file), trust, _read(options.earlier))
    if options.json:
        print(json.dumps(report_to_json(report), indent=1))
    else:
        _print_report(report, Console())
    return 0 if report.valid else 1


def report_to_json(report: AccessReport) -> dict[str, Any]:
    """The report as `--json` prints it."""
    proof, failure, checkpoint = report.proof, report.failure, report.checkpoint
    return {
        "valid": report.valid,
        "count": proof and proof.count,
        "epoch": proof and proof.epoch.number,
        "at": proof and proof.epoch.at,
        "checkpoint": checkpoint
        and {"origin": checkpoint.origin, "size": checkpoint.size, "root": checkpoint.root.hex()},
        "cosigned_by": list(report.cosigned_by),
        "checks": [
            {"check": item.check, "outcome": item.outcome, "detail": item.detail} for item in report.checks
        ],
        "warnings": report.warnings,
        "failure": failure and {"check": failure.check, "detail": str(failure)},
    }


def _keys(texts: list[str], kind: int) -> list[VerifierKey]:
    try:
        keys = [parse_verifier_key(text) for text in texts]
    except LedgerError as problem:
        raise CommandRefused(f"not a verifier key: {problem}") from problem
    for key in keys:
        if key.kind != kind:
            wanted = "a witness's" if kind == COSIGNATURE_TYPE else "a log's"
            raise CommandRefused(f"{printable(key.name)} is not {wanted} key")
    return keys


def _read(path: Path | None) -> Any:
    if path is None:
        return None
    if path.stat().st_size > LARGEST_FILE:
        raise CommandRefused(f"{path} is too large for a proof file")
    return path.read_bytes()


def _print_report(report: AccessReport, console: Console) -> None:
    table = Table("outcome", "what is demanded", "detail", box=SIMPLE_HEAD)
    for item in report.checks:
        style = _STYLES.get(item.outcome, "dim")
        table.add_row(Text(item.outcome, style=style), _TITLES[item.check], Text(printable(item.detail)))
    console.print(table)
    for warning in report.warnings:
        console.print(Text(f"note: {printable(warning)}", style="yellow"))
    console.print(_conclusion(report))


def _conclusion(report: AccessReport) -> Text:
    failure, proof = report.failure, report.proof
    if failure is not None or proof is None:
        return Text(f"INVALID: {failure and failure.check}: {printable(failure)}", style="bold red")
    at = datetime.fromtimestamp(proof.epoch.at, UTC)
    looked = f"{proof.count} accesses" if proof.count else "nobody looked: 0 accesses"
    return Text(f"valid: {looked} until {at:%Y-%m-%d %H:%M} UTC, and no others", style="bold green")
