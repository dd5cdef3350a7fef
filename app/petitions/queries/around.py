"""What stands around a petition: its signatures by day and place, what is trending, what happened lately."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from app.extensions import db
from app.petitions.models import Petition, PetitionTotal
from app.petitions.queries.recorded import get_recorded
from app.petitions.queries.switches import is_off
from app.petitions.rules.life import PetitionState
from app.petitions.rules.map import Map, draw_map
from app.petitions.rules.signing import LOCAL
from app.petitions.rules.switches import Switch
from app.platform import clock

TRENDING = 3
FEED_LENGTH = 50
MAP_FILE = "map.geojson"


@dataclass(frozen=True)
class Around:
    """A petition's signatures by day and by public place, as the ledger has them (`as_of` none: not yet)."""

    as_of: datetime | None
    count: int
    days: Sequence[tuple[date, int]]
    places: Sequence[tuple[str, int]]
    picture: Map | None


@dataclass(frozen=True)
class Trending:
    """An open petition and how many have signed it since yesterday."""

    petition: Petition
    count: int


def describe_around(petition_id: int) -> Around:
    """By day without gaps, by place as the entries say it, and the map where the instance has one."""
    recorded = get_recorded(petition_id)
    days, places = Counter[date](), Counter[str]()
    for (_, place, day), count in recorded.cells.items():
        days[day] += count
        places[place] += count
    districts = {
        place.removeprefix("district:"): count
        for place, count in places.items()
        if place.startswith("district:")
    }
    most_first = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    return Around(recorded.as_of, recorded.count, _fill_days(days), most_first, _draw(districts))


def list_trending() -> list[Trending]:
    """The open petitions with most signatures since yesterday; none while that is switched off."""
    if is_off(Switch.TRENDING):
        return []
    since = clock.now().astimezone(LOCAL).date() - timedelta(days=1)
    number = func.sum(PetitionTotal.count).label("number")
    wanted = (
        select(Petition, number)
        .join(PetitionTotal, PetitionTotal.petition_id == Petition.id)
        .where(Petition.state == PetitionState.OPEN, PetitionTotal.on >= since)
        .group_by(Petition.id)
        .having(number > 0)
        .order_by(number.desc(), Petition.id)
        .limit(TRENDING)
    )
    return [Trending(row[0], int(row.number)) for row in db.session.execute(wanted)]


def list_newest() -> list[Petition]:
    """The petitions that opened last, newest first."""
    wanted = select(Petition).where(
        Petition.opened_at.is_not(None), Petition.state.not_in([PetitionState.HIDDEN])
    )
    return list(db.session.scalars(wanted.order_by(Petition.opened_at.desc()).limit(FEED_LENGTH)))


def _fill_days(counts: Mapping[date, int]) -> list[tuple[date, int]]:
    if not counts:
        return []
    first, last = min(counts), max(counts)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return [(day, counts.get(day, 0)) for day in days]


def _draw(districts: Mapping[str, int]) -> Map | None:
    geojson = _read_map()
    return draw_map(geojson, districts) if geojson else None


def _read_map() -> dict[str, Any] | None:
    """The instance's own outlines of its districts, read again when the file changes."""
    path = Path(current_app.config["DATA_DIR"]) / MAP_FILE
    try:
        changed = path.stat().st_mtime_ns
        known = current_app.extensions.get("petition_map")
        if known is None or known[0] != changed:
            known = current_app.extensions["petition_map"] = (changed, json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        # No map, or one that cannot be read: the table says the same.
        return None
    outlines: dict[str, Any] = known[1]
    return outlines
