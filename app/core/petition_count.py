"""Counts petitions' signatures from the ledger's entries alone, and compares them with what a site publishes.

Nothing here believes the site. The entries are those of a ledger that the reader has mirrored and verified;
whatever an honest ledger cannot hold is a difference that names petition, level, place and day. What such a
count proves, and what it does not, stands in docs/threat-model.md.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any

from app.core.access_proofs import LABEL_ENROL
from app.core.petition_terms import Terms, edit_terms, prolong_terms, read_terms

OPEN = "petitions:petition:open"
EDIT = "petitions:petition:edit"
PROLONG = "petitions:petition:prolong"
ARCHIVE = "petitions:petition:archive"
ENDINGS = frozenset({"petitions:petition:close", "petitions:petition:stop", "petitions:petition:join"})
COUNT = "petitions:signature:count"
WITHDRAW = "petitions:signature:withdraw"
INVALIDATE = "petitions:signature:invalidate"
RESTORE = "petitions:signature:restore"
SWITCH = "petitions:switch:set"

LEVELS = ("verified", "desk", "email", "paper")
# Those whose pseudonym is made from a label that the ledger has enrolled.
ENROLLED_LEVELS = frozenset({"verified", "desk"})
# An entry reaches the ledger at most so long after the signature: the daily batch of small petitions.
BATCH_SECONDS = 24 * 60 * 60
# A day of the calendar, somewhere on earth, begins and ends within so much of its day in UTC.
_ZONES = timedelta(hours=14)

_FIELDS = {"petition", "pseudonym", "level", "place", "day"}
_PSEUDONYM = re.compile(r"[0-9a-f]{128}")
_PLACE = re.compile(r"elsewhere|(?:district|region):[^\s:]{1,40}")


class CountCheck(StrEnum):
    """What a count is examined for, in the order in which a report lists it."""

    ENTRIES = "petition:entries"
    PERIOD = "petition:period"
    DISTINCT = "petition:distinct"
    CHANGES = "petition:changes"
    TERMS = "petition:terms"
    ENROLMENTS = "petition:enrolments"
    ARCHIVED = "petition:archived"
    KEY = "petition:key"
    RECEIPT = "petition:receipt"
    TOTALS = "petition:totals"
    PAGE = "petition:page"


@dataclass(frozen=True, order=True)
class Cell:
    """What the ledger says of a signature beside its pseudonym."""

    level: str
    place: str
    day: str

    def __str__(self) -> str:
        return f"level {self.level}, place {self.place}, day {self.day}"


@dataclass(frozen=True)
class Difference:
    """Something that does not agree: where, and what."""

    check: CountCheck
    petition: str
    text: str
    cell: Cell | None = None
    entry: int | None = None

    def __str__(self) -> str:
        where = f"petition {self.petition}" + (f", {self.cell}" if self.cell else "")
        entry = "" if self.entry is None else f" (entry {self.entry})"
        return f"{where}: {self.text}{entry}"


@dataclass
class Counted:
    """One petition as the ledger has it."""

    reference: str
    public_key: str
    opened_at: int
    terms: Terms = field(default_factory=Terms)
    ended_at: int | None = None
    archived_at: int | None = None
    archived_count: int = 0
    # Pseudonym -> its cell, and whether it counts.
    signatures: dict[bytes, tuple[Cell, bool]] = field(default_factory=dict)
    enrolled: int = 0

    def count_cells(self) -> Counter[Cell]:
        """How many signatures count, of each level, place and day."""
        return Counter(cell for cell, counts in self.signatures.values() if counts)


class EntryNotUsable(Exception):
    """An entry lacks a field, or has one in a form that nothing honest writes."""


class PetitionLedger:
    """Entries go in, in the ledger's order; petitions and everything that is wrong come out."""

    def __init__(self, watched: Collection[str] = ()) -> None:
        """`watched`: commitments of enrolments; those that the ledger has end up in `seen`."""
        self._watched = frozenset(watched)
        self.seen: set[str] = set()
        self.size = 0
        self.newest_at = 0
        self.enrolments = 0
        self.petitions: dict[str, Counted] = {}
        self.differences: list[Difference] = []
        self._cells: dict[Cell, Cell] = {}
        # When signing was switched off and on again, the newest last.
        self._off: list[tuple[int, int | None]] = []

    def add(self, leaf: bytes) -> None:
        """Take the next entry; nothing is raised, whatever it holds."""
        number, self.size = self.size, self.size + 1
        public: Any = None
        try:
            entry = json.loads(leaf)
            kind, at, public = entry["type"], int(entry["at"]), entry["public"]
            self.newest_at = max(self.newest_at, at)
            if kind == LABEL_ENROL:
                self.enrolments += 1
                self.seen |= self._watched.intersection(entry["commitments"])
            elif step := self._step(kind):
                step(public, at, number)
        except EntryNotUsable as problem:
            self._note(CountCheck.ENTRIES, _named(public), str(problem), _find_cell(public), number)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            self._note(CountCheck.ENTRIES, _named(public), "not an entry of a ledger", None, number)

    def finish(self) -> None:
        """Look at what only the end of the ledger tells: whether what was archived is what was counted."""
        for petition in self.petitions.values():
            if petition.archived_at is None:
                continue
            found = sum(petition.count_cells().values())
            settled = self.newest_at > petition.archived_at + BATCH_SECONDS
            if found != petition.archived_count and settled:
                text = f"the ledger counts {found}, and was archived with {petition.archived_count}"
                self._note(CountCheck.ARCHIVED, petition.reference, text)

    def _step(self, kind: str) -> Callable[[Mapping[str, Any], int, int], None] | None:
        steps = {
            OPEN: self._open,
            EDIT: self._edit,
            PROLONG: self._prolong,
            SWITCH: self._switch,
            ARCHIVE: self._archive,
            COUNT: self._count,
        }
        if kind in ENDINGS:
            return self._end
        if kind in (WITHDRAW, INVALIDATE, RESTORE):
            return lambda public, at, number: self._change(kind, public, at, number)
        return steps.get(kind)

    def _open(self, public: Mapping[str, Any], at: int, number: int) -> None:
        reference, key = _text(public, "petition"), _text(public, "public_key")
        if reference in self.petitions:
            self._note(CountCheck.ENTRIES, reference, "opened twice", None, number)
        else:
            self.petitions[reference] = Counted(reference, key, at, read_terms(public, number))

    def _edit(self, public: Mapping[str, Any], _: int, number: int) -> None:
        # Before a petition is open it has no text that anybody could have signed.
        petition = self.petitions.get(_text(public, "petition"))
        if petition is not None and (problem := edit_terms(petition.terms, public, number)):
            self._note(CountCheck.TERMS, petition.reference, problem, None, number)

    def _prolong(self, public: Mapping[str, Any], at: int, number: int) -> None:
        reference, day = _text(public, "petition"), date.fromisoformat(_text(public, "day"))
        petition = self.petitions.get(reference)
        if petition is None or petition.ended_at is not None:
            problem = "prolonged while it is not open"
        else:
            problem = prolong_terms(petition.terms, public, number)
            if not problem and not self._was_off(day, at):
                problem = f"prolonged for {day}, on which signing was never off"
        if problem:
            self._note(CountCheck.TERMS, reference, problem, None, number)

    def _switch(self, public: Mapping[str, Any], at: int, _: int) -> None:
        if public["switch"] != "signing":
            return
        if public["state"] == "off":
            self._off.append((at, None))
        elif self._off:
            self._off[-1] = (self._off[-1][0], at)

    def _was_off(self, day: date, at: int) -> bool:
        return any(_earliest_day(off) <= day <= _latest_day(on or at) for off, on in self._off)

    def _end(self, public: Mapping[str, Any], at: int, _: int) -> None:
        # What is joined to another may never have been open.
        petition = self.petitions.get(_text(public, "petition"))
        if petition is not None and petition.ended_at is None:
            petition.ended_at = at

    def _archive(self, public: Mapping[str, Any], at: int, _: int) -> None:
        petition = self.petitions.get(_text(public, "petition"))
        if petition is not None:
            petition.archived_at, petition.archived_count = at, int(public["count"])

    def _count(self, public: Mapping[str, Any], at: int, number: int) -> None:
        reference, pseudonym, cell = _parse_signature(public)
        cell = self._cells.setdefault(cell, cell)
        petition = self.petitions.get(reference)
        if petition is None:
            self._note(CountCheck.PERIOD, reference, "counted before the petition opened", cell, number)
            return
        if problem := _out_of_time(petition, cell.day, at):
            self._note(CountCheck.PERIOD, reference, problem, cell, number)
        if pseudonym in petition.signatures:
            known = petition.signatures[pseudonym][0]
            text = f"a pseudonym that has signed already ({known}) is counted again"
            self._note(CountCheck.DISTINCT, reference, text, cell, number)
            return
        petition.signatures[pseudonym] = (cell, True)
        petition.enrolled += cell.level in ENROLLED_LEVELS
        if cell.level in ENROLLED_LEVELS and petition.enrolled > self.enrolments:
            text = f"{petition.enrolled} verified signers, but only {self.enrolments} persons were enrolled"
            self._note(CountCheck.ENROLMENTS, reference, text, cell, number)

    def _change(self, kind: str, public: Mapping[str, Any], at: int, number: int) -> None:
        reference, pseudonym = _text(public, "petition"), _parse_pseudonym(public)
        act = kind.rpartition(":")[2]
        petition = self.petitions.get(reference)
        found = petition.signatures.get(pseudonym) if petition else None
        if petition is None or found is None:
            text = f"{act} of a pseudonym that has not signed"
            self._note(CountCheck.CHANGES, reference, text, None, number)
            return
        cell, counts = found
        petition.signatures[pseudonym] = (cell, kind == RESTORE)
        if counts is (kind == RESTORE):
            state = "counts" if counts else "does not count"
            self._note(CountCheck.CHANGES, reference, f"{act} of a signature that {state}", cell, number)
        if petition.archived_at is not None and at > petition.archived_at + BATCH_SECONDS:
            self._note(CountCheck.PERIOD, reference, f"{act} after the petition was archived", cell, number)
        # Moderators undo what they did, also after the end; all others sign again, alone or at a desk.
        if kind == RESTORE and public.get("by") != "moderator" and _is_too_late(petition, at):
            self._note(CountCheck.PERIOD, reference, "signed again after the end", cell, number)

    def _note(
        self, check: CountCheck, petition: str, text: str, cell: Cell | None = None, entry: int | None = None
    ) -> None:
        self.differences.append(Difference(check, petition, text, cell, entry))


def describe_signature(leaf: bytes) -> str:
    """What an entry says of a signature, in words; empty for entries about something else."""
    try:
        entry = json.loads(leaf)
        kind, public = entry["type"], entry["public"]
        if kind == COUNT:
            reference, _, cell = _parse_signature(public)
            return f"petition {reference}, {cell}"
        if kind in (WITHDRAW, INVALIDATE, RESTORE):
            return f"petition {_text(public, 'petition')}, {kind.rpartition(':')[2]}"
    except (EntryNotUsable, LookupError, TypeError, ValueError, RecursionError):
        pass
    return ""


def may_wait(petition: Counted, day: date, read_at: int, newest_at: int) -> bool:
    """Whether what was signed on that day may still wait for the ledger.

    `read_at` is when, as the page says; it cannot be before the newest entry of the ledger that it knows.
    """
    now, last = max(read_at, newest_at), petition.terms.find_last_day()
    in_time = _earliest_day(now - BATCH_SECONDS) <= day <= _latest_day(now)
    return in_time and not _is_over(petition, now) and (last is None or day <= last)


def _parse_signature(public: Mapping[str, Any]) -> tuple[str, bytes, Cell]:
    """Reference, pseudonym and cell of a counted signature. Raises EntryNotUsable."""
    if not isinstance(public, dict) or set(public) != _FIELDS:
        raise EntryNotUsable("a signature's entry has petition, pseudonym, level, place and day, no more")
    cell = Cell(_text(public, "level"), _text(public, "place"), _text(public, "day"))
    if cell.level not in LEVELS:
        raise EntryNotUsable("the level is none of " + ", ".join(LEVELS))
    if not _PLACE.fullmatch(cell.place):
        raise EntryNotUsable("the place is no district and no region")
    if not _is_day(cell.day):
        raise EntryNotUsable("the day is no day")
    return _text(public, "petition"), _parse_pseudonym(public), cell


def _parse_pseudonym(public: Mapping[str, Any]) -> bytes:
    text = _text(public, "pseudonym")
    if not _PSEUDONYM.fullmatch(text):
        raise EntryNotUsable("a pseudonym has 128 hexadecimal digits")
    return bytes.fromhex(text)


def _text(public: Mapping[str, Any], name: str) -> str:
    value = public.get(name)
    if not isinstance(value, str) or not value:
        raise EntryNotUsable(f"{name} is missing")
    return value


def _named(public: object) -> str:
    """The petition that an unusable entry speaks of, as far as it says so."""
    value = public.get("petition") if isinstance(public, dict) else None
    return value if isinstance(value, str) else "?"


def _find_cell(public: object) -> Cell | None:
    """The cell that an unusable entry names, as it stands there."""
    if not isinstance(public, dict) or not {"level", "place", "day"} <= set(public):
        return None
    return Cell(str(public["level"]), str(public["place"]), str(public["day"]))


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _out_of_time(petition: Counted, day: str, at: int) -> str:
    """Why a signature of that day cannot have an entry of that time; empty if it can.

    The reader need not know the town's zone: days are compared as generously as the zones of the earth ask.
    """
    signed, last = date.fromisoformat(day), petition.terms.find_last_day()
    if signed < _earliest_day(petition.opened_at):
        return "signed before the petition opened"
    # The last day and the signature's are of the same zone, the town's.
    if last is not None and signed > last:
        return f"signed after the last day, {last}"
    if _is_over(petition, at) or (petition.ended_at is not None and signed > _latest_day(petition.ended_at)):
        return "counted after the petition ended"
    if not _earliest_day(at - BATCH_SECONDS) <= signed <= _latest_day(at):
        moment = datetime.fromtimestamp(at, UTC)
        return f"the day is not that of an entry of {moment:%Y-%m-%d %H:%M} UTC"
    return ""


def _is_over(petition: Counted, at: int) -> bool:
    return petition.ended_at is not None and at > petition.ended_at + BATCH_SECONDS


def _is_too_late(petition: Counted, at: int) -> bool:
    """Whether whoever signed again by an entry of that time did so after the end."""
    last = petition.terms.find_last_day()
    return _is_over(petition, at) or (last is not None and _earliest_day(at - BATCH_SECONDS) > last)


def _earliest_day(at: int) -> date:
    return (datetime.fromtimestamp(at, UTC) - _ZONES).date()


def _latest_day(at: int) -> date:
    return (datetime.fromtimestamp(at, UTC) + _ZONES).date()
