"""The form for naming a substitute, and the payload read from it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from web.admin.substitute_queries import SubstituteChoices
from web.i18n.gettext import _
from web.register.labels import seat_label
from web.ui.forms import Choice, Input, Typed
from workflow.core.tenants import Tenant
from workflow.people.usernames import normal_username


def substitute_inputs(tenant: Tenant, found: SubstituteChoices, today: date) -> tuple[Input, ...]:
    """The inputs for a substitute: seat, person and days."""
    seat_choices = tuple(Choice(f"{role}@{body}", seat_label((role, body), tenant)) for role, body in found.seats)
    choose = () if len(seat_choices) == 1 else (Choice("", _("Choose")),)
    people = tuple(Choice(username, f"{name}: {_seat_labels(tenant, seats)}") for username, name, seats in found.people)
    return (
        Input("seat", "select", _("At which seat?"), choices=(*choose, *seat_choices), is_needed=True),
        Input(
            "substitute",
            "select",
            _("Who stands in?"),
            choices=(Choice("", _("Choose")), *people),
            is_needed=True,
            hint=_("Somebody who is appointed to the same body during the whole time."),
        ),
        Input("starts_on", "day", _("First day away"), today.isoformat(), is_needed=True),
        Input("ends_on", "day", _("Last day away"), is_needed=True),
    )


def _seat_labels(tenant: Tenant, seats: tuple[tuple[str, str], ...]) -> str:
    return "; ".join(seat_label(seat, tenant) for seat in seats)


def substitute_payload(typed: Typed) -> dict[str, Any]:
    """The payload of `workflow.people.substitutes`: the seat as role and body, and filled-in values alone."""
    role, _at, body = str(typed.get("seat", "")).partition("@")
    found: Mapping[str, Any] = {**typed, "role": role, "body": body}
    what = {name: value for name, value in found.items() if name != "seat" and value not in ("", None)}
    if username := normal_username(str(what.get("substitute", ""))):
        what["substitute"] = username
    return what
