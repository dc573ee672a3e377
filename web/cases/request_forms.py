"""Inputs of a request: those that decide who is competent, and those for its content, what the policy demands marked.

They open a request and amend a draft. What the register knows is only shown; a demanded field names its clause and the
step before which it must be filled in.
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
from web.ui.forms import Choice, Demand, Input, country_choices
from workflow.policy.model import GoalGroup, Policy
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, GIVEN, Purpose, Request, acts_for
from workflow.policy.requirement_kinds import CASE_FIELDS
from workflow.policy.requirements import required
from workflow.policy.roles import preparing_seat
from workflow.policy.state_machine import Procedure

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


# -- the content

#: Kind of input of each field of a case; `web.i18n.terms.FIELDS` has its label.
KIND_OF: Mapping[str, str] = {
    **{name: shape.value for name, shape in CASE_FIELDS.items()},
    "starts_on": "day",
    "notice_on": "day",
    "cost": "line",
    "consultation_ends_on": "day",
}
ORIGINS = ("own", "motion", "citizens-proposal", "other-body", "outside")


def demands_of(policy: Policy, request: Request) -> dict[str, list[Demand]]:
    """Demands by field (`goals:GROUP` for goals): the clauses, and the step before which it must be filled in."""
    found: dict[str, list[Demand]] = {}
    for requirement in required(policy, request):
        assumed = next((why for c in requirement.clauses if (why := policy.clauses[c].assumed)), None)
        demand = Demand(requirement.before, requirement.clauses, requirement.assumed or assumed or "")
        for name in requirement.fields:
            key = f"goals:{requirement.group}" if name == "goals" else name
            found.setdefault(key, []).append(demand)
    return found


def content_inputs(policy: Policy, request: Request, procedure: Procedure, values: Values) -> tuple[Input, ...]:
    """The inputs for a request's content, those that the policy demands first."""
    demanded = demands_of(policy, request)
    goals = Input(
        "goals",
        "several",
        _("Which goals does it serve?"),
        values=tuple(values.get("goals") or ()),
        groups=tuple(
            (
                _goal_group(group, is_demanded=f"goals:{group.group}" in demanded),
                tuple(Choice(goal.key, str(labels.localized(goal.names))) for goal in group.items),
            )
            for group in policy.goals
        ),
        demands=tuple(d for group in policy.goals for d in demanded.get(f"goals:{group.group}", ())),
    )
    names = field_names(policy, request, procedure)
    return (
        *_matter(values),
        *((goals,) if offers_goals(policy, request) else ()),
        *(_field(name, values, demanded.get(name, ())) for name in names),
    )


def _goal_group(group: GoalGroup, *, is_demanded: bool) -> str:
    name = str(labels.localized(group.names))
    return _("%(group)s – at least one", group=name) if is_demanded else name


def offers_goals(policy: Policy, request: Request) -> bool:
    """Whether a request names goals of the policy."""
    return bool(policy.goals) and request.engagement != "policy"


def field_names(policy: Policy, request: Request, procedure: Procedure) -> tuple[str, ...]:
    """Fields that a request's form offers: those demanded, then those of the kind, then what every case may have."""
    demanded = [name for requirement in required(policy, request) for name in requirement.fields]
    kind = policy.kinds.get(request.engagement)
    if request.act in acts_for(Purpose.END):
        offered = ["notice_on", "ends_on"]
    elif request.act == "evaluate" or kind is None:
        offered = []
    else:
        offered = list(kind.fields)
    if any(stop.step == "consult" for stop in procedure.stops):
        offered.append("consultation_ends_on")
    names = list(dict.fromkeys(name for name in (*demanded, *offered, "cost") if name in KIND_OF))
    if "ends_on" in names and request.act not in acts_for(Purpose.END):
        names.insert(names.index("ends_on"), "starts_on")
    return tuple(names)


def _matter(values: Values) -> tuple[Input, ...]:
    country = str(values.get("partner.country") or "")
    return (
        Input("title", "line", _("Title"), str(values.get("title") or ""), is_needed=True,
              hint=_("As it will stand in the diary and on every list.")),
        Input("partner.name", "line", _("With whom?"), str(values.get("partner.name") or ""),
              hint=_("The town, the network or the organisation.")),
        Input("partner.country", "select", _("In which country?"), country, choices=country_choices(country)),
        Input("text", "text", _("The proposal"), str(values.get("text") or ""),
              hint=_("The text the bodies decide on, word by word. Left empty, the title is the proposal.")),
    )  # fmt: skip


def _field(name: str, values: Values, demands: Iterable[Demand]) -> Input:
    value = values.get(f"fields.{name}")
    hints = {
        "names": _("One a line."),
        "cost": _("For example: 120 000 a year, within the committee’s budget."),
        "consultation_ends_on": _("Left empty, the policy’s own time applies."),
        "notice_on": _("The day notice is given to the other party."),
    }
    return Input(
        f"fields.{name}",
        KIND_OF[name],
        str(labels.field_label(name)),
        "\n".join(value) if isinstance(value, list) else str(value or ""),
        hint=hints.get(name) or hints.get(KIND_OF[name], ""),
        demands=tuple(demands),
    )


def origin_inputs(values: Values) -> tuple[Input, ...]:
    """Where the matter came from, and its number elsewhere; given when it is opened, and fixed from then on."""
    return (
        Input("origin", "select", _("Where does the matter come from?"), str(values.get("origin") or "own"),
              choices=tuple(Choice(origin, labels.origin_label(origin)) for origin in ORIGINS),
              hint=_("What comes from outside must be answered.")),
        Input("external_number", "line", _("Its number elsewhere"), str(values.get("external_number") or ""),
              hint=_("For example 98/23, if another system has it too.")),
    )  # fmt: skip


def secrecy_inputs(values: Values) -> tuple[Input, ...]:
    """The law a case is kept secret under."""
    return (
        Input("secrecy.law", "line", _("Kept secret under"), str(values.get("secrecy.law") or ""),
              hint=_("The section of the law. Then only those on the case’s way and auditors see it.")),
        Input("secrecy.note", "line", _("Note on the secrecy"), str(values.get("secrecy.note") or "")),
    )  # fmt: skip
