"""`petition URL_OR_FOLDER`: recount petitions from the ledger alone, and compare with the page."""

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from app.auditor.ledger_check import CHECKPOINT, Earlier, Report, check_log, read_note
from app.auditor.ledger_command import KEYS, finish_mirror, parse_keys, read_earlier
from app.auditor.ledger_command import to_json as ledger_to_json
from app.auditor.ledger_source import Folder, NotThere, Source
from app.auditor.options import Subcommands, verifier_key
from app.auditor.petition_check import Recount, list_changed_signatures, recount
from app.auditor.petition_source import Below, open_site, read_published, read_published_before
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.ledger_errors import LedgerError
from app.core.petition_count import Difference
from app.core.published_counts import PublishedCount
from app.core.signature_receipts import (
    SignatureReceipt,
    parse_signature_receipt,
    verify_signature_receipt,
)

LEDGER = "ledger"
# More than these say no more to a reader; `--json` has them all.
MOST_LINES = 50


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("petition", help="recount petitions from the ledger")
    parser.add_argument("source", metavar="URL_OR_FOLDER", help="such as https://town.example")
    parser.add_argument("--petition", metavar="REF", help="this one only (default: all that are listed)")
    parser.add_argument("--vkey", type=verifier_key, action="append", default=[], metavar="K",
                        help="the ledger's verifier key, from somewhere else than the site")  # fmt: skip
    parser.add_argument("--witness-key", type=verifier_key, action="append", default=[], metavar="K",
                        help="must have cosigned the ledger")  # fmt: skip
    parser.add_argument("--since", type=Path, metavar="FOLDER", help="a folder that was saved before")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="keep everything that was read here")
    parser.add_argument(
        "--receipt", type=Path, metavar="FILE", help="a signer's receipt to find in the ledger"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Recount, print, and return 0 where everything agrees, 1 where something does not."""
    source, named = open_site(options.source)
    receipt = _read_receipt(options.receipt) if options.receipt else None
    reference = options.petition or named or (receipt.petition if receipt else None)
    if options.save is not None:
        options.save.mkdir(parents=True, exist_ok=True)
    # Before the ledger, which only grows: so it reaches as far as every count that was read.
    published = read_published(source, reference, options.save)
    with tempfile.TemporaryDirectory() as scratch:
        mirror = options.save / LEDGER if options.save else Path(scratch)
        found = _recount(source, published, mirror, options, reference is None, receipt)
    if options.json:
        print(json.dumps(to_json(found), indent=1))
    else:
        _print(found, Console(), pinned=bool(options.vkey))
    return 0 if found.valid else 1


def _recount(
    source: Source,
    published: Sequence[PublishedCount],
    folder: Path,
    options: argparse.Namespace,
    whole: bool,
    receipt: SignatureReceipt | None,
) -> Recount:
    site = Below(source, LEDGER)
    try:
        content, listed = site.read(CHECKPOINT), site.read(KEYS)
    except NotThere as missing:
        raise CommandRefused(f"{options.source} has no {missing}") from missing
    keys = options.vkey or parse_keys(listed)
    earlier = read_earlier(options.since / LEDGER, keys) if options.since else None
    try:
        report = check_log(
            site, read_note(content), keys, earlier=earlier, witnesses=options.witness_key, out=folder
        )
    except LedgerError as problem:
        report = Report("", 0, b"")
        report.add("checkpoint-signature", str(problem), passed=False)
        return Recount(report, published)
    mirror = Folder(folder)
    names = [item.petition for item in published]
    before = read_published_before(options.since, names) if options.since else []
    found = recount(mirror, report, published, whole=whole, receipt=receipt, earlier=before)
    if earlier is not None and not report.valid:
        found.changed = _list_changed(mirror, report.size, earlier)
    if report.valid:
        finish_mirror(folder, listed, content)
    return found


def _read_receipt(path: Path) -> SignatureReceipt:
    try:
        receipt = parse_signature_receipt(path.read_bytes())
        verify_signature_receipt(receipt)
    except LedgerError as problem:
        raise CommandRefused(f"{path}: {printable(problem)}") from problem
    return receipt


def _list_changed(mirror: Source, size: int, earlier: Earlier) -> list[str]:
    if earlier.mirror is None:
        return []
    return list_changed_signatures(mirror, size, earlier.mirror, earlier.checkpoint.size)


def to_json(found: Recount) -> dict[str, Any]:
    """The report as `--json` prints it."""
    return {
        "valid": found.valid,
        "ledger": ledger_to_json(found.ledger),
        "petitions": [
            {
                "petition": item.petition,
                "ledger_size": item.ledger_size,
                "in_ledger": sum(found.totals.get(item.petition, {}).values()),
                "levels": dict(found.totals.get(item.petition, {})),
                "signed": item.signed,
            }
            for item in found.published
        ],
        "differences": [_difference_to_json(item) for item in found.differences],
        "changed": found.changed,
        "receipt_counts": found.receipt_counts,
    }


def _difference_to_json(item: Difference) -> dict[str, Any]:
    return {
        "check": item.check,
        "petition": item.petition,
        "level": item.cell and item.cell.level,
        "place": item.cell and item.cell.place,
        "day": item.cell and item.cell.day,
        "entry": item.entry,
        "text": item.text,
    }


def _print(found: Recount, console: Console, *, pinned: bool) -> None:
    table = Table("petition", "in the ledger", "by level", "the page says", box=SIMPLE_HEAD)
    for item in found.published:
        levels = found.totals.get(item.petition, Counter())
        by_level = ", ".join(f"{level} {count}" for level, count in sorted(levels.items()))
        signed = f"{item.signed} signed, {item.in_ledger} in the ledger"
        table.add_row(*map(printable, (item.petition, sum(levels.values()), by_level, signed)))
    console.print(table)
    lines = [f"ledger: {item.check}: {item.detail}" for item in found.ledger.findings if not item.passed]
    lines += found.changed + [str(item) for item in found.differences]
    for line in lines[:MOST_LINES]:
        console.print(Text(printable(line), style="red"), soft_wrap=True)
    if len(lines) > MOST_LINES:
        console.print(Text(f"and {len(lines) - MOST_LINES} more (--json has them all)", style="red"))
    if found.receipt_counts is not None:
        said = "counts" if found.receipt_counts else "does not count: it was withdrawn or declared invalid"
        console.print(Text(f"receipt: the signature is in the ledger and {said}"), soft_wrap=True)
    if not pinned:
        warning = "note: the key came from the site itself; compare it with one from elsewhere (--vkey)"
        console.print(Text(warning, style="yellow"), soft_wrap=True)
    console.print(_conclusion(found), soft_wrap=True)


def _conclusion(found: Recount) -> Text:
    if not found.valid:
        return Text("INVALID: the count is not what the ledger gives", style="bold red")
    at = datetime.fromtimestamp(found.counted.newest_at, UTC)
    until = f"{found.ledger.size} entries, the newest of {at:%Y-%m-%d %H:%M} UTC"
    counts = len(found.published)
    petitions = "1 petition" if counts == 1 else f"{counts} petitions"
    return Text(f"valid: {petitions} recounted from the ledger ({until}); no difference", style="bold green")
