"""`receipt FILE --vkey K`: check a receipt offline: a promise, a proof, or that of a petition's signer."""

import argparse
import base64
from datetime import UTC, datetime
from pathlib import Path

from app.auditor.options import Subcommands, verifier_key
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.access_errors import AccessProofError
from app.core.checkpoints import PROOF_HEADER, list_cosignatures, open_note, parse_note, parse_proof_file
from app.core.ledger_errors import LedgerError
from app.core.merkle import HASH_BYTES, leaf_hash
from app.core.signature_receipts import (
    parse_signature_receipt,
    verify_enrolment,
    verify_signature_receipt,
)

PROMISE_SUFFIX = "/promise"


def add_to(commands: Subcommands) -> None:
    """Add the subcommand."""
    parser = commands.add_parser("receipt", help="check a receipt of the ledger, offline")
    parser.add_argument("file", type=Path, metavar="FILE", help="a promise, a proof, or a signer's receipt")
    parser.add_argument("--vkey", type=verifier_key, action="append", required=True, metavar="K",
                        help="the log's verifier key")  # fmt: skip
    parser.add_argument("--entry", type=Path, metavar="FILE", help="the entry's exact bytes")
    parser.add_argument("--witness-key", type=verifier_key, action="append", default=[], metavar="K",
                        help="must have cosigned")  # fmt: skip
    parser.add_argument("--access-proof", type=Path, metavar="FILE",
                        help="one's proof of access records: the signer must be the same person")  # fmt: skip
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Check, say what was found, and return 0 or 1."""
    text = options.file.read_bytes().decode("utf-8", "replace")
    entry = options.entry.read_bytes() if options.entry else None
    check = _check_signature if text.lstrip().startswith("{") else check_ledger_receipt
    try:
        lines = check(text, entry, options)
    except (LedgerError, AccessProofError) as problem:
        print(f"INVALID: {problem}")
        return 1
    print("\n".join(printable(line) for line in lines))
    return 0


def check_ledger_receipt(text: str, entry: bytes | None, options: argparse.Namespace) -> list[str]:
    """What a promise or a proof shows, line by line. Raises LedgerError, CommandRefused."""
    check = _check_proof if text.startswith(PROOF_HEADER) else _check_promise
    return check(text, entry, options)


def _check_signature(text: str, entry: bytes | None, options: argparse.Namespace) -> list[str]:
    receipt = parse_signature_receipt(text.encode())
    if not receipt.made_from:
        raise CommandRefused("the receipt does not say which address signed; write it into input.value")
    verify_signature_receipt(receipt)
    if entry is not None and entry != receipt.leaf:
        raise LedgerError("the receipt is of another entry")
    lines = [
        f"valid: the pseudonym {receipt.pseudonym.hex()[:16]}… of petition {receipt.petition}",
        f"is the only one that its key gives to this {receipt.kind}: {receipt.made_from}",
        f"petition's key: {receipt.public_key.hex()} (compare it with the ledger: petition --receipt)",
    ]
    if options.access_proof is not None:
        verify_enrolment(receipt, options.access_proof.read_bytes())
        lines.append("the signer is the person of the proof of access records")
    return lines + check_ledger_receipt(receipt.ledger_receipt, receipt.leaf, options)


def _check_proof(text: str, entry: bytes | None, options: argparse.Namespace) -> list[str]:
    proof = parse_proof_file(text)
    leaf = proof.extra if entry is None else entry
    if not leaf:
        raise CommandRefused("the file does not hold the entry; give it by --entry")
    checkpoint = proof.verify(leaf_hash(leaf), options.vkey)
    cosigned = list_cosignatures(proof.checkpoint, options.witness_key)
    for witness in options.witness_key:
        if witness not in cosigned:
            raise LedgerError(f"{witness.name} has not cosigned this checkpoint")
    said = [f"cosigned by {key.name} at {_time(at)}" for key, at in cosigned.items()]
    return [
        f"valid: entry {proof.index} of {checkpoint.size} in {checkpoint.origin}",
        f"hash: {leaf_hash(leaf).hex()}",
        f"entry: {leaf.decode('utf-8', 'replace')}",
        *said,
    ]


def _check_promise(text: str, entry: bytes | None, options: argparse.Namespace) -> list[str]:
    note = parse_note(text)
    (key, *_) = open_note(note, options.vkey)
    name, digest, deadline = _read_promise(note.text)
    if name != key.name + PROMISE_SUFFIX:
        raise LedgerError(f"a note of {name}, not a promise of {key.name}")
    if entry is not None and leaf_hash(entry) != digest:
        raise LedgerError("the promise is of another entry")
    return [
        f"valid: {key.name} has promised to show an entry by {_time(deadline)}",
        f"hash: {digest.hex()}",
        "A promise is not a proof: ask for the proof after that time.",
    ]


def _read_promise(text: str) -> tuple[str, bytes, int]:
    try:
        name, digest, deadline, _ = text.split("\n")
        raw = base64.b64decode(digest, validate=True)
        number = int(deadline)
    except ValueError as problem:
        raise LedgerError("neither a promise nor a proof") from problem
    if len(raw) != HASH_BYTES:
        raise LedgerError("neither a promise nor a proof")
    return name, raw, number


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
