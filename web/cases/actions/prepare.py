"""Screens of the officer's actions: amend, submit, withdraw.

A draft's form begins with what the case holds. Only what differs is sent, so that the trail records changes and a text
left alone makes no new version.
"""

from __future__ import annotations

from typing import Any

from web.cases import forms, request_forms
from web.cases.actions.declaration import ActionForm, ActionScreen, FormData, comment_input, next_state_label
from web.cases.forms import ContradictoryForm
from web.cases.presenter import CaseView
from web.cases.request_forms import FromRegister, Values
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Input, Typed, nested
from workflow.cases.actions.context import ActionContext
from workflow.cases.context import CaseContext
from workflow.cases.payloads import EVALUATION_OUTCOMES
from workflow.core.messages import N_
from workflow.policy.request_domain import ACTS_ON_REGISTERED, GIVEN, REGISTERED, facts_of


def case_values(s: CaseContext, text: str) -> dict[str, Any]:
    """What the case holds, by input name; `text` is its proposal."""
    case = s.case
    return {
        "title": case.title,
        "partner.name": case.partner_name,
        "partner.country": case.partner_country,
        "text": text,
        "goals": list(case.goals),
        "secrecy.law": case.secrecy_law,
        "secrecy.note": case.secrecy_note,
        "responsible.fixed": s.responsible,
        **{f"attributes.{name}": getattr(case, name) for name in GIVEN},
        **{f"fields.{name}": value for name, value in s.fields.items()},
    }


def from_case(view: CaseView) -> FromRegister | None:
    """What the register has decided for the case and nobody changes in it; None when it began here."""
    case = view.case
    if not _is_registered(view.context):
        return None
    number, title = view.engagement or ("", "")
    return FromRegister(
        number,
        title,
        case.engagement,
        view.context.responsible,
        case.partner_name,
        case.partner_country,
        facts_of(case, REGISTERED),
    )


def _is_registered(s: CaseContext) -> bool:
    return s.case.act in ACTS_ON_REGISTERED


def _amend_inputs(view: CaseView) -> tuple[Input, ...]:
    """The inputs of a draft, filled with what it holds."""
    request, procedure = view.context.request, view.context.procedure
    values = case_values(view.context, view.text)
    demanded = request_forms.demands_of(view.policy, request)
    return (
        *request_forms.content_inputs(view.policy, request, procedure, values),
        *evaluation_inputs(view.context, values),
        *request_forms.deciding_inputs(view.policy, (), values, from_case(view), demanded),
        *request_forms.secrecy_inputs(values),
    )


def evaluation_inputs(s: CaseContext, values: Values) -> tuple[Input, ...]:
    """What comes of the evaluation that the case decides; on no other case's form, and on none that ends something."""
    if not _decides_an_evaluation(s):
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


def _decides_an_evaluation(s: CaseContext) -> bool:
    return s.case.evaluation_id is not None and s.case.act in ("evaluate", "revise")


def offered(s: CaseContext) -> frozenset[str]:
    """Names of the inputs that a form to change the case offers."""
    names = forms.request_inputs(s.policy, s.request, s.procedure, is_registered=_is_registered(s))
    return names | {"fields.evaluation_outcome"} if _decides_an_evaluation(s) else names


def changes(context: ActionContext, typed: Typed) -> dict[str, Any]:
    """A payload of what differs from the case; empty when nothing does."""
    before = case_values(context.case_context, context.proposal() if "text" in typed else "")
    differs = {name: value for name, value in typed.items() if _plain(value) != _plain(before.get(name))}
    for whole in ("partner", "secrecy"):
        if any(name.startswith(f"{whole}.") for name in differs):
            differs |= {name: value for name, value in typed.items() if name.startswith(f"{whole}.")}
    return nested(differs)


def _plain(value: Any) -> Any:
    """A value to compare: an empty one is None however it is written, and goals have no order."""
    if isinstance(value, list):
        return sorted(value) or None
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip() or None
    return value or None


def _amend(view: CaseView, _data: FormData) -> ActionForm:
    return ActionForm(
        _("Changes the draft. Who decides is judged again, and may become another body."),
        (*_amend_inputs(view), comment_input(_("What you changed, and why"))),
        _("Save the changes"),
    )


def _amendment(context: ActionContext, typed: Typed) -> dict[str, Any]:
    payload = changes(context, forms.as_offered(typed, offered(context.case_context)))
    if not payload:
        raise ContradictoryForm(("", _("Nothing was changed."), ()))
    return payload


def _submit(view: CaseView, _data: FormData) -> ActionForm:
    intro = _("Hands the case in. It goes on to: %(next)s. From then on others see it.", next=next_state_label(view))
    return ActionForm(intro, (comment_input(),), _("Submit"))


def _withdraw(_view: CaseView, _data: FormData) -> ActionForm:
    intro = _("Takes the request back. The case ends; its number, documents and history remain.")
    return ActionForm(intro, (comment_input(_("Why it is withdrawn")),), _("Withdraw the request"), is_grave=True)


SCREENS = (
    ActionScreen(
        "amend", N_("Change the draft"), N_("Changed"), _amend, rank=9, payload=_amendment, folded=("secrecy.",)
    ),
    ActionScreen("submit", N_("Submit"), N_("Submitted"), _submit, rank=1),
    ActionScreen("withdraw", N_("Withdraw"), N_("Withdrawn"), _withdraw),
)
