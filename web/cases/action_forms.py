"""Which questions does each action ask, and what does it send to the gate?

One entry per action: a sentence that says what happens, the inputs, the words on the button. Whether the action is
allowed is the judge's answer; whether its content is, the gate's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from web.cases import amend_form, decision_form
from web.cases.action_form_data import Beside
from web.cases.labels import doing_label
from web.cases.presenter import CaseView
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.form_errors import Line
from web.ui.forms import Choice, Input, Typed, nested


@dataclass(frozen=True, slots=True)
class ActionForm:
    """The form of one action on one case."""

    #: What happens when it is sent.
    intro: str
    inputs: tuple[Input, ...]
    button: str
    #: Whether it ends or turns back the case, so that the button says so.
    is_grave: bool = False


def form_of(view: CaseView, beside: Beside, action: str) -> ActionForm:
    """The form of an action that is open at the case's state."""
    return _FORMS[action](view, beside)


def payload_of(view: CaseView, action: str, typed: Typed) -> tuple[dict[str, Any], list[Line]]:
    """What the gate is sent for what was typed (the comment apart), and what cannot be sent at all."""
    told = {name: value for name, value in typed.items() if name != "comment"}
    stop = view.standing.procedure.stop_at(view.standing.state)
    if action == "enter-decision" and stop is not None:
        return decision_form.payload_of(view, stop, told)
    if action == "amend":
        payload = amend_form.changes(view, told)
        return payload, [] if payload else [("", _("Nothing was changed."), ())]
    if action == "endorse":
        return _endorsement(view, told), []
    return nested({name: value for name, value in told.items() if value not in ("", None, [])}), []


def _comment(label: str = "", *, is_needed: bool = False) -> Input:
    return Input(
        "comment", "text", label or _("Comment"), is_needed=is_needed, hint=_("It stands in the history of the case.")
    )


def _next(view: CaseView) -> str:
    """Where the case goes when the step passes it on."""
    s = view.standing
    stop = s.procedure.stop_at(s.state)
    if stop is None:
        return ""
    return labels.state_label(s.procedure.after(stop), s.policy, s.responsible)


def _amend(view: CaseView, _beside: Beside) -> ActionForm:
    return ActionForm(
        _("Changes the draft. Who decides is judged again, and may become another body."),
        (*amend_form.inputs_of(view, amend_form.values_of(view)), _comment(_("What you changed, and why"))),
        _("Save the changes"),
    )


def _submit(view: CaseView, _beside: Beside) -> ActionForm:
    told = _("Hands the case in. It goes on to: %(next)s. From then on others see it.", next=_next(view))
    return ActionForm(told, (_comment(),), _("Submit"))


def _endorse(view: CaseView, _beside: Beside) -> ActionForm:
    is_principal = view.standing.request.principal
    return ActionForm(
        _("Passes the case on to: %(next)s. You decide nothing by it.", next=_next(view)),
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
            _comment(),
        ),
        _("Endorse"),
    )  # fmt: skip


def _endorsement(view: CaseView, told: Typed) -> dict[str, Any]:
    """Only a change of principle is sent; a reason alone changes nothing."""
    is_principal = bool(told.get("principal"))
    if is_principal == view.standing.request.principal:
        return {}
    return {"principal": is_principal} | ({"reason": told["reason"]} if told.get("reason") else {})


def _refer_back(view: CaseView, _beside: Beside) -> ActionForm:
    if view.standing.pending is not None:
        told = _("Returns the record to the secretary, who corrects it. The body’s decision is not touched.")
        return ActionForm(told, (_comment(_("What is wrong with it"), is_needed=True),), _("Return the record"))
    told = _("Sends the case back to its officer, for more preparation. It rejects nothing.")
    return ActionForm(told, (_comment(_("What must be prepared"), is_needed=True),), _("Refer back"), is_grave=True)


def _reassign(view: CaseView, beside: Beside) -> ActionForm:
    choices = tuple(Choice(username, name) for username, name in beside.people)
    officer = Input(
        "officer",
        "select",
        _("Who is to have the case?"),
        choices=(Choice("", _("Choose an officer")), *choices),
        is_needed=True,
        hint="" if choices else _("Nobody else is an officer of this administration today."),
    )
    told = _(
        "Gives the case to another officer. %(officer)s has it now and keeps nothing but the history.",
        officer=view.officer,
    )
    return ActionForm(told, (officer, _comment()), _("Give the case away"))


def _give_opinion(view: CaseView, _beside: Beside) -> ActionForm:
    mine = view.standing.actor.bodies_as("secretary")
    asked = [found.body for found in view.opinions if found.row.state == "asked" and found.body in mine]
    choices = tuple(Choice(key, labels.body_name(view.policy, key)) for key in asked)
    body = Input("body", "select", _("Whose opinion is it?"), asked[0] if asked else "", choices=choices)
    opinion = Input("opinion", "text", _("The opinion"), is_needed=True)
    told = _("Records what the body answers. It decides nothing.")
    return ActionForm(told, (body, opinion, _comment()), _("Record the opinion"))


def _close_consultation(view: CaseView, _beside: Beside) -> ActionForm:
    silent = [labels.body_name(view.policy, found.body) for found in view.opinions if found.row.state == "asked"]
    told = _("Ends the consultation. The case goes on to: %(next)s.", next=_next(view))
    if silent:
        told += " " + _(
            "These have not answered and are recorded as silent, which is not agreement: %(bodies)s.",
            bodies=", ".join(silent),
        )
    return ActionForm(told, (_comment(),), _("Close the consultation"))


def _enter_decision(view: CaseView, beside: Beside) -> ActionForm:
    stop = view.standing.procedure.stop_at(view.standing.state)
    assert stop is not None  # the action is open here
    told = _("Writes down what the meeting decided. It becomes the body’s act when the chair has confirmed it.")
    comment = _comment(_("Reasons, or what the minutes say besides"))
    inputs = (*decision_form.inputs_of(view, beside, stop), comment)
    return ActionForm(told, inputs, doing_label("enter-decision", view.standing.state))


def _confirm(view: CaseView, _beside: Beside) -> ActionForm:
    told = _("Makes this record the body’s act. Check it against the minutes: afterwards it cannot be changed.")
    return ActionForm(told, (_comment(),), _("Confirm the record"))


def _approve(view: CaseView, _beside: Beside) -> ActionForm:
    told = _("Decides the case under the mandate shown. It goes on to: %(next)s.", next=_next(view))
    return ActionForm(told, (_comment(_("Reasons")),), _("Approve"))


def _reject(_view: CaseView, _beside: Beside) -> ActionForm:
    told = _("Decides against the request, under the mandate shown. The case ends.")
    return ActionForm(told, (_comment(_("Reasons"), is_needed=True),), _("Reject"), is_grave=True)


def _withdraw(_view: CaseView, _beside: Beside) -> ActionForm:
    told = _("Takes the request back. The case ends; its number, documents and history remain.")
    return ActionForm(told, (_comment(_("Why it is withdrawn")),), _("Withdraw the request"), is_grave=True)


def _sign(view: CaseView, beside: Beside) -> ActionForm:
    today, case = view.today.isoformat(), view.case
    documents = tuple(Choice(row.digest, f"{row.title} ({row.number}), {row.digest[:12]}…") for row in view.documents)
    decided = Choice("", _("The text that was decided on, %(digest)s…", digest=beside.digest[:12]))
    inputs = [
        Input("signatories", "names", _("Who signed for us?"), view.standing.actor.name, hint=_("One a line.")),
        Input("counterparty", "line", _("Who signed for the other party?"), case.partner_name),
        Input("signed_on", "day", _("When did we sign?"), today, is_needed=True),
        Input("counter_signed_on", "day", _("When did the other party sign?"),
              hint=_("It is in force from the later of the two days.")),
        Input("method", "one", _("How was it signed?"), "paper",
              choices=(Choice("paper", _("On paper")), Choice("electronic", _("Electronically")))),
        Input("document_digest", "select", _("What exactly was signed?"), choices=(decided, *documents),
              hint=_("Its digest is recorded. Add the signed document to the case first, if it is not there.")),
    ]  # fmt: skip
    if case.act in ("terminate", "repeal"):
        fields = view.standing.fields
        inputs += [
            Input("notice_on", "day", _("When was notice given?"), str(fields.get("notice_on") or "")),
            Input("ends_on", "day", _("On which day does it end?"), str(fields.get("ends_on") or ""),
                  hint=_("Until then the engagement stays active.")),
        ]  # fmt: skip
    told = _("Records a signature that was given. The click here is not the signature.")
    return ActionForm(told, (*inputs, _comment()), _("Record the signature"))


_FORMS: Mapping[str, Callable[[CaseView, Beside], ActionForm]] = {
    "amend": _amend,
    "submit": _submit,
    "endorse": _endorse,
    "refer-back": _refer_back,
    "reassign": _reassign,
    "give-opinion": _give_opinion,
    "close-consultation": _close_consultation,
    "enter-decision": _enter_decision,
    "confirm": _confirm,
    "approve": _approve,
    "reject": _reject,
    "sign": _sign,
    "withdraw": _withdraw,
}
