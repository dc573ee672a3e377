"""Labels of policy versions, of their differences and of their impact."""

from __future__ import annotations

from functools import partial
from typing import Any

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.tables import Table, label
from web.policies.labels import body_kind_name, listed, time_limit
from web.policies.versions.queries import Version
from web.register.labels import seat_words
from workflow.core.messages import N_
from workflow.policy.diff.change import NOBODY, REFUSED, RESPONSIBLE, UNKNOWN
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Rung

VERSION_STATES: Table = {
    "in-force": N_("In force"),
    "coming": N_("In force from a later day"),
    "waits": N_("Waits, governs nothing"),
    "earlier": N_("Governed earlier"),
    "law": N_("The country’s law alone"),
}
#: Basis on which a version came into force; empty where nothing brought it into force.
BASES: Table = {
    "founding": N_("It stood when the municipality began here"),
    "decision": N_("A decision of the competent body"),
    "reading": N_("A new reading of the same document"),
}

#: Impact of a version on a case or an engagement.
IMPACTS: Table = {
    "refused": N_("Refused now"),
    "changed-route": N_("Another way"),
    "new-requirement": N_("More is required"),
    "unchanged": N_("Unchanged"),
}
IMPACT_HINTS: Table = {
    "refused": N_("Under the new version nobody could decide it."),
    "changed-route": N_("Another body decides, or its way has other steps, other seats or other times."),
    "new-requirement": N_("The same bodies on the same way; something is required that was not, or at another step."),
    "unchanged": N_("The same bodies, the same way, and nothing more is required."),
}

#: Sections of a difference.
SECTIONS: Table = {
    "document": N_("The document"),
    "bodies": N_("Bodies"),
    "competence": N_("Who decides"),
    "routes": N_("The way of a case"),
    "requirements": N_("Requirements"),
    "evaluations": N_("Evaluations"),
    "ladders": N_("Who is told of what is late"),
    "founding": N_("While no policy is in force"),
    "law": N_("Rules for bodies that meet"),
    "assumptions": N_("Assumptions"),
    "goals": N_("Goals"),
    "forms": N_("Kinds of engagement and their forms"),
    "clauses": N_("Clauses"),
}
#: Deciders of a change that are not bodies.
_DECIDERS: Table = {
    REFUSED: N_("forbidden, nobody may decide it"),
    NOBODY: N_("without an answer"),
    UNKNOWN: N_("no such body was known"),
    RESPONSIBLE: N_("decided by the body whose matter it is"),
}
#: Changes of an evaluation's questions.
QUESTIONS: Table = {
    "questions-added": N_("%(what)s asks more: %(questions)s"),
    "questions-removed": N_("%(what)s no longer asks: %(questions)s"),
    "questions-reworded": N_("%(what)s asks in other words: %(questions)s"),
}
DOCUMENT_PARTS: Table = {
    "title": N_("Title"),
    "status": N_("Status"),
    "valid-from": N_("In force from"),
    "valid-to": N_("In force to"),
    "notice": N_("Note on the document"),
    "name": N_("The municipality’s name"),
    "timezone": N_("Time zone"),
    "default-responsible": N_("Whose matter it usually is"),
    "named-twins": N_("Nordic twin towns that are named"),
}
#: Rules for meetings; a quorum and a minority's rights are those of a kind of body.
MEETING_RULES: Table = {
    "quorum": N_("Quorum of %(body)s"),
    "tie": N_("Equal votes"),
    "abstention": N_("Abstaining"),
    "minority": N_("What a minority can bring about in %(body)s"),
    "preparer": N_("Who prepared a matter as an employee"),
}
CLAUSE_PARTS: Table = {
    "kind": N_("what it does"),
    "section": N_("where it stands"),
    "voice": N_("whose words"),
    "enforced-by": N_("what is done about it"),
    "reason": N_("why it enforces nothing"),
}

version_state_label = partial(label, VERSION_STATES)
impact_label = partial(label, IMPACTS)
impact_hint = partial(label, IMPACT_HINTS)
section_label = partial(label, SECTIONS)


def basis_label(basis: str) -> str:
    """The basis on which a version came into force; empty where it did not."""
    return label(BASES, basis) if basis else ""


def governs_from(version: Version) -> str:
    """The day from which a version governs; empty where no day is fixed."""
    return _("from %(day)s", day=labels.day(version.governs_from)) if version.governs_from else ""


def loaded_by(version: Version) -> str:
    """The person who loaded a version, or the installation."""
    return version.loaded_by or _("the installation")


# -- phrases of a difference


def now_and_before(what: str, now: str, was: str) -> str:
    """A value in the new version and in the old one; a dash where there is none."""
    sentence = _("Now: %(now)s. Before: %(was)s.", now=now or "–", was=was or "–")
    return f"{what}. {sentence}" if what else sentence


def decider_label(policy: Policy, decider: str) -> str:
    """The decider of a change: a kind of body, or one of the codes for no body."""
    if decider in _DECIDERS:
        return label(_DECIDERS, decider)
    return _("decided by %(body)s", body=body_kind_name(policy, decider))


def step_change(old: Policy, new: Policy, what: str, stop: str, was: Any, now: Any) -> str:
    """One changed step of a route, from the parts of a `StepChange`."""
    if what == "added":
        return _("New step: %(step)s", step=_step(new, stop, now))
    if what == "removed":
        return _("A step falls away: %(step)s", step=_step(old, stop, was))
    step = _step(new, stop)
    if what == "moved":
        before, after = (_step(policy, at) if at else "–" for policy, at in ((old, was), (new, now)))
        return _("%(step)s: now after “%(now)s”; before, after “%(was)s”.", step=step, was=before, now=after)
    if what == "seats":
        return now_and_before(step, seats_label(new, now), seats_label(old, was))
    if what == "period":
        return now_and_before(step, time_limit(now), time_limit(was))
    return _("%(what)s: on other grounds than before.", what=step)


def _step(policy: Policy, state: str, by: tuple[str, ...] = ()) -> str:
    step, _colon, body = state.partition(":")
    who = body_kind_name(policy, body) if body else seats_label(policy, by)
    return f"{labels.step_label(step)} ({who})" if who else labels.step_label(step)


def seats_label(policy: Policy, tokens: tuple[str, ...]) -> str:
    """Bodies and ROLE@BODY tokens of a policy in one line, for no body in particular."""
    return listed(_seat(policy, token) for token in tokens)


def _seat(policy: Policy, token: str) -> str:
    role, at, where = token.partition("@")
    if not at:
        return body_kind_name(policy, token)
    if where == "responsible":
        return _("%(role)s of the body whose matter it is", role=labels.role_label(role))
    return seat_words(policy, token)


def rung_label(policy: Policy, rung: Rung) -> str:
    """A rung of an escalation ladder: when, and who is notified."""
    who = _("whoever it waits for") if rung.tell == "turn" else seats_label(policy, (rung.tell,))
    days = rung.after.amount
    if days == 0:
        when = _("on the last day")
    elif rung.after.unit == "workdays":
        when = ngettext("a working day late", "%(num)s working days late", days)
    elif days > 0:
        when = ngettext("a day late", "%(num)s days late", days)
    else:
        when = ngettext("a day before", "%(num)s days before", -days)
    return f"{when}: {who}"
