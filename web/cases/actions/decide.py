"""Screens of a body's decision: entered by its secretary, confirmed by its chair.

The record has outcome, meeting, paragraph, who took part, votes, conflicts of interest, and the text where the body
changed it. What is left as it was is not sent, so that a body only ever changes what it meant to.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from web.cases import forms, page_queries, request_forms
from web.cases import labels as cases_labels
from web.cases.actions import prepare
from web.cases.actions.declaration import ActionForm, ActionScreen, FormData, comment_input
from web.cases.forms import ContradictoryForm
from web.cases.presenter import CaseView
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Choice, Input, Typed
from workflow.cases.actions.context import ActionContext
from workflow.cases.context import CaseContext
from workflow.core.messages import N_
from workflow.policy.roles import body_at
from workflow.policy.state_machine import Stop
from workflow.policy.voting_rules import Quorum, VotingRules, needed_for_quorum

PROPOSALS = ("adopt", "amended", "decline", "none")
#: Inputs that are numbers of people.
COUNTS = ("present", "for", "against", "abstained")
#: Inputs of a draft that a body does not change.
_UNCHANGED = frozenset({"attributes.principal", "fields.principal_reason", "fields.consultation_ends_on"})


def _members(db: Session, view: CaseView) -> FormData:
    s = view.context
    stop = s.procedure.stop_at(s.state)
    if stop is None or not stop.is_collegial:
        return FormData()
    body = body_at(s.policy, stop, s.responsible)
    found = page_queries.people_in(db, view.tenant.body_ids[body], ("member", "chair"), s.today)
    return FormData(tuple((username, name) for _id, username, name in found))


def _inputs(view: CaseView, data: FormData, stop: Stop) -> tuple[Input, ...]:
    """The inputs at a body's step, filled with the record that is being corrected."""
    rules = view.policy.law.collegial.on(view.context.today)
    rule = rules.quorum_of(stop.kind)
    given = _entered(view, data)
    return (
        *_outcome(view, stop, given),
        Input("meeting_date", "day", _("When did the body meet?"), given.get("meeting_date", ""), is_needed=True),
        Input("paragraph", "line", _("Paragraph in the minutes"), given.get("paragraph", ""), is_needed=True,
              hint=_("For example § 12.")),
        Input("present", "whole", _("How many members took part in the meeting?"), given.get("present", ""),
              is_needed=True, hint=_quorum(rule, len(data.people))),
        *_votes(rules, given),
        Input("conflicts", "several", _("Who left for conflict of interest?"), values=given.get("conflicts", ()),
              choices=tuple(Choice(username, name) for username, name in data.people),
              hint=_("They count as present, and did not take part in this matter. Tick nobody where nobody left.")),
        Input("conflicts.others", "names", _("Others who left, by user name"), given.get("others", ""),
              hint=_("Deputies, or people who sat in the body on that day. One a line.")),
        Input("text", "text", _("The text as the body decided it"), given.get("text", view.text),
              hint=_("Change it only if the body did, and choose an outcome with changes above.")),
        *(_other_changes(view) if stop.step == "decide" else ()),
    )  # fmt: skip


def _entered(view: CaseView, data: FormData) -> dict[str, Any]:
    """What was entered and waits to be confirmed, by input name."""
    pending = view.context.pending
    if pending is None:
        return {}
    counts = zip(COUNTS, (pending.present, pending.votes_for, pending.votes_against, pending.abstained), strict=True)
    shown: dict[str, Any] = {name: "" if count is None else str(count) for name, count in counts}
    members = {username for username, _name in data.people}
    is_amended = pending.proposal == "amended" or pending.outcome == "approve-amended"
    return shown | {
        "outcome": pending.outcome,
        "proposal": pending.proposal,
        "meeting_date": pending.decided_on.isoformat(),
        "paragraph": pending.paragraph,
        "casting_vote": pending.casting_vote,
        "conflicts": tuple(pending.conflicts),
        "others": "\n".join(name for name in pending.conflicts if name not in members),
        "text": pending.text if is_amended else view.text,
    }


def _outcome(view: CaseView, stop: Stop, given: dict[str, Any]) -> tuple[Input, ...]:
    outcomes = view.context.procedure.outcomes_at(stop.state)
    outcome = Input(
        "outcome",
        "one",
        _("What did the body decide?"),
        given.get("outcome", ""),
        choices=tuple(Choice(o, labels.outcome_label(o), cases_labels.outcome_hint(o)) for o in outcomes),
        is_needed=True,
    )
    if "recommend" not in outcomes:
        return (outcome,)
    proposal = Input(
        "proposal",
        "one",
        _("If it recommended: what?"),
        given.get("proposal", ""),
        choices=tuple(Choice(p, labels.proposal_label(p), cases_labels.proposal_hint(p)) for p in PROPOSALS),
    )
    return outcome, proposal


def _quorum(rule: Quorum, members: int) -> str:
    return _(
        "The body has %(members)s members today; at least %(needed)s must take part.",
        members=members,
        needed=needed_for_quorum(rule, members),
    )


def _votes(rules: VotingRules, given: dict[str, Any]) -> tuple[Input, ...]:
    votes = [
        Input("for", "whole", _("Votes for"), given.get("for", "")),
        Input("against", "whole", _("Votes against"), given.get("against", "")),
    ]
    if rules.abstention.allowed:
        votes.append(Input("abstained", "whole", _("Abstained"), given.get("abstained", "")))
    if rules.tie.rule == "casting-vote":
        choices = (Choice("", _("Not needed")), Choice("for", _("For")), Choice("against", _("Against")))
        vote = given.get("casting_vote", "")
        votes.append(
            Input("casting_vote", "one", _("If the votes were equal: the chair’s casting vote"), vote, choices=choices)
        )
    return tuple(votes)


def _other_changes(view: CaseView) -> tuple[Input, ...]:
    """What else an approval with changes may change."""
    pending = view.context.pending
    values = prepare.case_values(view.context, view.text)
    if pending is not None:
        changed = dict(pending.changes)
        values |= {f"fields.{name}": value for name, value in changed.pop("fields", {}).items()}
        values |= {"goals": changed.pop("goals", values["goals"])}
        values |= {f"attributes.{name}": value for name, value in changed.items()}
    content = request_forms.content_inputs(view.policy, view.context.request, view.context.procedure, values)
    inputs = (
        *prepare.evaluation_inputs(view.context, values),
        *request_forms.deciding_inputs(view.policy, (), values, prepare.from_case(view), {}),
        *(field for field in content if field.name.startswith("fields.") or field.name == "goals"),
    )
    return tuple(field for field in inputs if field.name != "responsible" and field.name not in _UNCHANGED)


def _enter_decision(view: CaseView, data: FormData) -> ActionForm:
    stop = view.context.procedure.stop_at(view.context.state)
    assert stop is not None  # the action is open here
    intro = _("Writes down what the meeting decided. It becomes the body’s act when the chair has confirmed it.")
    comment = comment_input(_("Reasons, or what the minutes say besides"))
    return ActionForm(intro, (*_inputs(view, data, stop), comment))


def _decision(context: ActionContext, typed: Typed) -> dict[str, Any]:
    """What a body is recorded to have decided; what it left as it was is not sent."""
    s = context.case_context
    stop = s.procedure.stop_at(s.state)
    assert stop is not None  # the action is open here
    own = {n: v for n, v in typed.items() if "." not in n and n not in ("text", "goals") and v not in ("", None)}
    own["conflicts"] = list(dict.fromkeys([*typed.get("conflicts", []), *typed.get("conflicts.others", [])]))
    if own.get("outcome") != "recommend":
        own.pop("proposal", None)
    is_amended = own.get("outcome") == "approve-amended" or own.get("proposal") == "amended"
    text = typed.get("text", "")
    has_new_text = text != context.proposal().strip()
    changed: dict[str, Any] = {}
    if stop.step == "decide":
        changed = prepare.changes(context, forms.as_offered(typed, _changeable(s)))
    if not is_amended:
        if has_new_text or changed:
            line = _("The text or the particulars below were changed, but the outcome says that nothing was.")
            raise ContradictoryForm(("outcome", line, ()))
        return own
    if has_new_text and text:
        own["text"] = text
    return own | changed


def _changeable(s: CaseContext) -> frozenset[str]:
    """Names of the inputs for what an approval with changes may change besides the text."""
    names = prepare.offered(s) - _UNCHANGED
    return frozenset(name for name in names if name.startswith(("attributes.", "fields.")) or name == "goals")


def _confirm(_view: CaseView, _data: FormData) -> ActionForm:
    intro = _("Makes this record the body’s act. Check it against the minutes: afterwards it cannot be changed.")
    return ActionForm(intro, (comment_input(),), _("Confirm the record"))


SCREENS = (
    ActionScreen(
        "enter-decision",
        N_("Enter the decision"),
        N_("Decision entered"),
        _enter_decision,
        label_at={"confirm": N_("Correct the record"), "recommend": N_("Enter the recommendation")},
        rank=4,
        load=_members,
        payload=_decision,
        more_lists=("conflicts.others",),
        folded=("attributes.", "fields.", "goals"),
    ),
    ActionScreen(
        "confirm",
        N_("Confirm"),
        N_("Decision confirmed"),
        _confirm,
        label_at={"confirm": N_("Confirm the record")},
        rank=3,
    ),
)
