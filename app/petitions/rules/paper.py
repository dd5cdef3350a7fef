"""What a clerk types from a sheet of paper. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.petitions.rules.refusals import PetitionRefusal

MOST_LINES = 200
LONGEST_NAME, LONGEST_POSTCODE = 100, 10
_PARTS = re.compile(r"\s*[,;\t]\s*")


@dataclass(frozen=True)
class PaperEntry:
    """One line: its number on the sheet, a name, a postcode."""

    line: int
    name: str
    postcode: str


@dataclass(frozen=True)
class Problem:
    """Why a line cannot be entered."""

    line: int
    text: str


class LinesRefused(PetitionRefusal):
    """Some lines of a sheet cannot be entered; none was."""

    status = 422
    code = "lines-refused"
    title = _l("Some lines cannot be entered")
    advice = _l("Correct or empty the lines that are named, and send the sheet again. Nothing was entered.")

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__()
        self.problems = tuple(problems)


class NotOnPaper(PetitionRefusal):
    """The type takes no signatures on paper."""

    status = 403
    code = "not-on-paper"
    title = _l("This petition takes no signatures on paper")
    advice = _l("Its signers can sign with an account, at a desk or, where it says so, by e-mail.")


class SheetKnown(PetitionRefusal):
    """A sheet with this number was entered."""

    code = "sheet-known"
    title = _l("A sheet with this number was entered already")
    advice = _l("Look at the number on the sheet. The list below the form shows what was entered.")


def parse_lines(text: str) -> list[PaperEntry]:
    """The lines of a sheet; one left empty is a line not used. Raises LinesRefused naming each bad one."""
    entries, problems = [], []
    for number, written in enumerate(text.splitlines(), start=1):
        if not written.strip():
            continue
        parts = _PARTS.split(written.strip())
        if not _is_usable(parts):
            problems.append(Problem(number, gettext("Write a name, a comma and a postcode.")))
            continue
        entries.append(PaperEntry(number, *parts))
    if len(entries) > MOST_LINES:
        problems.append(Problem(MOST_LINES + 1, gettext("A sheet has 200 lines at most.")))
    if problems:
        raise LinesRefused(problems)
    return entries


def _is_usable(parts: Sequence[str]) -> bool:
    if len(parts) != 2 or not all(part.isprintable() and part for part in parts):
        return False
    return len(parts[0]) <= LONGEST_NAME and len(parts[1]) <= LONGEST_POSTCODE
