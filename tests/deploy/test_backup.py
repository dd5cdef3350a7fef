"""A backup can be opened again, encrypted or not, and old ones disappear."""

import sqlite3
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyrage
import pytest

from config import Development
from deploy.backup import make_backup, prune

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path: Path) -> Development:
    data = tmp_path / "instance"
    (data / "keys").mkdir(parents=True)
    (data / "keys" / "session.key").write_text("k")
    with closing(sqlite3.connect(data / "hwabaek.sqlite3")) as connection:
        connection.execute("CREATE TABLE t (a)")
        connection.execute("INSERT INTO t VALUES (7)")
        connection.commit()
    return Development(data_dir=data, database_url=f"sqlite:///{data / 'hwabaek.sqlite3'}")


def read_back(path: Path, folder: Path) -> None:
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
    with closing(sqlite3.connect(folder / "database")) as connection:
        assert connection.execute("SELECT a FROM t").fetchall() == [(7,)]
    assert (folder / "data" / "keys" / "session.key").read_text() == "k"
    assert not (folder / "data" / "hwabaek.sqlite3").exists()


def test_a_backup_holds_database_and_data(instance: Development, tmp_path: Path) -> None:
    path = make_backup(instance, tmp_path, NOW, None)
    assert path.name == "hwabaek-20260504T030201Z.tar.gz"
    assert path.stat().st_mode & 0o077 == 0
    read_back(path, tmp_path / "back")


def test_a_backup_can_be_encrypted(instance: Development, tmp_path: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    path = make_backup(instance, tmp_path, NOW, str(identity.to_public()))
    assert path.suffix == ".age"
    plain = tmp_path / "plain.tar.gz"
    plain.write_bytes(pyrage.decrypt(path.read_bytes(), [identity]))
    read_back(plain, tmp_path / "back")


def test_old_backups_disappear(tmp_path: Path) -> None:
    names = [
        "hwabaek-20260101T000000Z.tar.gz",
        "hwabaek-20260101T000000Z.tar.gz.age",
        "hwabaek-20260503T000000Z.tar.gz",
    ]
    for name in [*names, "other.tar.gz"]:
        (tmp_path / name).touch()
    prune(tmp_path, NOW - timedelta(days=30))
    assert sorted(path.name for path in tmp_path.iterdir()) == [names[2], "other.tar.gz"]
