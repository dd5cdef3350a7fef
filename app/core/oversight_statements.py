"""What the oversight body signs about an epoch: a note whose text says what was examined and found."""

import base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.core.checkpoints import Note, SigningKey, VerifierKey, open_note, parse_note, parse_number, sign_note
from app.core.ledger_errors import MalformedNoteError
from app.core.opened_epochs import OpenedEpoch
from app.core.oversight import OversightCheck, OversightReport

AGREES = "counts and leaves agree, and no sealed access vanished"
# Where neither an earlier epoch nor the ledger was at hand.
AGREES_IN_ITSELF = "counts and leaves agree; whether a sealed access vanished was not examined"
DISAGREES = "does not agree"
_ABOUT_SEALS = {OversightCheck.SEALS_KEPT, OversightCheck.SEALS}


@dataclass(frozen=True)
class Statement:
    """What a statement says; `text` is all of it."""

    name: str
    epoch: int
    root: bytes
    findings: int
    text: str


def sign_statement(opened: OpenedEpoch, report: OversightReport, key: SigningKey) -> str:
    """State what was found about an epoch, for or against, and sign it."""
    leaves = opened.leaves
    lines = [
        key.name,
        f"epoch {opened.epoch.number}",
        f"root {base64.b64encode(opened.epoch.root).decode()}",
        f"labels {len(leaves)}",
        f"accesses {sum(leaf.count for leaf in leaves)}",
        f"sealed {sum(len(leaf.sealed) for leaf in leaves)}",
        f"examined {','.join(report.made)}",
        f"findings {len(report.findings)}",
        _conclude(len(report.findings), report.made),
    ]
    return sign_note("".join(f"{line}\n" for line in lines), [key]).to_text()


def _conclude(findings: int, examined: Iterable[str]) -> str:
    if findings:
        return DISAGREES
    return AGREES if _ABOUT_SEALS & set(examined) else AGREES_IN_ITSELF


def open_statement(text: str, keys: Sequence[VerifierKey]) -> Statement:
    """Read a statement that one of `keys` signed. Raises LedgerError's kinds."""
    note = parse_note(text)
    signers = open_note(note, keys)
    statement = _parse(note)
    if statement.name not in {key.name for key in signers}:
        raise MalformedNoteError("the statement is in another name than its signature")
    return statement


def _parse(note: Note) -> Statement:
    lines = note.text.split("\n")
    found = dict(line.split(" ", 1) for line in lines[1:8] if " " in line)
    try:
        statement = Statement(
            name=lines[0],
            epoch=parse_number(found["epoch"]),
            root=base64.b64decode(found["root"], validate=True),
            findings=parse_number(found["findings"]),
            text=note.text,
        )
        examined, conclusion = found["examined"].split(","), lines[8]
    except (KeyError, ValueError, IndexError) as problem:
        raise MalformedNoteError("not a statement about an epoch") from problem
    if conclusion != _conclude(statement.findings, examined):
        raise MalformedNoteError("the conclusion is not what the findings say")
    return statement
