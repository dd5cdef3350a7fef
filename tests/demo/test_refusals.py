"""Where there will be no demo town, and what an interrupted seeding leaves. On databases of their own."""

import pytest

from app.demo import seed as seeding
from config import Testing as Settings

CITIZENS = 30


@pytest.mark.usefixtures("db")
def test_production_never_gets_a_demo_town(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HWABAEK_ENV", "production")

    with pytest.raises(seeding.SeedRefused, match="production"):
        seeding.ensure_may_seed(CITIZENS)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("count", [0, seeding.FEWEST_CITIZENS - 1, 601])
def test_a_town_needs_some_citizens_and_has_names_for_600(count: int) -> None:
    with pytest.raises(seeding.SeedRefused, match="from 20 to 600"):
        seeding.ensure_may_seed(count)


def test_an_interrupted_seeding_leaves_no_rows(db: object, config: Settings) -> None:
    def fail(what: str, count: int) -> object:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seeding.seed_town(CITIZENS, fail)  # type: ignore[arg-type]

    assert seeding.is_empty()
    assert (config.data_dir / seeding.SEEDING_MARK).exists()
