"""What does a body's secretary write down after the meeting?

Outcome, meeting, paragraph, who took part, votes, conflicts of interest, and the text where the body changed it. What
is left as it stood is not sent, so that a body only ever changes what it meant to.
"""

from __future__ import annotations

from typing import Any

from web.cases import amend_form, request_fields, request_form
from web.cases import labels as cases_labels
from web.cases.action_form_data import Beside
from web.cases.presenter import CaseView
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.form_errors import Line
from web.ui.forms import Choice, Input, Typed
from workflow.policy.state_machine import Stop
from workflow.policy.voting_rules import Quorum, VotingRules, needed_for_quorum

PROPOSALS = ("adopt", "amended", "decline", "none")
#: Inputs that are numbers of people.
COUNTS = ("present", "for", "against", "abstained")


def inputs_of(view: CaseView, beside: Beside, stop: Stop) -> tuple[Input, ...]:
    """The questions at a body's step; what was entered before and is being corrected stands in them."""
    rules = view.policy.law.collegial.on(view.standing.today)
    rule = rules.quorum_of(stop.kind)
    given = _entered(view, beside)
    return (
        *_outcome(view, stop, given),
        Input("meeting_date", "day", _("When did the body meet?"), given.get("meeting_date", ""), is_needed=True),
        Input("paragraph", "line", _("Paragraph in the minutes"), given.get("paragraph", ""), is_needed=True,
              hint=_("For example § 12.")),
        Input("present", "whole", _("How many members took part in the meeting?"), given.get("present", ""),
              is_needed=True, hint=_quorum(rule, len(beside.people))),
        *_votes(rules, given),
        Input("conflicts", "several", _("Who left for conflict of interest?"), values=given.get("conflicts", ()),
              choices=tuple(Choice(username, name) for username, name in beside.people),
              hint=_("They count as present, and did not take part in this matter. Tick nobody where nobody left.")),
        Input("conflicts.others", "names", _("Others who left, by user name"), given.get("others", ""),
              hint=_("Deputies, or people who sat in the body on that day. One a line.")),
        Input("text", "text", _("The text as the body decided it"), given.get("text", view.text),
              hint=_("Change it only if the body did, and choose an outcome with changes above.")),
        *(_other_changes(view) if stop.step == "decide" else ()),
    )  # fmt: skip


def _entered(view: CaseView, beside: Beside) -> dict[str, Any]:
    """What was entered and waits to be confirmed, by input name."""
    pending = view.standing.pending
    if pending is None:
        return {}
    counts = zip(COUNTS, (pending.present, pending.votes_for, pending.votes_against, pending.abstained), strict=True)
    told: dict[str, Any] = {name: "" if count is None else str(count) for name, count in counts}
    members = {username for username, _name in beside.people}
    is_amended = pending.proposal == "amended" or pending.outcome == "approve-amended"
    return told | {
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
    outcomes = view.standing.procedure.outcomes_at(stop.state)
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
    pending = view.standing.pending
    values = amend_form.values_of(view)
    if pending is not None:
        changed = dict(pending.changes)
        values |= {f"fields.{name}": value for name, value in changed.pop("fields", {}).items()}
        values |= {"goals": changed.pop("goals", values["goals"])}
        values |= {f"attributes.{name}": value for name, value in changed.items()}
    decides = request_form.deciding_inputs(view.policy, (), values, amend_form.from_case(view), {})
    tells = request_fields.telling_inputs(view.policy, view.standing.request, view.standing.procedure, values)
    left_out = ("responsible", "attributes.principal", "fields.principal_reason", "fields.consultation_ends_on")
    outcome = amend_form.outcome_inputs(view, values)
    kept = (
        *outcome,
        *decides,
        *(field for field in tells if field.name.startswith("fields.") or field.name == "goals"),
    )
    return tuple(field for field in kept if field.name not in left_out)


def payload_of(view: CaseView, stop: Stop, typed: Typed) -> tuple[dict[str, Any], list[Line]]:
    """What the gate is sent, and what contradicts itself before it is sent."""
    own = {
        n: v for n, v in typed.items() if "." not in n and n not in ("text", "goals", "comment") and v not in ("", None)
    }
    own["conflicts"] = list(dict.fromkeys([*typed.get("conflicts", []), *typed.get("conflicts.others", [])]))
    if own.get("outcome") != "recommend":
        own.pop("proposal", None)
    is_amended = own.get("outcome") == "approve-amended" or own.get("proposal") == "amended"
    text = typed.get("text", "")
    has_new_text = text != view.text.strip()
    changed: dict[str, Any] = {}
    if stop.step == "decide":
        kept = {n: v for n, v in typed.items() if n.startswith(("attributes.", "fields.")) or n == "goals"}
        changed = amend_form.changes(view, kept)
    if not is_amended:
        told = _("The text or the particulars below were changed, but the outcome says that nothing was.")
        return own, [("outcome", told, ())] if has_new_text or changed else []
    if has_new_text or not changed:
        own["text"] = text if has_new_text else ""
    return {name: value for name, value in own.items() if name != "text" or value} | changed, []
