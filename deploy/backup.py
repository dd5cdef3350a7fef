"""Writes one backup of a running instance and deletes old ones. `python -m deploy.backup FOLDER`.

A backup holds the database and the data folder (keys, archives, mail that waits). With BACKUP_RECIPIENT (an
age public key, age1...) it is encrypted to it: keep the private key elsewhere. Backups older than
BACKUP_DAYS (30) are deleted, because what a citizen had erased must disappear from backups too.
"""

import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage

from config import Base, from_env

PREFIX = "hwabaek-"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
SQLITE_PREFIX = "sqlite:///"
LEFT_OUT_SUFFIXES = (".sqlite3", ".sqlite3-wal", ".sqlite3-shm", ".lock")


class BackupError(Exception):
    """The backup could not be made; the message says why."""


def main(arguments: list[str]) -> int:
    """Back up into the folder named on the command line."""
    if len(arguments) != 1:
        print("usage: python -m deploy.backup FOLDER", file=sys.stderr)
        return 2
    settings, folder, now = from_env(), Path(arguments[0]), datetime.now(UTC)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        print(make_backup(settings, folder, now, os.environ.get("BACKUP_RECIPIENT")))
    except BackupError as problem:
        print(problem, file=sys.stderr)
        return 1
    prune(folder, now - timedelta(days=int(os.environ.get("BACKUP_DAYS") or 30)))
    return 0


def make_backup(settings: Base, folder: Path, now: datetime, recipient: str | None) -> Path:
    """Write one backup; it appears under its name only when it is complete."""
    os.umask(0o077)
    name = f"{PREFIX}{now.strftime(TIME_FORMAT)}.tar.gz"
    with tempfile.TemporaryDirectory(dir=folder, prefix=".making-") as work:
        packed = Path(work) / name
        with tarfile.open(packed, "w:gz") as archive:
            archive.add(dump_database(settings, Path(work)), arcname="database")
            archive.add(settings.data_dir, arcname="data", filter=leave_out_databases)
        if recipient:
            encrypted = packed.with_name(f"{name}.age")
            pyrage.encrypt_file(str(packed), str(encrypted), [pyrage.x25519.Recipient.from_str(recipient)])
            packed = encrypted
        return packed.replace(folder / packed.name)


def dump_database(settings: Base, work: Path) -> Path:
    """A consistent copy of the database while the service goes on: SQLite's own copy, or pg_dump's."""
    target = work / "database"
    if settings.database_url.startswith(SQLITE_PREFIX):
        path = settings.database_url.removeprefix(SQLITE_PREFIX)
        with (
            closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
        return target
    address = settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1)
    command = ["pg_dump", "--format=custom", f"--file={target}", f"--dbname={address}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BackupError(f"pg_dump failed: {done.stderr.strip()}")
    return target


def leave_out_databases(item: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Live database files are not copied byte by byte: a copy made while they change is broken."""
    return None if item.name.endswith(LEFT_OUT_SUFFIXES) else item


def prune(folder: Path, oldest: datetime) -> None:
    """Delete the backups made before `oldest`; files with other names are not ours."""
    for path in folder.glob(f"{PREFIX}*.tar.gz*"):
        stamp = path.name.removeprefix(PREFIX).split(".")[0]
        if datetime.strptime(stamp, TIME_FORMAT).replace(tzinfo=UTC) < oldest:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
