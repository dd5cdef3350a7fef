"""The demo town can be made at any hour: what it has of the past fits together whatever the clock says."""

from datetime import UTC, datetime, time, tzinfo

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.demo import elections as demo_elections
from app.demo.cli import demo
from app.elections.models import Election
from app.extensions import db
from app.platform import clock


@pytest.fixture(params=[time(0, 5), time(15, 5), time(23, 50)], ids=str)
def hour(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> time:
    """An hour of today in UTC: the first, the last, and one just after the town's own midnight."""
    shift = datetime.combine(datetime.now(UTC), request.param, UTC) - datetime.now(UTC)

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + shift

    for module in (clock, demo_elections):
        monkeypatch.setattr(module, "datetime", Moved)
    return request.param


def test_the_town_is_made_at_any_hour(app: Flask, hour: time) -> None:
    answer = app.test_cli_runner().invoke(demo, ["seed", "--citizens", "30"])
    assert answer.exit_code == 0, (hour, answer.output, answer.exception)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Election)) == 4
