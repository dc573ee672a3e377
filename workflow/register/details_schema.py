"""Schema of a partner's details: kind, location, number of participants.

Given on registration or changed later. Name and country of the partner are agreed and not part of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from workflow.core.errors import Malformed
from workflow.core.messages import reason

PARTNER_KINDS = ("city", "network", "organisation", "country")
#: Digits after the point: a metre; places are known to less.
PRECISION = 5
#: As many people as a database can count.
MOST_PEOPLE = 1_000_000_000


class Details(Schema):
    """What is told of the partner."""

    class Meta:
        unknown = RAISE

    partner_kind = fields.String(load_default="", validate=validate.OneOf(("", *PARTNER_KINDS)))
    #: Degrees north and east, in the world's geodetic system (WGS 84).
    latitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-90, 90))
    longitude = fields.Float(load_default=None, allow_none=True, validate=validate.Range(-180, 180))
    participants = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, MOST_PEOPLE)
    )


def settle(values: dict[str, Any]) -> None:
    """Round the place to what is known of it; raises `Malformed` for half a place."""
    if (values["latitude"] is None) != (values["longitude"] is None):
        missing = "latitude" if values["latitude"] is None else "longitude"
        raise Malformed(reason("half-a-place", field=missing))
    for name in ("latitude", "longitude"):
        if values[name] is not None:
            values[name] = round(values[name], PRECISION)


def told_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for the trail, which holds no fractions; what nobody has told is left out."""
    found: dict[str, Any] = {}
    if values["partner_kind"]:
        found["partner_kind"] = values["partner_kind"]
    for name in ("latitude", "longitude"):
        if values[name] is not None:
            found[name] = f"{values[name]:.{PRECISION}f}"
    if values["participants"] is not None:
        found["participants"] = values["participants"]
    return found
