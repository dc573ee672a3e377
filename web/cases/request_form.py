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
from web.ui.forms import Choice, Demand, Input
from workflow.policy.model import ACTS, ENGAGEMENTS, INITIATIVES, POLICY_ACTS, SCOPES, Policy
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
    scope: str
    eu_funded: bool
    external_funding: int
    named_nordic_twin: bool
    partner_name: str
    partner_country: str


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
    return tuple(Choice(act, labels.act_label(act), cases_labels.act_hint(act)) for act in (*ACTS, *POLICY_ACTS))


def deciding_inputs(
    policy: Policy,
    bodies: Iterable[str],
    values: Values,
    found: FromRegister | None,
    demanded: Mapping[str, list[Demand]],
) -> tuple[Input, ...]:
    """The inputs besides kind and act that decide who is competent; what the register knows is only shown."""
    return (
        _responsible(policy, bodies, values, found),
        _scope(values, found),
        Input(
            "attributes.initiative",
            "one",
            _("Who took the initiative?"),
            str(values.get("attributes.initiative") or ""),
            choices=tuple(Choice(i, labels.initiative_label(i)) for i in INITIATIVES),
            demands=tuple(demanded.get("initiative", ())),
        ),
        *_funding(values, found),
        Input(
            "attributes.principal",
            "tick",
            _("It is a matter of principle, or otherwise of major importance"),
            "yes" if values.get("attributes.principal") else "",
            hint=_("Such a matter may go to a higher body. Say why below; the manager can say so later, too."),
        ),
        Input(
            "fields.principal_reason",
            "line",
            _("Why it is a matter of principle"),
            str(values.get("fields.principal_reason") or ""),
        ),
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


def _scope(values: Values, found: FromRegister | None) -> Input:
    label = _("Whom does it concern?")
    if found is not None:
        return Input(
            "attributes.scope", "shown", label, labels.scope_label(found.scope), hint=_("As the register says.")
        )
    choices = tuple(Choice(scope, labels.scope_label(scope)) for scope in SCOPES)
    return Input("attributes.scope", "one", label, str(values.get("attributes.scope") or SCOPES[0]), choices=choices)


def _funding(values: Values, found: FromRegister | None) -> tuple[Input, Input]:
    eu, share = _("The EU pays a part of it"), _("How much of the cost do others pay? (percent)")
    if found is not None:
        hint = _("As the register says.")
        yes_no = _("Yes") if found.eu_funded else _("No")
        return (
            Input("attributes.eu_funded", "shown", eu, yes_no, hint=hint),
            Input("attributes.external_funding", "shown", share, f"{found.external_funding} %", hint=hint),
        )
    return (
        Input("attributes.eu_funded", "tick", eu, "yes" if values.get("attributes.eu_funded") else ""),
        Input(
            "attributes.external_funding",
            "whole",
            share,
            str(values.get("attributes.external_funding") or 0),
            hint=_("A whole number from 0 to 100. 0 means that the municipality pays everything."),
            is_needed=True,
        ),
    )
