"""Labels of the case screens: what follows from a choice of kind, act, outcome or proposal."""

from __future__ import annotations

from functools import partial

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import Table, label
from workflow.core.messages import N_
from workflow.policy.model import Policy

#: What an act asks for.
ACT_HINTS: Table = {
    "enter": N_("Start something new: sign an agreement, join, take part, receive a visit."),
    "renew": N_("Go on with something in the register for a new period."),
    "evaluate": N_("Look back at something in the register: is it worth keeping?"),
    "terminate": N_("End something in the register."),
    "adopt": N_("Adopt a policy where there is none."),
    "revise": N_("Change the policy that stands."),
    "repeal": N_("Repeal the policy without a new one."),
}

#: What a kind of engagement covers.
KIND_HINTS: Table = {
    "twin-agreement": N_("A lasting agreement with a twin town."),
    "cooperation-agreement": N_("An agreement about something definite."),
    "partnership": N_("A partnership between municipalities."),
    "membership": N_("In a network or an international organisation."),
    "project": N_("Paid by the EU or by others, or with partners abroad."),
    "exchange": N_("Study visits, staff exchange, courses, school contacts."),
    "visit": N_("A delegation that wants to come here."),
    "aid-project": N_("Development cooperation or aid."),
    "influence": N_("A position towards the state, the EU or the UN."),
    "solidarity": N_("Support or a statement."),
    "policy": N_("The international policy itself."),
}

#: What follows from a body's outcome.
OUTCOME_HINTS: Table = {
    "recommend": N_("The body gives its opinion, whatever it is; the case goes on to the next step."),
    "approve": N_("Yes, to the proposal as it stands."),
    "approve-amended": N_("Yes, with changes that you write below."),
    "reject": N_("No. The case ends here."),
    "take-note": N_("The body neither approves nor rejects. Only for policies and evaluations."),
    "refer-back": N_("More must be prepared: the case goes back to its officer. Give the reasons."),
    "postpone": N_("The body takes it up at a later meeting; the case stays here."),
    "withdraw": N_("The body ends the case because it is no longer wanted."),
    "not-raised": N_(
        "The body does not take the matter up. Not for a motion or a request from outside. Give the reasons."
    ),
}

#: What follows from a recommending body's proposal.
PROPOSAL_HINTS: Table = {
    "adopt": N_("The text goes on unchanged."),
    "amended": N_("The text goes on as you write it below; every change stays visible."),
    "decline": N_("The deciding body still decides."),
    "none": N_("The case goes on without the body’s opinion."),
}

act_hint = partial(label, ACT_HINTS)
kind_hint = partial(label, KIND_HINTS)
outcome_hint = partial(label, OUTCOME_HINTS)
proposal_hint = partial(label, PROPOSAL_HINTS)


def goal_group_label(policy: Policy, group: str) -> str:
    """A requirement that a goal of a group be named."""
    found = next((found for found in policy.goals if found.group == group), None)
    return (
        _("At least one goal of: %(group)s", group=labels.localized(found.names))
        if found
        else labels.field_label("goals")
    )
