"""Facts of a case as pairs of label and value: the request, its content, and what a decision changes in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from web.cases.presenter import CaseView
from web.cases.request_forms import KIND_OF
from web.i18n import labels
from web.i18n.countries import country_name
from web.i18n.gettext import _
from web.ui.attribute_inputs import value_label
from workflow.core.dates import day_of_text
from workflow.core.errors import NotMandated
from workflow.policy.request_domain import GIVEN
from workflow.scheduling.extensions import bound_by, extension_seat

Fact = tuple[str, str]


def request_facts(view: CaseView) -> list[Fact]:
    """The request: what decides who is competent, and where the matter comes from."""
    case, policy, request = view.case, view.policy, view.context.request
    partner = ", ".join(part for part in (case.partner_name, country_name(case.partner_country)) if part)
    return [
        (
            _("What"),
            f"{labels.kind_label(policy, request.engagement)} – {labels.act_label(request.act).lower()}",
        ),
        (_("With whom"), partner),
        (_("Whose matter"), labels.body_name(policy, view.context.responsible)),
        (_("Whom it concerns"), labels.scope_label(request.scope)),
        (_("Initiative"), labels.initiative_label(request.initiative)),
        (_("Where it comes from"), labels.origin_label(case.origin)),
        (_("Number elsewhere"), case.external_number),
        (_("Paid by others"), _paid(request)),
        (_("Matter of principle"), _principle(view)),
        (_("Case officer"), view.officer),
        (_("Opened"), _("%(day)s by %(name)s", day=labels.moment(case.opened_at), name=view.opened_by)),
    ]


def _paid(request: Any) -> str:
    share = _("%(share)s %%", share=request.external_funding)
    return _("%(share)s, partly by the EU", share=share) if request.eu_funded else share


def _principle(view: CaseView) -> str:
    if not view.context.request.principal:
        return _("No")
    return _("Yes: %(why)s", why=view.case.principal_reason)


#: Order in which a case's fields are shown: cost, purpose and period before what the policy demands.
_ORDER = tuple(dict.fromkeys(("cost", "purpose", "expected_result", "starts_on", "ends_on", "notice_on", *KIND_OF)))


def content_facts(view: CaseView) -> list[Fact]:
    """The content of the request: goals, and the fields that are filled in."""
    goals = [labels.goal_label(view.policy, goal) for goal in view.case.goals]
    return [(labels.field_label("goals"), "; ".join(goals)), *_fields(view.context.fields)]


def _fields(fields: Any) -> Iterator[Fact]:
    for name in sorted(fields, key=lambda name: _ORDER.index(name) if name in _ORDER else len(_ORDER)):
        if name != "principal_reason" and fields[name]:
            yield labels.field_label(name), _shown(name, fields[name])


def _shown(name: str, value: Any) -> str:
    if name == "evaluation_outcome":
        return labels.evaluation_outcome(str(value))
    if isinstance(value, list):
        return "; ".join(str(item) for item in value)
    return labels.day(date.fromisoformat(value)) if name.endswith("_on") else str(value)


def changed_facts(view: CaseView, changes: dict[str, Any]) -> list[Fact]:
    """What an amended decision changes in the request and its content."""
    facts = [(labels.field_label(name), value_label(name, changes[name])) for name in GIVEN if name in changes]
    if "goals" in changes:
        goals = [labels.goal_label(view.policy, key) for key in changes["goals"]]
        facts.append((labels.field_label("goals"), "; ".join(goals)))
    if "fields" in changes:
        before, after = view.context.fields, changes["fields"]
        facts += _fields({name: new for name, new in after.items() if before.get(name) != new})
        facts += [(labels.field_label(name), _("Taken out")) for name in before if name not in after]
    return facts


def signature_facts(view: CaseView) -> list[Fact]:
    """The days of the signatures; that the other party's is not known is said. Nothing before we have signed."""
    signatures = (event.data["signature"] for event in view.events if isinstance(event.data.get("signature"), dict))
    signature = next(signatures, None)
    if signature is None:
        return []
    days = ((_("We signed"), "signed_on"), (_("The partner signed"), "counter_signed_on"))
    return [
        (label, _day(signature.get(name)) or _("Not known"))
        for label, name in (*days, (_("In force since"), "in_force_on"))
    ]


def _day(text: object) -> str:
    day = day_of_text(text)
    return str(labels.day(day)) if day else ""


def offers_extension(view: CaseView) -> bool:
    """Whether the reader may extend the present step's last day."""
    s, case = view.context, view.case
    if view.is_closed or case.due_on is None:
        return False
    try:
        extension_seat(s.actor, s.policy, s.responsible, bound_by(view.tenant, case), case.officer_id)
    except NotMandated:
        return False
    return True


def waits_for(view: CaseView) -> str:
    """Who has the next step: a role in a body, or the case's officer."""
    if not view.waits_role:
        return view.officer
    return f"{labels.role_label(view.waits_role)}, {labels.body_name(view.policy, view.waits_body)}"
