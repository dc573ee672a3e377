"""Screens of a manager's actions: reassign, endorse, refer back, and approve or reject under a mandate."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from web.cases import page_queries
from web.cases.actions.declaration import ActionForm, ActionScreen, FormData, comment_input, next_state_label
from web.cases.presenter import CaseView
from web.i18n.gettext import _
from web.ui.forms import Choice, Input, Typed
from workflow.cases.actions.context import ActionContext
from workflow.core.messages import N_
from workflow.policy.roles import preparing_seat


def _other_officers(db: Session, view: CaseView) -> FormData:
    s = view.context
    role, body = preparing_seat(s.policy, "officer", s.responsible)
    found = page_queries.people_in(db, view.tenant.body_ids[body], (role,), s.today)
    return FormData(tuple((username, name) for id_, username, name in found if id_ != s.case.officer_id))


def _reassign(view: CaseView, data: FormData) -> ActionForm:
    choices = tuple(Choice(username, name) for username, name in data.people)
    officer = Input(
        "officer",
        "select",
        _("Who is to have the case?"),
        choices=(Choice("", _("Choose an officer")), *choices),
        is_needed=True,
        hint="" if choices else _("Nobody else is an officer of this administration today."),
    )
    intro = _(
        "Gives the case to another officer. %(officer)s has it now and keeps nothing but the history.",
        officer=view.officer,
    )
    return ActionForm(intro, (officer, comment_input()), _("Give the case away"))


def _endorse(view: CaseView, _data: FormData) -> ActionForm:
    is_principal = view.context.request.principal
    return ActionForm(
        _("Passes the case on to: %(next)s. You decide nothing by it.", next=next_state_label(view)),
        (
            Input(
                "principal",
                "tick",
                _("This is a matter of principle, or otherwise of major importance"),
                "yes" if is_principal else "",
                hint=_("The request is then judged again, and may go to a higher body. Give your reason."),
            ),
            Input("reason", "text", _("Why it is, or is not, a matter of principle"),
                  hint=_("Needed if you change the tick above.")),
            comment_input(),
        ),
        _("Endorse"),
    )  # fmt: skip


def _endorsement(context: ActionContext, typed: Typed) -> dict[str, Any]:
    """Only a change of principle is sent; a reason alone changes nothing."""
    is_principal = bool(typed.get("principal"))
    if is_principal == context.case_context.request.principal:
        return {}
    return {"principal": is_principal} | ({"reason": typed["reason"]} if typed.get("reason") else {})


def _refer_back(view: CaseView, _data: FormData) -> ActionForm:
    if view.context.pending is not None:
        intro = _("Returns the record to the secretary, who corrects it. The body’s decision is not touched.")
        why = comment_input(_("What is wrong with it"), is_needed=True)
        return ActionForm(intro, (why,), _("Return the record"))
    intro = _("Sends the case back to its officer, for more preparation. It rejects nothing.")
    why = comment_input(_("What must be prepared"), is_needed=True)
    return ActionForm(intro, (why,), _("Refer back"), is_grave=True)


def _approve(view: CaseView, _data: FormData) -> ActionForm:
    intro = _("Decides the case under the mandate shown. It goes on to: %(next)s.", next=next_state_label(view))
    return ActionForm(intro, (comment_input(_("Reasons")),), _("Approve"))


def _reject(_view: CaseView, _data: FormData) -> ActionForm:
    intro = _("Decides against the request, under the mandate shown. The case ends.")
    return ActionForm(intro, (comment_input(_("Reasons"), is_needed=True),), _("Reject"), is_grave=True)


SCREENS = (
    ActionScreen(
        "reassign",
        N_("Give the case to another officer"),
        N_("Given to another officer"),
        _reassign,
        load=_other_officers,
    ),
    ActionScreen("endorse", N_("Endorse"), N_("Endorsed"), _endorse, rank=2, payload=_endorsement),
    ActionScreen(
        "refer-back",
        N_("Refer back"),
        N_("Referred back"),
        _refer_back,
        label_at={"confirm": N_("Return the record to the secretary")},
    ),
    ActionScreen("approve", N_("Approve"), N_("Approved"), _approve, rank=5),
    ActionScreen("reject", N_("Reject"), N_("Rejected"), _reject),
)
