"""`python -m app.client`: report accesses from the command line."""

import argparse
import json
import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.client.configuration import ConfigProblem, make_key
from app.client.sending import BATCH_SIZE, Client, Refused, Unreachable

ACTIONS = ("view", "query", "mass-query", "share", "download", "change")


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what is asked; 0 when it is done, 1 when the service refused, 2 when it cannot be asked."""
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except Refused as refusal:
        print(json.dumps(refusal.problem, ensure_ascii=False), file=sys.stderr)
        return 1
    except (ConfigProblem, Unreachable, OSError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m app.client", description="Report who looked at whose data.")
    commands = parser.add_subparsers(required=True)
    report = commands.add_parser("report", help="report one access")
    _add_settings(report)
    report.add_argument("--person", required=True, action="append", help="identity claim; repeatable")
    for name in ("purpose", "official", "unit", "legal-basis", "case"):
        report.add_argument(f"--{name}", required=True)
    report.add_argument("--category", required=True, action="append", help="kind of data; repeatable")
    report.add_argument("--action", choices=ACTIONS, default="view")
    report.add_argument("--counterpart", help="the other system, when data is shared")
    report.add_argument("--at", help="time of the access (RFC 3339); now if left out")
    report.add_argument("--id", help="your own id of this access; random if left out")
    report.set_defaults(run=_report)
    batch = commands.add_parser("batch", help="report a file of records, one JSON object a line")
    _add_settings(batch)
    batch.add_argument("file", type=Path)
    batch.add_argument("--partial", action="store_true", help="record what can be recorded")
    batch.set_defaults(run=_batch)
    heartbeat = commands.add_parser("heartbeat", help="ask whether reports are taken")
    _add_settings(heartbeat)
    heartbeat.set_defaults(run=_heartbeat)
    key = commands.add_parser("make-key", help="make a key pair; prints the public key for the register")
    key.add_argument("file", type=Path)
    key.set_defaults(run=_make_key)
    return parser


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", required=True, type=Path, help="settings: url, system, key_id, key_file")
    parser.add_argument("--url", help="another address than the one in the settings")


def _report(options: argparse.Namespace) -> int:
    persons = options.person
    record: dict[str, Any] = {
        "id": options.id or uuid.uuid4().hex,
        "official": options.official,
        "unit": options.unit,
        "purpose": options.purpose,
        "legal_basis": options.legal_basis,
        "case": options.case,
        "categories": options.category,
        "action": options.action if len(persons) == 1 or options.action != "view" else "mass-query",
        "accessed_at": options.at or _now(),
    }
    record |= {"person": persons[0]} if len(persons) == 1 else {"persons": persons}
    if options.counterpart:
        record["counterpart"] = options.counterpart
    return _show(Client.from_file(options.config, options.url).report([record]))


def _batch(options: argparse.Namespace) -> int:
    """Send a file in parts; a file that broke off can be sent again, since each record has its id."""
    lines = options.file.read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    client = Client.from_file(options.config, options.url)
    status = 0
    for start in range(0, len(records), BATCH_SIZE):
        answers = client.report(records[start : start + BATCH_SIZE], partial=options.partial)
        status = max(status, _show(answers))
    return status


def _heartbeat(options: argparse.Namespace) -> int:
    is_up = Client.from_file(options.config, options.url).check_heartbeat()
    print("OK" if is_up else "FAIL")
    return 0 if is_up else 1


def _make_key(options: argparse.Namespace) -> int:
    print(make_key(options.file))
    return 0


def _show(answers: list[dict[str, Any]]) -> int:
    for answer in answers:
        print(json.dumps(answer, ensure_ascii=False))
    return 1 if any(answer["status"] == "refused" for answer in answers) else 0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main())
