"""Where in the world are the partners?

Places become points of a picture in Miller's projection, `static/land.svg` lying below; what would lie on top of each
other becomes one mark with a number. Each mark has its line in the list beside, which says the same without a picture.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Engagement
from web.register.queries import Wanted, matching, status_on
from workflow.core.tenants import Tenant

#: Engagements on one map; the northernmost are shown when there are more.
MOST = 300
#: What part of the picture is shown, in its own units: left, top, width, height.
VIEWS = {"europe": (302, 44, 152, 122), "world": (0, 0, 720, 361)}
#: Marks nearer to each other than this part of the picture's width become one.
NEAR = 1 / 36
#: Width of a view on the page, pixels; marks keep their size whatever is shown.
WIDTH = 760
_NORTH = 84.0
_E = Engagement


@dataclass(frozen=True, slots=True)
class Spot:
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
    """One mark of the picture: a single engagement, or several that lie together."""

    #: As in the list beside.
    number: int
    x: float
    y: float
    spots: tuple[Spot, ...]

    @property
    def shape(self) -> str:
        """city, network, organisation, country, or several."""
        return "several" if len(self.spots) > 1 else (self.spots[0].partner_kind or "city")


@dataclass(frozen=True, slots=True)
class Map:
    """Everything the page of the map shows."""

    view: str
    marks: tuple[Mark, ...]
    #: Marks beyond the part that is shown; they stand in the list alone.
    outside: tuple[Spot, ...]
    #: Whether more fit than were looked at.
    is_cut: bool

    @property
    def box(self) -> tuple[int, int, int, int]:
        """The part of the picture that is shown."""
        return VIEWS[self.view]

    @property
    def unit(self) -> float:
        """A pixel on the page, in units of the picture."""
        return self.box[2] / WIDTH


def spots_of(db: Session, place: Tenant, wanted: Wanted, today: date) -> tuple[tuple[Spot, ...], bool]:
    """Engagements that fit and have a place, from north to south, and whether there are more; one or two statements."""
    matches = matching(db, place, wanted, today)
    columns = (_E.number, _E.kind, _E.title, _E.partner_name, _E.partner_country, _E.partner_kind)
    query = (
        select(*columns, _E.status, _E.ends_on, _E.notice_on, _E.latitude, _E.longitude)
        .where(_E.latitude.is_not(None), _E.longitude.is_not(None), *matches.conditions)
        .order_by(_E.latitude.desc(), _E.id.desc())
        .limit(MOST + 1)
    )
    rows = db.execute(query).all()
    spots = tuple(
        Spot(*row[:6], status_on(row.status, row.ends_on, row.notice_on, today), row.latitude, row.longitude)
        for row in rows[:MOST]
    )
    return spots, len(rows) > MOST or matches.is_cut


def drawn(spots: Iterable[Spot], view: str, *, is_cut: bool = False) -> Map:
    """The map of a view: `europe`, `world`, or empty for the smallest that shows every spot."""
    spots = tuple(spots)
    if view not in VIEWS:
        view = "europe" if all(_inside(spot, "europe") for spot in spots) else "world"
    inside = [spot for spot in spots if _inside(spot, view)]
    outside = tuple(spot for spot in spots if not _inside(spot, view))
    return Map(view, _marks(inside, VIEWS[view][2] * NEAR), outside, is_cut)


def position(latitude: float, longitude: float) -> tuple[float, float]:
    """A place in units of the picture, in Miller's projection."""
    return round((longitude + 180) * 2, 2), round((_miller(_NORTH) - _miller(latitude)) * 360 / math.pi, 2)


def _miller(latitude: float) -> float:
    within = max(-_NORTH, min(_NORTH, latitude))
    return 1.25 * math.log(math.tan(math.pi / 4 + 0.4 * math.radians(within)))


def _inside(spot: Spot, view: str) -> bool:
    left, top, width, height = VIEWS[view]
    x, y = position(spot.latitude, spot.longitude)
    return left <= x <= left + width and top <= y <= top + height


def _marks(spots: Sequence[Spot], near: float) -> tuple[Mark, ...]:
    """Each spot goes to the first mark it lies near, else it is a mark of its own."""
    found: list[tuple[float, float, list[Spot]]] = []
    for spot in spots:
        x, y = position(spot.latitude, spot.longitude)
        for mark_x, mark_y, together in found:
            if math.hypot(x - mark_x, y - mark_y) < near:
                together.append(spot)
                break
        else:
            found.append((x, y, [spot]))
    return tuple(Mark(number, x, y, tuple(together)) for number, (x, y, together) in enumerate(found, 1))
