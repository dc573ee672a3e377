"""Forms for an engagement's partner, contacts and funding, and the payloads read from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from web.i18n.countries import country_name
from web.i18n.gettext import _
from web.register import details_labels
from web.ui.form_errors import FormError
from web.ui.forms import Choice, Input, country_choices
from web.ui.request_values import whole_number
from workflow.register.details import MOST_CONTACTS, SOURCES
from workflow.register.details_schema import PARTNER_KINDS
from workflow.register.geocoding import Town

PARTS = ("partner", "contacts", "add-funding", "remove-funding")
#: Fragment of the page to which each part returns.
ANCHORS = {"partner": "partner", "contacts": "contacts", "add-funding": "funding", "remove-funding": "funding"}
#: Empty rows below the recorded contacts.
SPARE_ROWS = 2
_CONTACT = ("name", "role", "email")
Sent = MultiDict[str, str]


# -- the partner


def partner_inputs(row: Any, towns: Sequence[Town] | None) -> tuple[Input, ...]:
    """Kind and location of the partner, with the towns found by a lookup."""
    kinds = (Choice("", _("Not said")), *(Choice(kind, details_labels.partner_kind(kind)) for kind in PARTNER_KINDS))
    found = tuple(Choice(_coordinates(town), _town_label(town)) for town in towns or ())
    chosen = found[0].value if len(found) == 1 else ""
    town = (Input("town", "one", _("Which of these?"), chosen, choices=found),) if found else ()
    north, east = ("" if row.latitude is None else str(value) for value in (row.latitude, row.longitude))
    return (
        Input("partner_kind", "select", _("What is the partner?"), row.partner_kind, choices=kinds),
        Input("place", "line", _("Town to look up"), row.partner_name),
        Input(
            "place_country",
            "select",
            _("In which country?"),
            row.partner_country,
            choices=country_choices(str(row.partner_country)),
        ),
        *town,
        Input("latitude", "line", _("Latitude"), north, hint=_("Degrees north; south with a minus, like -33.9.")),
        Input("longitude", "line", _("Longitude"), east, hint=_("Degrees east; west with a minus.")),
        Input("participants", "whole", _("How many people take part?"), _text(row.participants)),
    )


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _coordinates(town: Town) -> str:
    return f"{town.latitude};{town.longitude}"


def _town_label(town: Town) -> str:
    where = ", ".join(part for part in (town.name, town.region, country_name(town.country)) if part)
    return f"{where} ({details_labels.degrees(town.latitude, town.longitude)})"


def _partner_payload(sent: Sent) -> dict[str, Any]:
    chosen = sent.get("town", "")
    north, _parted, east = (
        chosen.partition(";") if chosen else (sent.get("latitude", ""), "", sent.get("longitude", ""))
    )
    people = sent.get("participants", "").strip()
    return {
        "partner_kind": sent.get("partner_kind", ""),
        "latitude": _degrees(north),
        "longitude": _degrees(east),
        "participants": _number_or_text(people) if people else None,
        "place": sent.get("place", "").strip() if chosen else "",
    }


def _degrees(text: str) -> str | None:
    return text.strip().replace(",", ".").replace("\N{MINUS SIGN}", "-") or None


# -- contact persons


def contact_inputs(row: Any, sent: Sent | None) -> tuple[Input, ...]:
    """One row per contact, and `SPARE_ROWS` empty ones."""
    people = list(row.contacts)
    count = len(people) + SPARE_ROWS
    if sent is not None:
        count = max(count, min(MOST_CONTACTS, sum(1 for name in sent if name.startswith("contacts.")) // len(_CONTACT)))
    labels = {"name": _("Name"), "role": _("What they do"), "email": _("E-mail")}
    empty = dict.fromkeys(_CONTACT, "")
    return tuple(
        Input(
            f"contacts.{position}.{name}",
            "line",
            labels[name],
            str((people[position] if position < len(people) else empty)[name]),
        )
        for position in range(min(count, MOST_CONTACTS))
        for name in _CONTACT
    )


def contact_rows(inputs: Mapping[str, Input]) -> tuple[tuple[Input, ...], ...]:
    """The inputs row by row."""
    fields = list(inputs.values())
    return tuple(tuple(fields[start : start + 3]) for start in range(0, len(fields), 3))


def _filled_rows(sent: Sent) -> list[int]:
    """Positions of the rows that are not empty."""
    positions = {int(found[1]) for name in sent if (found := re.fullmatch(r"contacts\.([0-9]{1,3})\.[a-z]+", name))}
    return [position for position in sorted(positions) if any(_contact(sent, position).values())]


def _contact(sent: Sent, position: int) -> dict[str, str]:
    return {name: sent.get(f"contacts.{position}.{name}", "").strip() for name in _CONTACT}


def _contacts_payload(sent: Sent) -> dict[str, Any]:
    return {"contacts": [_contact(sent, position) for position in _filled_rows(sent)]}


# -- funding


def funding_inputs(today: date) -> tuple[Input, ...]:
    """A new funding line."""
    sources = tuple(Choice(source, details_labels.funding_source(source)) for source in SOURCES)
    return (
        Input("year", "whole", _("Year"), str(today.year), is_needed=True),
        Input("funding_source", "one", _("Whose money is it?"), SOURCES[0], choices=sources),
        Input("funder", "line", _("Who pays, or which programme?")),
        Input("amount", "whole", _("Amount, in whole units of the currency"), is_needed=True),
        Input("currency", "line", _("Currency"), is_needed=True, hint=_("Three letters, like SEK, NOK, DKK or EUR.")),
        Input("report_due_on", "day", _("Report to the funder by"), hint=_("Leave it empty if none is owed.")),
    )


def _funding_payload(sent: Sent) -> dict[str, Any]:
    given: dict[str, Any] = {name: sent.get(name, "").strip() for name in ("funding_source", "funder")}
    for name in ("year", "amount"):
        text = re.sub(r"[\s\u00a0\u202f]", "", sent.get(name, ""))
        if text:
            given[name] = _number_or_text(text)
    if currency := sent.get("currency", "").strip().upper():
        given["currency"] = currency
    return given | {"report_due_on": sent.get("report_due_on", "").strip() or None}


def _removal_payload(sent: Sent) -> dict[str, Any]:
    return {"id": whole_number(sent.get("id", ""), otherwise=-1)}


def _number_or_text(text: str) -> int | str:
    """A whole number; any other text unchanged, for the engine to refuse."""
    number = whole_number(text, otherwise=-1)
    return number if number >= 0 else text


#: The reader of each form's payload.
PAYLOADS: Mapping[str, Callable[[Sent], dict[str, Any]]] = {
    "partner": _partner_payload,
    "contacts": _contacts_payload,
    "add-funding": _funding_payload,
    "remove-funding": _removal_payload,
}


def errors_by_input(part: str, errors: Iterable[FormError], sent: Sent) -> list[FormError]:
    """Errors with the names of the form's inputs: the engine numbers only the contact rows that are not empty."""
    if part != "contacts":
        return list(errors)
    positions = _filled_rows(sent)

    def input_name(name: str) -> str:
        found = re.fullmatch(r"contacts\.(\d+)(\..*)?", name)
        if found is None or int(found[1]) >= len(positions):
            return name
        return f"contacts.{positions[int(found[1])]}{found[2] or '.name'}"

    return [(input_name(name), sentence, clauses) for name, sentence, clauses in errors]
