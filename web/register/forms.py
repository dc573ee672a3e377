"""Forms of the register: the filter's choices, and the entry of an engagement that is older than the system."""

from __future__ import annotations

from web.auth.session import User
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import Table, label
from web.register.labels import status_label
from web.register.queries import SORTS, STATUSES
from web.ui.attribute_inputs import attribute_question, input_kind, value_choices
from web.ui.forms import Choice, Input, country_choices
from workflow.core.messages import N_
from workflow.policy.model import Policy
from workflow.policy.named_twins import ATTRIBUTE
from workflow.policy.request_domain import ATTRIBUTES, ENGAGEMENTS, REGISTERED
from workflow.policy.roles import preparing_seat

#: Values and their labels.
Pairs = tuple[tuple[str, str], ...]

SORT_ORDERS: Table = {
    "newest": N_("Newest first"),
    "title": N_("By title"),
    "partner": N_("By partner"),
    "ends": N_("What ends first"),
}


# -- the filter


def kinds(policy: Policy) -> Pairs:
    """Kinds of engagement, by the policy's names."""
    return tuple((kind, str(labels.kind_label(policy, kind))) for kind in ENGAGEMENTS)


def statuses() -> Pairs:
    """Statuses of an engagement."""
    return tuple((status, status_label(status)) for status in STATUSES)


def countries(chosen: str) -> Pairs:
    """Countries by name; a chosen free text is kept."""
    return tuple((choice.value, choice.label) for choice in country_choices(chosen) if choice.value)


def bodies(policy: Policy) -> Pairs:
    """Bodies that can be responsible."""
    return tuple((body.key, str(labels.localized(body.names))) for body in policy.responsible_bodies())


def sorts() -> Pairs:
    """Sort orders of the list."""
    return tuple((sort, label(SORT_ORDERS, sort)) for sort in SORTS)


# -- an engagement that is older than the system


def legacy_inputs(policy: Policy, user: User) -> tuple[Input, ...]:
    """The inputs for an engagement that is older than the system."""
    return (*_agreement(policy), *_responsibility(policy, user), *_purpose(policy))


def _agreement(policy: Policy) -> tuple[Input, ...]:
    kinds = (
        Choice("", _("Choose")),
        *(Choice(kind, str(labels.kind_label(policy, kind))) for kind in ENGAGEMENTS),
    )
    return (
        Input("kind", "select", _("What is it?"), choices=kinds, is_needed=True),
        Input("title", "line", _("Title"), is_needed=True, hint=_("As it will stand in the register.")),
        Input("partner_name", "line", _("With whom?"), hint=_("The town, the network or the organisation.")),
        Input("partner_country", "select", _("In which country?"), choices=country_choices()),
        Input(
            "source",
            "line",
            _("What does it rest on?"),
            is_needed=True,
            hint=_("The paper that proves it: an agreement and its date, minutes and paragraph, a page of the policy."),
        ),
        Input("starts_on", "day", _("First day")),
        Input("ends_on", "day", _("Last day"), hint=_("Leave it empty if no end is agreed.")),
    )


def _responsibility(policy: Policy, user: User) -> tuple[Input, ...]:
    own = [b for b in policy.responsible_bodies() if user.holds(*preparing_seat(policy, "officer", b.key))]
    bodies = [*own, *(body for body in policy.responsible_bodies() if body not in own)]
    return (
        Input(
            "responsible",
            "select",
            _("Whose matter is it?"),
            choices=tuple(Choice(body.key, str(labels.localized(body.names))) for body in bodies),
            is_needed=True,
        ),
        *(_fact(name) for name in REGISTERED if name != ATTRIBUTE or policy.named_nordic_twins is None),
    )


def _fact(name: str) -> Input:
    """The input for a fact that the register has of an engagement."""
    attribute, label, hint = ATTRIBUTES[name], attribute_question(name), ""
    if name == ATTRIBUTE:
        label = _("It is one of the Nordic twin towns that the policy excepts from time limits")
        hint = _("Only where the policy itself makes the exception. It can be set here and nowhere else.")
    usual = "" if attribute.is_yes_no else str(attribute.default)
    return Input(name, input_kind(attribute), label, usual, choices=value_choices(name), hint=hint)


def _purpose(policy: Policy) -> tuple[Input, ...]:
    groups = tuple(
        (
            str(labels.localized(g.names)),
            tuple(Choice(goal.key, str(labels.localized(goal.names))) for goal in g.items),
        )
        for g in policy.goals
    )
    goals = (Input("goals", "several", _("Which goals does it serve?"), groups=groups),) if groups else ()
    return (
        *goals,
        Input("fields.purpose", "text", str(labels.field_label("purpose"))),
        Input("fields.representatives", "names", str(labels.field_label("representatives")), hint=_("One a line.")),
    )
