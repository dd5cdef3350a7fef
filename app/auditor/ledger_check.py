"""Mirrors a log and recomputes everything that it claims, from its entries up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.auditor.ledger_source import NotThere, Source
from app.core.checkpoints import (
    Checkpoint,
    Note,
    VerifierKey,
    list_cosignatures,
    open_checkpoint,
    parse_note,
)
from app.core.ledger_errors import LedgerError
from app.core.merkle import (
    HASH_BYTES,
    TILE_HEIGHT,
    TILE_WIDTH,
    entries_path,
    leaf_hash,
    node_in_tile,
    root_hash,
    tile_path,
    tile_widths,
)

CHECKPOINT = "checkpoint"


@dataclass(frozen=True)
class Finding:
    """One check and its outcome; `entry` is the first index that it fails at, where there is one."""

    check: str
    passed: bool
    detail: str
    entry: int | None = None


@dataclass
class Report:
    """Everything that was checked, in order."""

    origin: str
    size: int
    root: bytes
    findings: list[Finding] = field(default_factory=list)

    @property
    def valid(self) -> bool:
        """Whether nothing failed."""
        return all(finding.passed for finding in self.findings)

    def add(self, check: str, detail: str, *, passed: bool = True, entry: int | None = None) -> None:
        """Note an outcome."""
        self.findings.append(Finding(check, passed, detail, entry))


@dataclass(frozen=True)
class Earlier:
    """A checkpoint that was kept, and the mirror beside it, if there is one."""

    checkpoint: Checkpoint
    mirror: Source | None = None


class Rows:
    """The hashes of a tree, row by row as tiles have them, computed from its leaves alone."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.rows = [leaves]
        while len(self.rows[-1]) >= TILE_WIDTH:
            row = self.rows[-1]
            self.rows.append(
                [
                    node_in_tile(row[at : at + TILE_WIDTH], TILE_HEIGHT, 0)
                    for at in range(0, len(row) - TILE_WIDTH + 1, TILE_WIDTH)
                ]
            )

    def root(self, size: int) -> bytes:
        """MTH of the first `size` leaves."""
        return root_hash(size, self._read)

    def _read(self, level: int, index: int) -> bytes:
        row, inner = divmod(level, TILE_HEIGHT)
        first = index << inner
        return node_in_tile(self.rows[row][first : first + (1 << inner)], inner, 0)


def check_log(
    source: Source,
    note: Note,
    keys: Sequence[VerifierKey],
    *,
    origin: str | None = None,
    earlier: Earlier | None = None,
    witnesses: Sequence[VerifierKey] = (),
    out: Path | None = None,
) -> Report:
    """Check a log against the checkpoint that it serves, and against one that was kept."""
    checkpoint = open_checkpoint(note, keys, origin)
    report = Report(checkpoint.origin, checkpoint.size, checkpoint.root)
    report.add("checkpoint-signature", f"signed by {checkpoint.origin}")
    _check_cosignatures(report, note, witnesses)
    try:
        rows = Rows(_mirror_leaves(report, source, checkpoint.size, out))
        _check_upper_tiles(report, source, rows, out)
    except NotThere as missing:
        report.add("tiles", f"the log does not serve {missing}", passed=False)
        return report
    if len(rows.rows[0]) < checkpoint.size:
        return report
    found = rows.root(checkpoint.size)
    report.add("root", f"recomputed {found.hex()}", passed=found == checkpoint.root)
    if earlier is not None:
        _check_earlier(report, earlier, rows)
    return report


def read_entries(source: Source, keys: Sequence[VerifierKey]) -> list[bytes]:
    """Every entry below the checkpoint that a source has, once they lead to its root.

    Raises LedgerError where they do not, NotThere.
    """
    checkpoint = open_checkpoint(read_note(source.read(CHECKPOINT)), keys)
    entries: list[bytes] = []
    for level, number, width in tile_widths(checkpoint.size):
        if level == 0:
            entries += _read_bundle(source, number, width)
    if Rows([leaf_hash(entry) for entry in entries]).root(checkpoint.size) != checkpoint.root:
        raise LedgerError("the entries do not lead to the root of the checkpoint")
    return entries


def iterate_entries(source: Source, size: int) -> Iterator[bytes]:
    """The first `size` entries as a source has them, unverified. Raises NotThere where some are missing."""
    for level, number, width in tile_widths(size):
        if level:
            break
        yield from _read_bundle(source, number, width)


def _check_cosignatures(report: Report, note: Note, witnesses: Sequence[VerifierKey]) -> None:
    for witness in witnesses:
        check = f"cosignature:{witness.name}"
        try:
            at = list_cosignatures(note, [witness]).get(witness)
        except LedgerError as problem:
            report.add(check, str(problem), passed=False)
            continue
        report.add(check, "none on this checkpoint" if at is None else f"made at {at}", passed=at is not None)


def _mirror_leaves(report: Report, source: Source, size: int, out: Path | None) -> list[bytes]:
    """The leaf hashes computed from the entries; the first entry that its tile contradicts is named."""
    leaves: list[bytes] = []
    bad: int | None = None
    for level, number, width in tile_widths(size):
        if level:
            break
        found = [leaf_hash(entry) for entry in _read_bundle(source, number, width, out)]
        tile = split_hashes(_fetch(source, tile_path(0, number, width), out))
        if bad is None and found != tile:
            bad = number * TILE_WIDTH + first_difference(found, tile)
        leaves += found
        if len(found) != width:
            break
    detail = f"{len(leaves)} entries hash to what the tiles say"
    if bad is not None:
        detail = f"entry {bad} is not what its tile says"
    report.add("entries", detail, passed=bad is None and len(leaves) == size, entry=bad)
    return leaves


def _check_upper_tiles(report: Report, source: Source, rows: Rows, out: Path | None) -> None:
    for level, number, width in tile_widths(len(rows.rows[0])):
        if level == 0:
            continue
        path = tile_path(level, number, width)
        start = number * TILE_WIDTH
        if _fetch(source, path, out) != b"".join(rows.rows[level][start : start + width]):
            report.add("tiles", f"{path} does not follow from the entries", passed=False)
            return
    report.add("tiles", "the upper tiles follow from the entries")


def _check_earlier(report: Report, earlier: Earlier, rows: Rows) -> None:
    old = earlier.checkpoint
    if old.origin != report.origin:
        report.add("earlier", f"it is of another log: {old.origin}", passed=False)
    elif old.size > report.size:
        detail = f"the log had {old.size} entries and now has {report.size}"
        report.add("earlier", detail, passed=False, entry=report.size)
    elif rows.root(old.size) == old.root:
        report.add("earlier", f"the {old.size} entries of the earlier checkpoint are its beginning")
    else:
        entry = _first_change(earlier, rows)
        where = "" if entry is None else f"; the first is entry {entry}"
        detail = f"some of the {old.size} entries of the earlier checkpoint were changed{where}"
        report.add("earlier", detail, passed=False, entry=entry)


def _first_change(earlier: Earlier, rows: Rows) -> int | None:
    """The first entry that differs from the earlier mirror's, if its tiles are there."""
    if earlier.mirror is None:
        return None
    try:
        for level, number, width in tile_widths(earlier.checkpoint.size):
            if level:
                break
            old = split_hashes(earlier.mirror.read(tile_path(0, number, width)))
            start = number * TILE_WIDTH
            new = rows.rows[0][start : start + width]
            if old != new:
                return start + first_difference(old, new)
    except NotThere:
        pass
    return None


def _fetch(source: Source, path: str, out: Path | None) -> bytes:
    content = source.read(path)
    if out is not None:
        target = out / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return content


def _read_bundle(source: Source, number: int, width: int, out: Path | None = None) -> Iterator[bytes]:
    """The entries of a bundle, at most `width`; what is cut off or too long is an entry of its own."""
    content = _fetch(source, entries_path(number, width), out)
    at = 0
    while at < len(content):
        end = at + 2 + int.from_bytes(content[at : at + 2], "big")
        yield content[at + 2 : end]
        at = end


def split_hashes(tile: bytes) -> list[bytes]:
    """A tile's hashes."""
    return [tile[at : at + HASH_BYTES] for at in range(0, len(tile), HASH_BYTES)]


def first_difference(first: Sequence[bytes], second: Sequence[bytes]) -> int:
    """Where two lists begin to differ."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(first), len(second)))


def read_note(content: bytes) -> Note:
    """A note from a file's bytes. Raises LedgerError's kinds."""
    return parse_note(content.decode("utf-8", "replace"))
