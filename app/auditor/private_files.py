"""Files that only their owner may read, written whole or not at all."""

import os
import tempfile
from pathlib import Path

from app.auditor.refusals import CommandRefused


def make_empty_folder(folder: Path) -> None:
    """Make a folder that only its owner enters; CommandRefused where it holds something already."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandRefused(f"{folder} exists and is not an empty folder")
    make_folder(folder)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner enters, unless it is there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """Replace a file by one with this content and mode 0600, safe on disk when this returns."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
