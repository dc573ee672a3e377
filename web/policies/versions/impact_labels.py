"""In which words is it told what another version would mean for a case or an engagement?"""

from __future__ import annotations

from collections.abc import Iterator

from web.i18n import labels
from web.i18n.gettext import _
from web.policies.labels import asked_for, listed
from web.policies.versions.diff_phrases import now_and_before, step_change_words
from web.register.labels import rhythm
from workflow.policy.diff.impact import Demanded, EngagementImpact, Impact
from workflow.policy.diff.migration import Destination
from workflow.policy.model import Policy


def kind_label(kind: str) -> str:
    """What comes of a case or an engagement, in a word or two."""
    return {
        "refused": _("Refused now"),
        "changed-route": _("Another way"),
        "new-requirement": _("More is required"),
        "unchanged": _("Unchanged"),
    }[kind]


def kind_hint(kind: str) -> str:
    """What that means."""
    return {
        "refused": _("Under the new version nobody could decide it."),
        "changed-route": _("Another body decides, or its way has other steps, other seats or other times."),
        "new-requirement": _(
            "The same bodies on the same way; something is required that was not, or at another step."
        ),
        "unchanged": _("The same bodies, the same way, and nothing more is required."),
    }[kind]


def findings(old: Policy, new: Policy, impact: Impact) -> tuple[str, ...]:
    """Everything that would be otherwise, one sentence each."""
    return tuple(_findings(old, new, impact))


def _findings(old: Policy, new: Policy, impact: Impact) -> Iterator[str]:
    if not impact.now:
        yield from (str(labels.reason_text(why)) for why in impact.reasons)
    elif impact.was != impact.now:
        yield now_and_before("", _decided(new, impact.now), _decided(old, impact.was))
    for step in impact.steps:
        yield step_change_words(old, new, step.what, step.stop, step.was, step.now)
    for demanded in impact.demands:
        yield _demanded(old if demanded.what == "gone" else new, demanded)


def _decided(policy: Policy, body: str) -> str:
    if not body:
        return _("forbidden, nobody may decide it")
    return _("decided by %(body)s", body=labels.body_name(policy, body))


def _demanded(policy: Policy, demanded: Demanded) -> str:
    what, before = asked_for(policy, demanded.requirement), labels.before_step(demanded.requirement.before)
    if demanded.what == "gone":
        return _("No longer required: %(what)s", what=what)
    told = _("Now required %(before)s: %(what)s", what=what, before=before)
    passed = _("(the case has come to that step already)")
    return f"{told} {passed}" if demanded.is_passed else told


def place_words(new: Policy, to: Destination, responsible: str) -> str:
    """Where a case would stand; empty where it must stay."""
    return str(labels.state_label(to.state, new, responsible)) if to.is_open else ""


def engagement_findings(old: Policy, new: Policy, impact: EngagementImpact) -> tuple[str, ...]:
    """Everything that would be otherwise for an engagement: by the acts for which it is, then its evaluations."""
    acts: dict[str, list[str]] = {}
    for act, one in impact.acts:
        for line in findings(old, new, one):
            acts.setdefault(line, []).append(str(labels.act_label(act)))
    lines = [f"{listed(names)}: {line}" for line, names in acts.items()]
    lines += [_("Must be evaluated now: %(how)s", how=rhythm(rule)) for rule in impact.begins]
    lines += [_("Need no longer be evaluated: %(how)s", how=rhythm(rule)) for rule in impact.ceases]
    for altered in impact.altered:
        what = _("Evaluation “%(rule)s”", rule=altered.now.id)
        rhythms = rhythm(altered.now), rhythm(altered.was)
        lines.append(
            now_and_before(what, *rhythms) if rhythms[0] != rhythms[1] else _("%(what)s: asks otherwise", what=what)
        )
    return tuple(lines)
