"""Sees without loading the application whether there is anything to prepare: most starts find nothing."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION_TABLE = "alembic_version"
DATABASE_NAME = "hwabaek.sqlite3"
# Lies in DATA_DIR while the demo town is being made.
SEEDING_MARK = "demo-is-being-made"
REVISION = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"(\w+)"', re.MULTILINE)


def is_prepared(data_dir: Path, demo: bool) -> bool:
    """Whether the SQLite database in `data_dir` has every migration and, with `demo`, a whole town.

    False where that is not certain; `python -m deploy.prepare` then looks again, and does it.
    """
    path = data_dir / DATABASE_NAME
    if not path.is_file() or (data_dir / SEEDING_MARK).exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as connection:
            versions = {row[0] for row in connection.execute(f"SELECT version_num FROM {VERSION_TABLE}")}  # noqa: S608
            return versions == find_heads() and (not demo or has_rows(connection))
    except sqlite3.Error:
        return False


def find_heads(folder: Path = ROOT / "migrations" / "versions") -> set[str]:
    """The revisions that no other one builds upon, read from the migrations' first lines."""
    found = [match for path in folder.glob("*.py") for match in REVISION.findall(path.read_text("utf-8"))]
    revisions = {number for name, number in found if name == "revision"}
    return revisions - {number for name, number in found if name == "down_revision"}


def has_rows(connection: sqlite3.Connection) -> bool:
    """Whether any table but the migrations' own holds a row."""
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> ?", (VERSION_TABLE,)
    )
    return any(
        connection.execute(f'SELECT EXISTS (SELECT 1 FROM "{name}")').fetchone()[0]  # noqa: S608
        for (name,) in tables.fetchall()
    )
