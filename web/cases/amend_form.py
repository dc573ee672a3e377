"""What stands in a case already, as a form; and what of it was changed?

Only what differs is sent on, so that the trail tells of changes and a text left alone makes no new version.
"""

from __future__ import annotations

from typing import Any

from web.cases import request_fields, request_form
from web.cases.presenter import CaseView
from web.cases.request_form import FromRegister, Values
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Input, Typed, nested
from workflow.cases.payloads import EVALUATION_OUTCOMES
from workflow.policy.request_domain import ACTS_ON_REGISTERED, GIVEN, REGISTERED, facts_of


def values_of(view: CaseView) -> dict[str, Any]:
    """What stands in the case, by input name."""
    case, fields = view.case, view.standing.fields
    return {
        "title": case.title,
        "partner.name": case.partner_name,
        "partner.country": case.partner_country,
        "text": view.text,
        "goals": list(case.goals),
        "secrecy.law": case.secrecy_law,
        "secrecy.note": case.secrecy_note,
        "responsible.fixed": view.standing.responsible,
        **{f"attributes.{name}": getattr(case, name) for name in GIVEN},
        **{f"fields.{name}": value for name, value in fields.items()},
    }


def from_case(view: CaseView) -> FromRegister | None:
    """What the register has decided for the case and nobody changes in it; None when it began here."""
    case = view.case
    if case.act not in ACTS_ON_REGISTERED:
        return None
    number, title = view.engagement or ("", "")
    return FromRegister(
        number,
        title,
        case.engagement,
        view.standing.responsible,
        case.partner_name,
        case.partner_country,
        facts_of(case, REGISTERED),
    )


def inputs_of(view: CaseView, values: Values) -> tuple[Input, ...]:
    """The questions of a draft, what stands in it filled in."""
    request, procedure = view.standing.request, view.standing.procedure
    demanded = request_fields.demands_of(view.policy, request)
    return (
        *request_fields.telling_inputs(view.policy, request, procedure, values),
        *outcome_inputs(view, values),
        *request_form.deciding_inputs(view.policy, (), values, from_case(view), demanded),
        *request_fields.secrecy_inputs(values),
    )


def outcome_inputs(view: CaseView, values: Values) -> tuple[Input, ...]:
    """What comes of the evaluation that the case decides; asked of no other case, and of none that ends something."""
    if not view.evaluation or view.case.act not in ("evaluate", "revise"):
        return ()
    choices = tuple(Choice(one, labels.evaluation_outcome(one)) for one in EVALUATION_OUTCOMES)
    chosen = str(values.get("fields.evaluation_outcome") or "continue")
    return (
        Input(
            "fields.evaluation_outcome",
            "select",
            labels.field_label("evaluation_outcome"),
            chosen,
            choices=choices,
            hint=_("If it is to end, a case to end it is opened as soon as this one is decided."),
        ),
    )


def changes(view: CaseView, typed: Typed) -> dict[str, Any]:
    """A payload of what was changed; empty when nothing was."""
    before = values_of(view)
    differs = {name: value for name, value in typed.items() if _plain(value) != _plain(before.get(name))}
    for whole in ("partner", "secrecy"):
        if any(name.startswith(f"{whole}.") for name in differs):
            differs |= {name: value for name, value in typed.items() if name.startswith(f"{whole}.")}
    return nested(differs)


def _plain(value: Any) -> Any:
    """Nothing is nothing, however it is written; goals have no order."""
    if isinstance(value, list):
        return sorted(value) or None
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    return value or None
