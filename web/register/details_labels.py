"""Labels of an engagement's details: partner, contacts, funding and reports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask_babel import format_decimal

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.tables import Table, label_or_code
from workflow.core.messages import N_

PARTNER_KINDS: Table = {
    "city": N_("Town or region"),
    "network": N_("Network"),
    "organisation": N_("Organisation"),
    "country": N_("Country"),
}
FUNDING_SOURCES: Table = {
    "own": N_("The municipality’s own"),
    "external": N_("From others"),
    "eu-programme": N_("EU programme"),
}
#: What a concluded case did to the engagement, by its act.
ACTS_DONE: Table = {
    "enter": N_("entered it"),
    "adopt": N_("entered it"),
    "renew": N_("renewed it"),
    "revise": N_("revised it"),
    "evaluate": N_("evaluated it"),
    "terminate": N_("ended it"),
    "repeal": N_("ended it"),
}

funding_source = partial(label_or_code, FUNDING_SOURCES)


def partner_kind(kind: str) -> str:
    """The kind of a partner; “Not said” for an unknown one."""
    return _(PARTNER_KINDS.get(kind, N_("Not said")))


def act_done(act: str) -> str:
    """What a concluded case did to the engagement; empty for other acts."""
    return _(ACTS_DONE[act]) if act in ACTS_DONE else ""


def money(amount: int, currency: str) -> str:
    """An amount with its currency, in the reader's number format."""
    return f"{format_decimal(amount)} {currency}"


def degrees(latitude: float, longitude: float) -> str:
    """Coordinates in degrees with their directions."""
    north = _("north") if latitude >= 0 else _("south")
    east = _("east") if longitude >= 0 else _("west")
    first, second = format_decimal(abs(latitude), "0.####"), format_decimal(abs(longitude), "0.####")
    return f"{first}° {north}, {second}° {east}"


def report(due_on: date | None, today: date) -> str:
    """When a funder's report is due, and whether that day is past."""
    if due_on is None:
        return _("None owed")
    past = _(" (the day is past)") if due_on < today else ""
    return f"{labels.day(due_on)}{past}"


def facts_of(row: Any) -> tuple[tuple[str, str], ...]:
    """The recorded facts about a partner in reading order."""
    known = [
        (_("What the partner is"), partner_kind(row.partner_kind) if row.partner_kind else ""),
        (_("Place"), "" if row.latitude is None else degrees(row.latitude, row.longitude)),
        (
            _("People who take part"),
            "" if row.participants is None else ngettext("%(num)s person", "%(num)s people", row.participants),
        ),
    ]
    return tuple((name, value) for name, value in known if value)


@dataclass(frozen=True, slots=True)
class YearlyTotal:
    """The funding of one year in one currency."""

    year: int
    currency: str
    amount: int


def totals(lines: Iterable[Any]) -> tuple[YearlyTotal, ...]:
    """Funding by year and currency, the latest year first; different currencies are never added up."""
    found: dict[tuple[int, str], int] = {}
    for line in lines:
        found[line.year, line.currency] = found.get((line.year, line.currency), 0) + line.amount
    return tuple(YearlyTotal(year, currency, found[year, currency]) for year, currency in sorted(found, reverse=True))
