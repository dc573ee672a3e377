"""In which words is what is kept about an engagement told?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import format_decimal

from web.i18n import labels
from web.i18n.gettext import _, ngettext


def partner_kind(kind: str) -> str:
    """What a partner is."""
    return {
        "city": _("Town or region"),
        "network": _("Network"),
        "organisation": _("Organisation"),
        "country": _("Country"),
    }.get(kind, _("Not said"))


def funding_source(source: str) -> str:
    """Whose money it is."""
    return {
        "own": _("The municipality’s own"),
        "external": _("From others"),
        "eu-programme": _("EU programme"),
    }.get(source, source)


def money(amount: int, currency: str) -> str:
    """An amount with its currency, as the reader writes numbers."""
    return f"{format_decimal(amount)} {currency}"


def degrees(latitude: float, longitude: float) -> str:
    """A place in degrees."""
    north = _("north") if latitude >= 0 else _("south")
    east = _("east") if longitude >= 0 else _("west")
    first, second = format_decimal(abs(latitude), "0.####"), format_decimal(abs(longitude), "0.####")
    return f"{first}° {north}, {second}° {east}"


def report(due_on: date | None, today: date) -> str:
    """When a funder wants a report, and whether that day is past."""
    if due_on is None:
        return _("None owed")
    past = _(" (the day is past)") if due_on < today else ""
    return f"{labels.day(due_on)}{past}"


def facts_of(row: Any) -> tuple[tuple[str, str], ...]:
    """What is kept of the partner, in reading order; what nobody has said is left out."""
    known = [
        (_("What the partner is"), partner_kind(row.partner_kind) if row.partner_kind else ""),
        (_("Place"), "" if row.latitude is None else degrees(row.latitude, row.longitude)),
        (
            _("People who take part"),
            "" if row.participants is None else ngettext("%(num)s person", "%(num)s people", row.participants),
        ),
    ]
    return tuple((label, value) for label, value in known if value)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a year's lines come to, in one currency."""

    year: int
    currency: str
    amount: int


def sums(lines: Iterable[Any]) -> tuple[Sum, ...]:
    """By year and currency, the latest year first; different currencies are never added up."""
    found: dict[tuple[int, str], int] = {}
    for line in lines:
        found[line.year, line.currency] = found.get((line.year, line.currency), 0) + line.amount
    return tuple(Sum(year, currency, found[year, currency]) for year, currency in sorted(found, reverse=True))


def role_in(act: str) -> str:
    """What a concluded case did to the engagement."""
    return {
        "enter": _("entered it"),
        "adopt": _("entered it"),
        "renew": _("renewed it"),
        "revise": _("revised it"),
        "evaluate": _("evaluated it"),
        "terminate": _("ended it"),
        "repeal": _("ended it"),
    }.get(act, "")
