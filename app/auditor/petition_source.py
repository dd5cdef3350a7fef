"""Where petitions are read from: a site, one petition's address, or a folder that was saved from one.

A folder holds the files under the paths that the site has: `ledger/…` (a mirror of the ledger),
`petitions/data.json`, and `petitions/<reference>/data.json` of each petition.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from app.auditor.ledger_source import Folder, NotThere, Source, open_source
from app.auditor.refusals import CommandRefused
from app.auditor.report_text import printable
from app.core.ledger_errors import LedgerError
from app.core.published_counts import PublishedCount, parse_published, parse_published_list

# Becomes a folder's name, so what a site lists is not taken on trust.
REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,40}")
LIST = "petitions/data.json"


@dataclass(frozen=True)
class Below:
    """The part of a source under a prefix."""

    source: Source
    prefix: str

    def read(self, path: str) -> bytes:
        """Read a file below the prefix."""
        return self.source.read(f"{self.prefix}/{path}")


def open_site(text: str) -> tuple[Source, str | None]:
    """The site's or folder's source, and the petition that the address names, if it names one."""
    parts = urlsplit(text)
    reference = None
    if parts.scheme in ("http", "https"):
        head, found, tail = parts.path.partition("/petitions")
        if found:
            reference = tail.strip("/").partition("/")[0] or None
            text = urlunsplit((parts.scheme, parts.netloc, head, "", ""))
    return open_source(text), reference


def read_published(source: Source, reference: str | None, save: Path | None) -> list[PublishedCount]:
    """What the site publishes about one petition, or about each that it lists.

    Raises CommandRefused where something is missing or cannot be read.
    """
    references = [reference] if reference else _read_list(source, save)
    return [_read_one(source, name, save) for name in references]


def read_published_before(folder: Path, references: Iterable[str]) -> list[PublishedCount]:
    """What a saved folder has of these petitions; it need not have any. Raises CommandRefused."""
    there = [name for name in references if (folder / "petitions" / name / "data.json").is_file()]
    return [_read_one(Folder(folder), name, None) for name in there]


def _read_list(source: Source, save: Path | None) -> list[str]:
    try:
        return parse_published_list(_fetch(source, LIST, save))
    except LedgerError as problem:
        raise CommandRefused(f"{LIST}: {printable(problem)}") from problem


def _read_one(source: Source, reference: str, save: Path | None) -> PublishedCount:
    if not REFERENCE.fullmatch(reference):
        raise CommandRefused(f"{printable(reference)} is no petition's reference")
    path = f"petitions/{reference}/data.json"
    try:
        published = parse_published(_fetch(source, path, save))
    except LedgerError as problem:
        raise CommandRefused(f"{path}: {printable(problem)}") from problem
    if published.petition != reference:
        raise CommandRefused(f"{path} is about petition {printable(published.petition)}")
    return published


def _fetch(source: Source, path: str, save: Path | None) -> bytes:
    try:
        content = source.read(path)
    except NotThere as missing:
        raise CommandRefused(f"there is no {path}") from missing
    if save is not None:
        (save / path).parent.mkdir(parents=True, exist_ok=True)
        (save / path).write_bytes(content)
    return content
