"""Inputs that decide who is competent: kind, act, responsible body, reach, initiative, funding, principle.

They open a request and amend a draft; what the register knows is only shown. The inputs for the content are in
`web.cases.request_fields`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from web.auth.session import User
from web.cases import labels as cases_labels
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.attribute_inputs import attribute_input
from web.ui.forms import Choice, Demand, Input
from workflow.policy.model import Policy
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, GIVEN
from workflow.policy.roles import preparing_seat

#: Values that a form begins with, by input name.
Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FromRegister:
    """What the register says of the engagement a request concerns."""

    number: str
    title: str
    kind: str
    responsible: str
    partner_name: str
    partner_country: str
    #: Attributes that the register has, by name.
    facts: Mapping[str, Any]


def prepared_by(policy: Policy, user: User) -> tuple[str, ...]:
    """Bodies whose matters a person prepares as officer, those of the policy's usual kind first."""
    bodies = [b for b in policy.responsible_bodies() if user.holds(*preparing_seat(policy, "officer", b.key))]
    bodies.sort(key=lambda body: body.kind != policy.default_responsible)
    return tuple(body.key for body in bodies)


# -- what decides who is competent


def kind_choices(policy: Policy) -> tuple[Choice, ...]:
    """Engagement kinds in the municipality's words."""
    return tuple(Choice(kind, labels.kind_label(policy, kind), cases_labels.kind_hint(kind)) for kind in ENGAGEMENTS)


def act_choices() -> tuple[Choice, ...]:
    """Acts a request can be made for."""
    return tuple(Choice(act, labels.act_label(act), cases_labels.act_hint(act)) for act in ALL_ACTS)


def deciding_inputs(
    policy: Policy,
    bodies: Iterable[str],
    values: Values,
    found: FromRegister | None,
    demanded: Mapping[str, list[Demand]],
) -> tuple[Input, ...]:
    """The questions beside kind and act that decide who is competent; what the register knows is only shown."""
    registered = None if found is None else found.facts
    asked = sorted(GIVEN, key=lambda name: ATTRIBUTES[name].set_at_review)  # what a manager may add comes last
    reason_why = Input(
        "fields.principal_reason",
        "line",
        _("Why it is a matter of principle"),
        str(values.get("fields.principal_reason") or ""),
    )
    return (
        _responsible(policy, bodies, values, found),
        *(attribute_input(name, values, registered, tuple(demanded.get(name, ()))) for name in asked),
        reason_why,
    )


def _responsible(policy: Policy, bodies: Iterable[str], values: Values, found: FromRegister | None) -> Input:
    label = _("Whose matter is it?")
    if found is not None:
        name = labels.body_name(policy, found.responsible)
        return Input("responsible", "shown", label, str(name), hint=_("As the register says."))
    choices = tuple(Choice(key, str(labels.body_name(policy, key))) for key in bodies)
    if "responsible.fixed" in values or len(choices) == 1:
        key = str(values.get("responsible.fixed") or choices[0].value)
        return Input("responsible", "shown", label, str(labels.body_name(policy, key)))
    chosen = str(values.get("responsible") or (choices[0].value if choices else ""))
    return Input(
        "responsible", "select", label, chosen, choices=choices, hint=_("The body whose own area it belongs to.")
    )
