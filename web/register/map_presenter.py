"""The map of partners: engagements with coordinates, as marks over `static/land.svg` in Miller's projection.

Marks that would overlap become one with a number. A list beside the map holds the same without a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Engagement
from web.register.queries import RegisterFilter, matching, status_on
from workflow.cases.secrecy import Reader
from workflow.core.tenants import Tenant

#: Engagements on one map; the northernmost are shown when there are more.
MOST = 300
#: The visible part of the picture in its own units: left, top, width, height.
VIEWS = {"europe": (302, 44, 152, 122), "world": (0, 0, 720, 361)}
#: Marks nearer to each other than this share of the visible width become one.
NEAR = 1 / 36
#: Width of a view on the page, pixels.
WIDTH = 760
_NORTH = 84.0
_E = Engagement


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One engagement on the map."""

    number: str
    kind: str
    title: str
    partner: str
    country: str
    #: city, network, organisation, country or empty.
    partner_kind: str
    status: str
    latitude: float
    longitude: float


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


def map_entries(
    db: Session, tenant: Tenant, reader: Reader, filters: RegisterFilter, today: date
) -> tuple[tuple[MapEntry, ...], bool]:
    """Matching engagements with coordinates, from north to south, and whether there are more; one or two statements."""
    matches = matching(db, tenant, reader, filters, today)
    columns = (_E.number, _E.kind, _E.title, _E.partner_name, _E.partner_country, _E.partner_kind)
    query = (
        select(*columns, _E.status, _E.ends_on, _E.notice_on, _E.latitude, _E.longitude)
        .where(_E.latitude.is_not(None), _E.longitude.is_not(None), *matches.conditions)
        .order_by(_E.latitude.desc(), _E.id.desc())
        .limit(MOST + 1)
    )
    rows = db.execute(query).all()
    entries = tuple(
        MapEntry(*row[:6], status_on(row.status, row.ends_on, row.notice_on, today), row.latitude, row.longitude)
        for row in rows[:MOST]
    )
    return entries, len(rows) > MOST or matches.is_cut


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
