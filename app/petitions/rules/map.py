"""A map of the districts as paths of an SVG picture, from GeoJSON. Pure."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 480
# How many shades there are above "none".
SHADES = 4
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Area:
    """One district: its code, the outline, its count, and how dark it is drawn (0: none)."""

    code: str
    path: str
    count: int
    shade: int


@dataclass(frozen=True)
class Map:
    """A picture of WIDTH by `height`."""

    height: int
    areas: tuple[Area, ...]


def draw_map(geojson: Mapping[str, Any], counts: Mapping[str, int]) -> Map | None:
    """The districts that the GeoJSON outlines (`properties.code`); None where it has none.

    Equirectangular around the middle: a town is small enough for that.
    """
    outlines = {
        str(feature["properties"]["code"]): list(_rings(feature["geometry"]))
        for feature in geojson.get("features", ())
        if feature.get("properties", {}).get("code")
    }
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    flatten = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * flatten, 1e-9)

    def place(point: Sequence[float]) -> str:
        return f"{(point[0] - west) * flatten * scale:.1f} {(north - point[1]) * scale:.1f}"

    most = max((counts.get(code, 0) for code in outlines), default=0)
    areas = tuple(
        Area(code, _path(rings, place), counts.get(code, 0), _shade(counts.get(code, 0), most))
        for code, rings in outlines.items()
    )
    return Map(math.ceil((north - south) * scale), areas)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for polygon in geometry["coordinates"]:
            yield from polygon


def _path(rings: Iterable[Ring], place: Any) -> str:
    return "".join("M" + "L".join(place(point) for point in ring) + "Z" for ring in rings)


def _shade(count: int, most: int) -> int:
    return math.ceil(SHADES * count / most) if count and most else 0
