"""Reading .bel files from disk."""

from pathlib import Path

from app.auditor.refusals import CommandRefused
from app.core.archive import looks_like_archive


def read_archive_file(path: Path) -> bytes:
    """The bytes of a file that begins as an archive does; CommandRefused otherwise."""
    raw = path.read_bytes()
    if not looks_like_archive(raw):
        raise CommandRefused(f"{path} does not begin as a Belenios archive (.bel) does")
    return raw
