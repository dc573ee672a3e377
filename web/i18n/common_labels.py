"""In which plain words do the case screens speak of steps, deadlines and choices?

What the whole application calls things is in `web.i18n.labels`; here are the sentences that only these screens need.
"""

from __future__ import annotations

from datetime import date

from web.i18n.gettext import _, ngettext


def before_step(step: str) -> str:
    """By when something must be there, said of the step it stands before."""
    return {
        "review": _("before the case is submitted"),
        "recommend": _("before a body recommends"),
        "decide": _("before the decision"),
        "sign": _("before it is signed"),
    }[step]


def until(due: date | None, today: date) -> str:
    """How long is left, or how late it is."""
    if due is None:
        return _("no last day is set")
    days = (due - today).days
    if days < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days)
    if days == 0:
        return _("today is the last day")
    return ngettext("%(num)s day left", "%(num)s days left", days)


def scope_label(scope: str) -> str:
    """How far a request reaches."""
    return {"own-area": _("Only the responsible body’s own area"), "municipality": _("The whole municipality")}[scope]


def initiative_label(initiative: str | None) -> str:
    """Who took the initiative."""
    return {"own": _("Our own"), "external": _("Somebody outside asked us"), None: _("Not said")}[initiative]


def origin_label(origin: str) -> str:
    """Where a matter came from."""
    return {
        "own": _("From within the administration"),
        "motion": _("A motion"),
        "citizens-proposal": _("A citizen’s proposal"),
        "other-body": _("Another body’s matter"),
        "outside": _("A request from outside"),
    }[origin]


def direction_label(direction: str) -> str:
    """Which way a document went."""
    return {"incoming": _("Received"), "outgoing": _("Sent"), "drawn-up": _("Drawn up here")}[direction]


def act_hint(act: str) -> str:
    """What asking for an act means."""
    return {
        "enter": _("Start something new: sign an agreement, join, take part, receive a visit."),
        "renew": _("Go on with something in the register for a new period."),
        "evaluate": _("Look back at something in the register: is it worth keeping?"),
        "terminate": _("End something in the register."),
        "adopt": _("Adopt a policy where there is none."),
        "revise": _("Change the policy that stands."),
        "repeal": _("Repeal the policy without a new one."),
    }[act]


def kind_hint(kind: str) -> str:
    """What an engagement kind covers, for who has not met the word."""
    return {
        "twin-agreement": _("A lasting agreement with a twin town."),
        "cooperation-agreement": _("An agreement about something definite."),
        "partnership": _("A partnership between municipalities."),
        "membership": _("In a network or an international organisation."),
        "project": _("Paid by the EU or by others, or with partners abroad."),
        "exchange": _("Study visits, staff exchange, courses, school contacts."),
        "visit": _("A delegation that wants to come here."),
        "aid-project": _("Development cooperation or aid."),
        "influence": _("A position towards the state, the EU or the UN."),
        "solidarity": _("Support or a statement."),
        "policy": _("The international policy itself."),
    }[kind]


def outcome_hint(outcome: str) -> str:
    """What follows when a body chooses an outcome."""
    return {
        "recommend": _("The body gives its opinion, whatever it is; the case goes on to the next step."),
        "approve": _("Yes, to the proposal as it stands."),
        "approve-amended": _("Yes, with changes that you write below."),
        "reject": _("No. The case ends here."),
        "take-note": _("The body neither approves nor rejects. Only for policies and evaluations."),
        "refer-back": _("More must be prepared: the case goes back to its officer. Give the reasons."),
        "postpone": _("The body takes it up at a later meeting; the case stays here."),
        "withdraw": _("The body ends the case because it is no longer wanted."),
        "not-raised": _(
            "The body does not take the matter up. Not for a motion or a request from outside. Give the reasons."
        ),
    }[outcome]


def proposal_hint(proposal: str) -> str:
    """What follows when a body recommends so."""
    return {
        "adopt": _("The text goes on unchanged."),
        "amended": _("The text goes on as you write it below; every change stays visible."),
        "decline": _("The deciding body still decides."),
        "none": _("The case goes on without the body’s opinion."),
    }[proposal]
