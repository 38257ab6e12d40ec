"""A small map of the places of both records, drawn from our own outline and points: nothing is fetched for it."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from django.utils.translation import gettext as _

from review.pair.side import SideView
from review.presentation.labels import LETTERS, field_label
from sources.fields import of_kind

WIDTH = 420.0
_MARGIN = 16.0
_SEVERAL = 6
"""A name that more places bear is not drawn: the map would say nothing."""
_EARTH = 6371.0
_ASIDE = 9.0
"""So far a place of B is moved from the same place of A, lest it hide it."""

PLACE_FIELDS = of_kind("place")


@dataclass(frozen=True)
class Spot:
    """A place on the map.

    Attributes:
        number: By which the drawing and the list name it.
        side: 0 for the left record, 1 for the right one.
        label: Which field it is, `written` how the record writes it.
        x: Position in units of the drawing; `y` likewise.
        several: Whether the name may mean several places, of which this is one.
    """

    number: int
    side: int
    label: str
    written: str
    x: float
    y: float
    several: bool

    @property
    def letter(self) -> str:
        """Return the letter of the record."""
        return str(LETTERS[self.side])


@dataclass(frozen=True)
class Line:
    """A line of the grid with its degrees."""

    x1: float
    y1: float
    x2: float
    y2: float
    label: str


@dataclass(frozen=True)
class Atlas:
    """The drawing: the outline of Ukraine as points of a polygon, a grid, and the spots."""

    width: float
    height: float
    outline: str
    grid: tuple[Line, ...]
    spots: tuple[Spot, ...]
    listed: tuple[Spot, ...]
    apart: str


def atlas(left: SideView, right: SideView) -> Atlas | None:
    """Draw the places of both records; None when none of them is known."""
    found = [
        (side, field, _written(view, field), points)
        for side, view in enumerate((left, right))
        for field in PLACE_FIELDS
        if (points := _points(view.values.get(field)))
    ]
    if not found:
        return None
    border = _outline()
    everything = [*border, *(point for *_rest, points in found for point in points)]
    south, north = min(p[0] for p in everything), max(p[0] for p in everything)
    west, east = min(p[1] for p in everything), max(p[1] for p in everything)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * _MARGIN) / ((east - west) * shrink)

    def place(point: tuple[float, float]) -> tuple[float, float]:
        return (
            round(_MARGIN + (point[1] - west) * shrink * scale, 1),
            round(_MARGIN + (north - point[0]) * scale, 1),
        )

    height = round(2 * _MARGIN + (north - south) * scale, 1)
    spots: list[Spot] = []
    listed: list[Spot] = []
    for number, (side, field, written, points) in enumerate(found, start=1):
        made = [
            Spot(number, side, field_label(field), written, *place(point), several=len(points) > 1) for point in points
        ]
        taken = {(spot.x, spot.y) for spot in spots if spot.side != side}
        made = [replace(spot, x=spot.x + _ASIDE) if (spot.x, spot.y) in taken else spot for spot in made]
        spots += made
        listed.append(made[0])
    return Atlas(
        width=WIDTH,
        height=height,
        outline=" ".join(f"{x},{y}" for x, y in map(place, border)),
        grid=tuple(_grid(south, north, west, east, place)),
        spots=tuple(spots),
        listed=tuple(listed),
        apart=_apart(found),
    )


def _grid(south: float, north: float, west: float, east: float, place: object) -> Iterable[Line]:
    assert callable(place)
    step = 5 if max(north - south, (east - west) / 2) < 16 else 10 if east - west < 60 else 20
    for degree in range(math.ceil(south / step) * step, math.floor(north) + 1, step):
        (x1, y1), (x2, y2) = place((degree, west)), place((degree, east))
        yield Line(x1, y1, x2, y2, f"{degree}°")
    for degree in range(math.ceil(west / step) * step, math.floor(east) + 1, step):
        (x1, y1), (x2, y2) = place((north, degree)), place((south, degree))
        yield Line(x1, y1, x2, y2, f"{degree}°")


def _apart(found: list[tuple[int, str, str, tuple[tuple[float, float], ...]]]) -> str:
    """Say how far apart the last known places of both records are, when each is one place."""
    last = {side: points[0] for side, field, _text, points in found if field == "last_place" and len(points) == 1}
    if len(last) < 2:
        return ""
    kilometres = round(_distance(last[0], last[1]), -1)
    if kilometres < 10:
        return _("The last known places of both records are one and the same, or neighbours.")
    return _("Between the last known places of both records: some %(km)s km.") % {"km": int(kilometres)}


def _distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    (a, b), (c, d) = (map(math.radians, point) for point in (one, other))
    half = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 2 * _EARTH * math.asin(math.sqrt(half))


def _points(value: object) -> tuple[tuple[float, float], ...]:
    identifiers = value if isinstance(value, list) else []
    known = _known()
    points = tuple(dict.fromkeys(known[i] for i in identifiers if i in known))
    return points if len(points) <= _SEVERAL else ()


def _written(side: SideView, field: str) -> str:
    found = next((f for f in side.fields if f.field == field), None)
    return ", ".join(found.written) if found else ""


@cache
def _known() -> dict[str, tuple[float, float]]:
    return {row["id"]: (float(row["latitude"]), float(row["longitude"])) for row in _rows("place_points.tsv")}


@cache
def _outline() -> tuple[tuple[float, float], ...]:
    return tuple((float(row["latitude"]), float(row["longitude"])) for row in _rows("outline.tsv"))


def _rows(name: str) -> list[dict[str, str]]:
    text = files("review").joinpath("data", name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))
