"""Screens of a signature: ours, and the other party's."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from web.cases import page_queries
from web.cases.actions.declaration import ActionForm, ActionScreen, FormData, comment_input
from web.cases.presenter import CaseView
from web.i18n.gettext import _
from web.ui.forms import Choice, Input
from workflow.cases.actions.chronology import chronology
from workflow.cases.actions.sign import ENDING_ACTS
from workflow.core.messages import N_
from workflow.trail.chronology import DECIDED_TEXT


def _decided_text(db: Session, view: CaseView) -> FormData:
    return FormData(digest=page_queries.proposal_digest(db, view.case.id, view.case.proposal_version))


def _sign(view: CaseView, data: FormData) -> ActionForm:
    today, case = view.today.isoformat(), view.case
    days = chronology(view.context, view.tenant.timezone)
    late = {row.number for row in view.documents if not days.was_before_the_body(row.number)}
    documents = tuple(Choice(row.digest, _document_label(row, row.number in late)) for row in view.documents)
    decided = Choice("", _("The text that was decided on, %(digest)s…", digest=data.digest[:12]))
    inputs = [
        Input("signatories", "names", _("Who signed for us?"), view.context.actor.name, hint=_("One a line.")),
        Input("counterparty", "line", _("Who signed for the other party?"), case.partner_name),
        Input("signed_on", "day", _("When did we sign?"), today, is_needed=True),
        Input("counter_signed_on", "day", _("When did the other party sign?"),
              hint=_counter_hint(case.act)),
        Input("method", "one", _("How was it signed?"), "paper",
              choices=(Choice("paper", _("On paper")), Choice("electronic", _("Electronically")),
                       Choice("", _("Not known")))),
        Input("document_digest", "select", _("What exactly was signed?"), choices=(decided, *documents),
              hint=_("Its digest is recorded. Add the signed document to the case first, if it is not there.")),
        *(_origin_inputs(view, late) if late else ()),
    ]  # fmt: skip
    if case.act in ENDING_ACTS:
        fields = view.context.fields
        inputs += [
            Input("notice_on", "day", _("When was notice given?"), str(fields.get("notice_on") or "")),
            Input("ends_on", "day", _("On which day does it end?"), str(fields.get("ends_on") or ""),
                  hint=_("Until then the engagement stays active.")),
        ]  # fmt: skip
    intro = _("Records a signature that was given. The click here is not the signature.")
    return ActionForm(intro, (*inputs, comment_input()), _("Record the signature"))


def _document_label(row: Any, is_late: bool) -> str:
    label = f"{row.title} ({row.number}), {row.digest[:12]}…"
    return _("%(document)s – added after the decision", document=label) if is_late else label


def _origin_inputs(view: CaseView, late: set[str]) -> tuple[Input, ...]:
    """What a document that the body cannot have seen comes from, and what differs."""
    early = tuple(Choice(row.number, f"{row.title} ({row.number})") for row in view.documents if row.number not in late)
    choices = (Choice("", _("It was before the body itself")), Choice(DECIDED_TEXT, _("The text that was decided on")))
    return (
        Input("derived_from", "select", _("If it was added after the decision: what does it come from?"),
              choices=(*choices, *early), hint=_("Only what was before the body, or comes from it, can be signed.")),
        Input("difference", "text", _("If it was added after the decision: what differs?"),
              hint=_("For example: dates filled in and both signatures, otherwise the same.")),
    )  # fmt: skip


def _counter_hint(act: str) -> str:
    if act in ENDING_ACTS:
        return _("Leave it empty if the other party does not sign, or if you do not know the day.")
    return _(
        "It is in force from the later of the two days. If you do not know the day, leave it empty: the agreement then"
        " waits until it is recorded."
    )


def _record_counterpart(view: CaseView, _data: FormData) -> ActionForm:
    intro = _("Records that the other party has signed. From then on the agreement is in force.")
    hint = _("Before or after us, but not before the decision.")
    inputs = (
        Input("counter_signed_on", "day", _("When did the other party sign?"), is_needed=True, hint=hint),
        Input("counterparty", "line", _("Who signed for the other party?"),
              hint=_("Leave it empty if it stands with our signature already.")),
        comment_input(),
    )  # fmt: skip
    return ActionForm(intro, inputs, _("Record the day"))


SCREENS = (
    ActionScreen("sign", N_("Record the signature"), N_("Signature recorded"), _sign, rank=6, load=_decided_text),
    ActionScreen(
        "record-counterpart",
        N_("Record when the other party signed"),
        N_("The other party’s signature recorded"),
        _record_counterpart,
        rank=10,
    ),
)
