"""The map of partners: engagements with coordinates, as marks over `static/land.svg` in Miller's projection.

Marks that would overlap become one with a number. A list beside the map holds the same without a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from web.register.map_queries import MapEntry

#: The visible part of the picture in its own units: left, top, width, height.
VIEWS = {"europe": (302, 44, 152, 122), "world": (0, 0, 720, 361)}
#: Marks nearer to each other than this share of the visible width become one.
NEAR = 1 / 36
#: Width of a view on the page, pixels.
WIDTH = 760
_NORTH = 84.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark: a single engagement, or several close to each other."""

    #: Its number in the list.
    number: int
    x: float
    y: float
    entries: tuple[MapEntry, ...]

    @property
    def shape(self) -> str:
        """city, network, organisation, country, or several."""
        return "several" if len(self.entries) > 1 else (self.entries[0].partner_kind or "city")


@dataclass(frozen=True, slots=True)
class Map:
    """The values of the map's page."""

    view: str
    marks: tuple[Mark, ...]
    #: Engagements outside the visible part, which are in the list alone.
    outside: tuple[MapEntry, ...]
    #: Whether more match than were read.
    is_cut: bool

    @property
    def view_box(self) -> tuple[int, int, int, int]:
        """The visible part of the picture."""
        return VIEWS[self.view]

    @property
    def unit(self) -> float:
        """A pixel of the page in units of the picture."""
        return self.view_box[2] / WIDTH


def map_of(entries: Iterable[MapEntry], view: str, *, is_cut: bool = False) -> Map:
    """The map of a view: `europe`, `world`, or empty for the smallest that shows every entry."""
    entries = tuple(entries)
    if view not in VIEWS:
        view = "europe" if all(_inside(entry, "europe") for entry in entries) else "world"
    inside = [entry for entry in entries if _inside(entry, view)]
    outside = tuple(entry for entry in entries if not _inside(entry, view))
    return Map(view, _marks(inside, VIEWS[view][2] * NEAR), outside, is_cut)


def position(latitude: float, longitude: float) -> tuple[float, float]:
    """Coordinates in units of the picture, by Miller's projection."""
    return round((longitude + 180) * 2, 2), round((_miller(_NORTH) - _miller(latitude)) * 360 / math.pi, 2)


def _miller(latitude: float) -> float:
    within = max(-_NORTH, min(_NORTH, latitude))
    return 1.25 * math.log(math.tan(math.pi / 4 + 0.4 * math.radians(within)))


def _inside(entry: MapEntry, view: str) -> bool:
    left, top, width, height = VIEWS[view]
    x, y = position(entry.latitude, entry.longitude)
    return left <= x <= left + width and top <= y <= top + height


def _marks(entries: Sequence[MapEntry], near: float) -> tuple[Mark, ...]:
    """Each entry joins the first mark near it, else makes its own."""
    found: list[tuple[float, float, list[MapEntry]]] = []
    for entry in entries:
        x, y = position(entry.latitude, entry.longitude)
        for mark_x, mark_y, together in found:
            if math.hypot(x - mark_x, y - mark_y) < near:
                together.append(entry)
                break
        else:
            found.append((x, y, [entry]))
    return tuple(Mark(number, x, y, tuple(together)) for number, (x, y, together) in enumerate(found, 1))
