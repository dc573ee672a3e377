"""Forms of administration, and the payloads of `workflow.people.administration` read from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from web.ui.forms import Choice, Input, Typed
from workflow.core.tenants import Tenant
from workflow.people.usernames import normal_username
from workflow.policy.model import Policy
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS
from workflow.policy.vocabulary import ROLES


def name_input(value: str = "") -> Input:
    """The input for a person's name."""
    return Input("name", "line", str(labels.field_label("name")), value, is_needed=True)


def account_inputs(name: str, email: str, present: str) -> tuple[Input, ...]:
    """The inputs for a person's name and e-mail address."""
    hint = _("Now: %(address)s", address=present) if present else _("They have none so far.")
    return (name_input(name), Input("email", "line", str(labels.field_label("email")), email, hint=hint))


def person_inputs(tenant: Tenant) -> tuple[Input, ...]:
    """The inputs for a new person."""
    known = tuple(Choice(code, name) for code, name in LANGUAGES.items())
    return (
        name_input(),
        Input(
            "username",
            "line",
            str(labels.field_label("username")),
            is_needed=True,
            hint=_(
                "Small letters, digits, dots and hyphens. It ends in @%(key)s, which is added if you leave it out.",
                key=tenant.key,
            ),
        ),
        Input("language", "select", _("Language to read in"), tenant.language, choices=known, is_needed=True),
        Input("email", "line", str(labels.field_label("email")), hint=_("Notices and the invitation go there.")),
        Input("is_invited", "tick", _("Invite them to choose a password"), "yes"),
    )


def erasure_inputs() -> tuple[Input, ...]:
    """The input for the decision that an erasure rests on."""
    hint = _("Who decided it, when, and by which rule: the data protection officer’s decision and its number.")
    return (Input("source", "line", _("By which decision?"), is_needed=True, hint=hint),)


def appointment_inputs(tenant: Tenant, policy: Policy, args: Mapping[str, str], today: date) -> tuple[Input, ...]:
    """The inputs for an appointment."""
    choose = Choice("", _("Choose"))
    roles = tuple(Choice(role, labels.role_label(role)) for role in ROLES)
    bodies = tuple(Choice(body.key, str(labels.localized(body.names))) for body in policy.bodies)
    return (
        Input(
            "username",
            "line",
            _("Who? (user name)"),
            args.get("username", ""),
            is_needed=True,
            hint=_("It ends in @%(key)s, which is added if you leave it out.", key=tenant.key),
        ),
        Input("role", "select", _("As what?"), args.get("role", ""), choices=(choose, *roles), is_needed=True),
        Input("body", "select", _("In which body?"), args.get("body", ""), choices=(choose, *bodies), is_needed=True),
        *_period(today),
        _reference(needed=False),
    )


def mandate_inputs(policy: Policy, today: date) -> tuple[Input, ...]:
    """The inputs for a mandate, from a body to one of its administrations."""
    administrations = tuple(
        Choice(
            body.key,
            _("%(body)s, from %(parent)s", body=labels.localized(body.names), parent=_parent(policy, body.parent)),
        )
        for body in policy.bodies_of("administration")
    )
    kinds = tuple(Choice(kind, str(labels.kind_label(policy, kind))) for kind in ENGAGEMENTS)
    acts = tuple(Choice(act, str(labels.act_label(act))) for act in ALL_ACTS)
    return (
        Input(
            "to_body",
            "select",
            _("To which administration?"),
            choices=(Choice("", _("Choose")), *administrations),
            is_needed=True,
            hint=_("A mandate always comes from the body above it."),
        ),
        Input("engagements", "several", _("Which kinds of engagement?"), choices=kinds, is_needed=True),
        Input("all_engagements", "tick", _("All kinds of engagement")),
        Input("acts", "several", _("What may it decide?"), choices=acts, is_needed=True),
        Input("all_acts", "tick", _("Everything that can be asked for them")),
        *_period(today),
        _reference(needed=True),
    )


def _parent(policy: Policy, key: str | None) -> str:
    return str(labels.body_name(policy, key)) if key else ""


def ending_inputs(today: date) -> tuple[Input, ...]:
    """The input for a last day."""
    return (Input("ends_on", "day", str(labels.field_label("ends_on")), today.isoformat(), is_needed=True),)


def _period(today: date) -> tuple[Input, Input]:
    return (
        Input("starts_on", "day", str(labels.field_label("starts_on")), today.isoformat(), is_needed=True),
        Input("ends_on", "day", str(labels.field_label("ends_on")), hint=_("Leave it empty if no end is set.")),
    )


def _reference(*, needed: bool) -> Input:
    hint = _("The decision as you cite it: delegation order, meeting, paragraph.")
    return Input("reference", "line", str(labels.field_label("reference")), is_needed=needed, hint=hint)


def payload_of(typed: Typed, tenant: Tenant) -> dict[str, Any]:
    """The payload of a form: filled-in values alone, with user names in full."""
    found = {name: value for name, value in typed.items() if value not in ("", None, [])}
    if username := normal_username(str(found.get("username", ""))):
        found["username"] = username if "@" in username else f"{username}@{tenant.key}"
    return found
