"""Where a log is read from: an address, or a folder that holds a mirror of it."""

import urllib.error
import urllib.request
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from app.auditor.refusals import CommandRefused

ANSWER_SECONDS = 60
LARGEST_ANSWER = 2**25


class NotThere(Exception):
    """The source answers, but has no such file."""


class Source(Protocol):
    """Gives the log's files by their path below its prefix."""

    def read(self, path: str) -> bytes:
        """The file's bytes. Raises NotThere, CommandRefused where the source cannot be reached."""


class Site:
    """A log over HTTP."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    def read(self, path: str) -> bytes:
        """GET a file."""
        address = f"{self._address}/{path}"
        try:
            # open_source() lets http and https addresses through only.
            with urllib.request.urlopen(address, timeout=ANSWER_SECONDS) as answer:  # noqa: S310
                return answer.read(LARGEST_ANSWER)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            if refusal.code in (404, 410):
                raise NotThere(path) from refusal
            raise CommandRefused(f"{address}: answered {refusal.code}") from refusal
        except (urllib.error.URLError, OSError) as problem:
            raise CommandRefused(f"{address}: {getattr(problem, 'reason', problem)}") from problem


class Folder:
    """A log that was mirrored before."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, path: str) -> bytes:
        """Read a file."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as problem:
            raise NotThere(path) from problem


def open_source(text: str) -> Source:
    """What the command was given: an http(s) address or a folder. Raises CommandRefused."""
    if urlsplit(text).scheme in ("http", "https"):
        return Site(text)
    if not Path(text).is_dir():
        raise CommandRefused(f"{text} is neither an http(s) address nor a folder")
    return Folder(Path(text))
