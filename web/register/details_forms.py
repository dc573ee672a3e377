"""What is asked on the page where an engagement's details are kept, and what does the gate take of it?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from web.i18n.countries import country_name
from web.i18n.gettext import _
from web.register import details_labels
from web.ui.form_errors import Line
from web.ui.forms import Choice, Input, country_choices
from workflow.register.details import MOST_CONTACTS, SOURCES
from workflow.register.details_schema import PARTNER_KINDS
from workflow.register.geocoding import Town

PARTS = ("partner", "contacts", "add-funding", "remove-funding")
#: Where on the page each part stands.
ANCHORS = {"partner": "partner", "contacts": "contacts", "add-funding": "funding", "remove-funding": "funding"}
#: Empty rows below the contact persons there are.
SPARE_ROWS = 2
_CONTACT = ("name", "role", "email")
Sent = MultiDict[str, str]


def whole(text: str) -> int:
    """A whole number that was sent; -1 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


# -- the partner


def partner_inputs(row: Any, towns: Sequence[Town] | None) -> tuple[Input, ...]:
    """What the partner is, and where; with the towns found where somebody has looked one up."""
    kinds = (Choice("", _("Not said")), *(Choice(kind, details_labels.partner_kind(kind)) for kind in PARTNER_KINDS))
    found = tuple(Choice(_coded(town), _called(town)) for town in towns or ())
    chosen = found[0].value if len(found) == 1 else ""
    town = (Input("town", "one", _("Which of these?"), chosen, choices=found),) if found else ()
    north, east = ("" if row.latitude is None else str(value) for value in (row.latitude, row.longitude))
    return (
        Input("partner_kind", "select", _("What is the partner?"), row.partner_kind, choices=kinds),
        Input("place", "line", _("Town to look up"), row.partner_name),
        Input(
            "place_country", "select", _("In which country?"), row.partner_country, choices=country_choices(_as_is(row))
        ),
        *town,
        Input("latitude", "line", _("Latitude"), north, hint=_("Degrees north; south with a minus, like -33.9.")),
        Input("longitude", "line", _("Longitude"), east, hint=_("Degrees east; west with a minus.")),
        Input("participants", "whole", _("How many people take part?"), _text(row.participants)),
    )


def _as_is(row: Any) -> str:
    return str(row.partner_country)


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _coded(town: Town) -> str:
    return f"{town.latitude};{town.longitude}"


def _called(town: Town) -> str:
    where = ", ".join(part for part in (town.name, town.region, country_name(town.country)) if part)
    return f"{where} ({details_labels.degrees(town.latitude, town.longitude)})"


def _partner(sent: Sent) -> dict[str, Any]:
    chosen = sent.get("town", "")
    north, _parted, east = (
        chosen.partition(";") if chosen else (sent.get("latitude", ""), "", sent.get("longitude", ""))
    )
    people = sent.get("participants", "").strip()
    return {
        "partner_kind": sent.get("partner_kind", ""),
        "latitude": _degrees(north),
        "longitude": _degrees(east),
        "participants": (whole(people) if whole(people) >= 0 else people) if people else None,
        "place": sent.get("place", "").strip() if chosen else "",
    }


def _degrees(text: str) -> str | None:
    return text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-") or None


# -- contact persons


def contact_inputs(row: Any, sent: Sent | None) -> tuple[Input, ...]:
    """A row for every contact person, and some to spare."""
    people = list(row.contacts)
    count = len(people) + SPARE_ROWS
    if sent is not None:
        count = max(count, min(MOST_CONTACTS, sum(1 for name in sent if name.startswith("contacts.")) // len(_CONTACT)))
    labels = {"name": _("Name"), "role": _("What they do"), "email": _("E-mail")}
    empty = dict.fromkeys(_CONTACT, "")
    return tuple(
        Input(
            f"contacts.{place}.{what}",
            "line",
            labels[what],
            str((people[place] if place < len(people) else empty)[what]),
        )
        for place in range(min(count, MOST_CONTACTS))
        for what in _CONTACT
    )


def contact_rows(inputs: Mapping[str, Input]) -> tuple[tuple[Input, ...], ...]:
    """The inputs row by row."""
    fields = list(inputs.values())
    return tuple(tuple(fields[start : start + 3]) for start in range(0, len(fields), 3))


def _contact_places(sent: Sent) -> list[int]:
    """Rows in which something was typed."""
    places = {int(found[1]) for name in sent if (found := re.fullmatch(r"contacts\.([0-9]{1,3})\.[a-z]+", name))}
    return [place for place in sorted(places) if any(_typed(sent, place).values())]


def _typed(sent: Sent, place: int) -> dict[str, str]:
    return {what: sent.get(f"contacts.{place}.{what}", "").strip() for what in _CONTACT}


def _contacts(sent: Sent) -> dict[str, Any]:
    return {"contacts": [_typed(sent, place) for place in _contact_places(sent)]}


# -- funding


def funding_inputs(today: date) -> tuple[Input, ...]:
    """One more line of funding."""
    sources = tuple(Choice(source, details_labels.funding_source(source)) for source in SOURCES)
    return (
        Input("year", "whole", _("Year"), str(today.year), is_needed=True),
        Input("funding_source", "one", _("Whose money is it?"), SOURCES[0], choices=sources),
        Input("funder", "line", _("Who pays, or which programme?")),
        Input("amount", "whole", _("Amount, in whole units of the currency"), is_needed=True),
        Input("currency", "line", _("Currency"), is_needed=True, hint=_("Three letters, like SEK, NOK, DKK or EUR.")),
        Input("report_due_on", "day", _("Report to the funder by"), hint=_("Leave it empty if none is owed.")),
    )


def _funding(sent: Sent) -> dict[str, Any]:
    given: dict[str, Any] = {name: sent.get(name, "").strip() for name in ("funding_source", "funder")}
    for name in ("year", "amount"):
        text = re.sub(r"[\s\u00a0\u202f]", "", sent.get(name, ""))
        if text:
            given[name] = whole(text) if whole(text) >= 0 else text
    if currency := sent.get("currency", "").strip().upper():
        given["currency"] = currency
    return given | {"report_due_on": sent.get("report_due_on", "").strip() or None}


def _ending(sent: Sent) -> dict[str, Any]:
    return {"id": whole(sent.get("id", ""))}


#: What the gate takes of each form.
GIVEN: Mapping[str, Callable[[Sent], dict[str, Any]]] = {
    "partner": _partner,
    "contacts": _contacts,
    "add-funding": _funding,
    "remove-funding": _ending,
}


def placed(part: str, told: Iterable[Line], sent: Sent) -> list[Line]:
    """Lines of a refusal beside the inputs they are about: the gate counts only the rows in which something stands."""
    if part != "contacts":
        return list(told)
    places = _contact_places(sent)

    def moved(name: str) -> str:
        found = re.fullmatch(r"contacts\.(\d+)(\..*)?", name)
        return (
            f"contacts.{places[int(found[1])]}{found[2] or '.name'}" if found and int(found[1]) < len(places) else name
        )

    return [(moved(name), sentence, clauses) for name, sentence, clauses in told]
