"""Impact of a policy version on open cases and engagements, for the version page and the command line.

Counts of all of them, and one page of those of one kind. A case that the reader may not see is counted like any other
and not listed; the page says how many it leaves out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from models import Case, Engagement
from web.auth.session import User
from web.cases.list_queries import Listed, readable
from web.i18n import labels
from web.i18n.gettext import _
from web.policies.labels import listed, requirement_label
from web.policies.versions.labels import now_and_before, step_change
from web.register.labels import rhythm
from web.ui.pagination import Key, Keyset
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.core.messages import Reason
from workflow.policy.diff.impact import KINDS, Demanded, EngagementImpact, Impact
from workflow.policy.diff.migration import Destination
from workflow.policy.model import Policy
from workflow.versions.impact import CaseClass, EngagementClass, Impacts

PAGE = 25
CASES = Keyset("impact-cases", (Key(Case.id, descending=True),))
ENGAGEMENTS = Keyset("impact-engagements", (Key(Engagement.id, descending=True),))


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One open case, and the impact on it."""

    listed: Listed
    findings: tuple[str, ...]
    #: Label of the state it would move to; empty where it must stay.
    to: str
    #: Reasons why it must stay.
    stays: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class EngagementLine:
    """One engagement, and the impact on it."""

    row: Any
    findings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers by kind of impact, and the kind that is listed."""

    #: Every kind of impact, the gravest first.
    by_kind: tuple[tuple[str, int], ...]
    #: Cases that are under the version already.
    under_it: int
    #: The kind listed; empty where there is nothing to list.
    kind: str


@dataclass(frozen=True, slots=True)
class CaseImpacts:
    """Open cases: counts, and one page of a kind; `after` is the cursor of the next, empty on the last."""

    counts: Counts
    lines: tuple[CaseLine, ...]
    #: Number of cases of this page that the reader may not see.
    hidden: int
    after: str


@dataclass(frozen=True, slots=True)
class EngagementImpacts:
    """Engagements: counts, and one page of a kind."""

    counts: Counts
    lines: tuple[EngagementLine, ...]
    after: str


def case_impacts(
    db: Session, services: Services, user: User, impacts: Impacts, *, kind: str, after: str, today: date
) -> CaseImpacts:
    """The impact on open cases: those of a kind, else of the gravest kind there is, page by page."""
    classes = impacts.on_cases(db.connection())
    counts = _counts(((one.impact.kind if one.impact else "", one.count) for one in classes), kind)
    some = [one for one in classes if one.impact is not None and one.impact.kind == counts.kind]
    rows = impacts.cases(db.connection(), some, after=_after(CASES, after), limit=PAGE + 1)
    shown = [(readable(db, services, user, row, today), one) for row, one in rows[:PAGE]]
    lines = tuple(_case(listed, one, impacts.new) for listed, one in shown if listed is not None)
    return CaseImpacts(counts, lines, len(shown) - len(lines), _next(CASES, rows))


def engagement_impacts(
    db: Session, services: Services, user: User, impacts: Impacts, old: Policy, *, kind: str, after: str, today: date
) -> EngagementImpacts:
    """The impact on current engagements, compared with the version in force."""
    classes: tuple[EngagementClass, ...] = impacts.on_engagements(db.connection(), old, today)
    counts = _counts(((one.impact.kind, one.count) for one in classes), kind)
    some = [one for one in classes if one.impact.kind == counts.kind]
    readable = reader_of(db, services.policies, user.municipality, user).may_read_engagement()
    rows = impacts.engagements(
        db.connection(), old, today, some, readable=readable, after=_after(ENGAGEMENTS, after), limit=PAGE + 1
    )
    lines = tuple(EngagementLine(row, engagement_findings(old, impacts.new, one.impact)) for row, one in rows[:PAGE])
    return EngagementImpacts(counts, lines, _next(ENGAGEMENTS, rows))


def _counts(found: Iterable[tuple[str, int]], chosen: str) -> Counts:
    counted: Counter[str] = Counter()
    for kind, count in found:
        counted[kind] += count
    gravest = next((kind for kind in KINDS if counted[kind]), "")
    return Counts(tuple((kind, counted[kind]) for kind in KINDS), counted[""], chosen if chosen in KINDS else gravest)


def _case(listed: Listed, one: CaseClass, new: Policy) -> CaseLine:
    impact = one.impact
    assert impact is not None  # those under the version are not listed
    assert impact.to is not None  # it is a case
    return CaseLine(
        listed,
        findings(one.stand.policy, new, impact),
        destination(new, impact.to, one.stand.responsible),
        impact.to.reasons,
    )


def _after(keyset: Keyset, cursor: str) -> int:
    """The id a page begins after; 0 for the first page."""
    found = keyset.read_or_first(cursor)
    return int(found[0]) if found else 0


def _next(keyset: Keyset, rows: Sequence[tuple[Any, Any]]) -> str:
    return keyset.cut(rows, PAGE, lambda row: (row[0].id,))[1]


def findings(old: Policy, new: Policy, impact: Impact) -> tuple[str, ...]:
    """Everything that would change, one sentence each."""
    return tuple(_findings(old, new, impact))


def _findings(old: Policy, new: Policy, impact: Impact) -> Iterator[str]:
    if not impact.now:
        yield from (labels.reason_text(why) for why in impact.reasons)
    elif impact.was != impact.now:
        yield now_and_before("", _decider(new, impact.now), _decider(old, impact.was))
    for step in impact.steps:
        yield step_change(old, new, step.what, step.stop, step.was, step.now)
    for demanded in impact.demands:
        yield _requirement(old if demanded.what == "gone" else new, demanded)


def _decider(policy: Policy, body: str) -> str:
    if not body:
        return _("forbidden, nobody may decide it")
    return _("decided by %(body)s", body=labels.body_name(policy, body))


def _requirement(policy: Policy, demanded: Demanded) -> str:
    what, before = requirement_label(policy, demanded.requirement), labels.before_step(demanded.requirement.before)
    if demanded.what == "gone":
        return _("No longer required: %(what)s", what=what)
    sentence = _("Now required %(before)s: %(what)s", what=what, before=before)
    passed = _("(the case has come to that step already)")
    return f"{sentence} {passed}" if demanded.is_passed else sentence


def destination(new: Policy, to: Destination, responsible: str) -> str:
    """The state that a case would move to; empty where it must stay."""
    return labels.state_label(to.state, new, responsible) if to.is_open else ""


def engagement_findings(old: Policy, new: Policy, impact: EngagementImpact) -> tuple[str, ...]:
    """Everything that would change for an engagement: by the acts that it concerns, then its evaluations."""
    acts: dict[str, list[str]] = {}
    for act, one in impact.acts:
        for line in findings(old, new, one):
            acts.setdefault(line, []).append(labels.act_label(act))
    lines = [f"{listed(names)}: {line}" for line, names in acts.items()]
    lines += [_("Must be evaluated now: %(how)s", how=rhythm(rule)) for rule in impact.begins]
    lines += [_("Need no longer be evaluated: %(how)s", how=rhythm(rule)) for rule in impact.ceases]
    for altered in impact.altered:
        what = _("Evaluation “%(rule)s”", rule=altered.now.id)
        now, was = rhythm(altered.now), rhythm(altered.was)
        lines.append(now_and_before(what, now, was) if now != was else _("%(what)s: asks otherwise", what=what))
    return tuple(lines)
