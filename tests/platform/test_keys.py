"""Keys outside the database: made once, readable by us alone, the same for all who start at once."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.platform import keys


def test_all_who_start_at_once_agree(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: keys.load_or_create(tmp_path / "keys", "one"), range(32)))
    assert len(made) == 1
    assert len(made.pop()) == 32
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["one.key"]
    assert stat.S_IMODE((tmp_path / "keys" / "one.key").stat().st_mode) == 0o600
    assert keys.load_or_create(tmp_path / "keys", "two") != keys.load_or_create(tmp_path / "keys", "one")
