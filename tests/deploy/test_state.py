"""A start prepares nothing only when it is certain that nothing is missing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from deploy.state import DATABASE_NAME, SEEDING_MARK, find_heads, is_prepared


def write_database(data_dir: Path, version: str, names: tuple[str, ...]) -> None:
    with closing(sqlite3.connect(data_dir / DATABASE_NAME)) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (version,))
        connection.execute("CREATE TABLE person (name TEXT)")
        connection.executemany("INSERT INTO person VALUES (?)", [(name,) for name in names])
        connection.commit()


@pytest.fixture
def head() -> str:
    (only,) = find_heads()
    return only


def test_a_full_database_at_the_newest_migration_is_prepared(tmp_path: Path, head: str) -> None:
    write_database(tmp_path, head, ("Kim",))
    assert is_prepared(tmp_path, demo=True)


def test_an_empty_database_lacks_only_the_demo(tmp_path: Path, head: str) -> None:
    write_database(tmp_path, head, ())
    assert is_prepared(tmp_path, demo=False)
    assert not is_prepared(tmp_path, demo=True)


def test_what_is_uncertain_is_not_prepared(tmp_path: Path, head: str) -> None:
    assert not is_prepared(tmp_path, demo=False)
    (tmp_path / DATABASE_NAME).write_bytes(b"no database")
    assert not is_prepared(tmp_path, demo=False)
    (tmp_path / DATABASE_NAME).unlink()
    write_database(tmp_path, "0000", ("Kim",))
    assert not is_prepared(tmp_path, demo=False)


def test_an_interrupted_seeding_is_not_prepared(tmp_path: Path, head: str) -> None:
    write_database(tmp_path, head, ("Kim",))
    (tmp_path / SEEDING_MARK).touch()
    assert not is_prepared(tmp_path, demo=True)


def test_heads_are_the_revisions_that_nothing_builds_upon(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('revision = "0001"\ndown_revision = None\n')
    (tmp_path / "b.py").write_text('revision: str = "0002"\ndown_revision: str | None = "0001"\n')
    assert find_heads(tmp_path) == {"0002"}
