"""What does a new version of a policy change?

Every difference between two versions as a value of its own, in the order a reader wants them. What is answered
otherwise is found by asking both versions about every request, never by comparing how their tables are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from workflow.policy import changes_asked, changes_evaluated, changes_written
from workflow.policy.asking import asked
from workflow.policy.change import SECTIONS, Change
from workflow.policy.check_competence import founding_alone
from workflow.policy.values import Policy


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """All differences of two versions of one municipality's policy, section by section; none where nothing differs."""
    if old.digest == new.digest:
        return ()
    all_asked = asked(old, new)
    found = (
        *changes_written.document(old, new),
        *changes_written.bodies(old, new),
        *changes_asked.competence(all_asked),
        *changes_asked.routes(old, new, all_asked),
        *changes_asked.requirements(old, new),
        *changes_evaluated.evaluations(old, new),
        *changes_written.ladders(old, new),
        *_founding(old, new),
        *changes_written.law(old, new),
        *changes_written.assumed(old, new),
        *changes_written.goals(old, new),
        *changes_written.forms(old, new),
        *changes_written.clauses(old, new),
    )
    return tuple(sorted(found, key=lambda change: SECTIONS.index(change.section)))


def _founding(old: Policy, new: Policy) -> Iterator[Change]:
    """Who decides otherwise, and on which way, while no policy is in force."""
    if (old.law, old.routes) == (new.law, new.routes):
        return
    was, now = founding_alone(old), founding_alone(new)
    all_asked = asked(was, now)
    for change in (*changes_asked.competence(all_asked), *changes_asked.routes(was, now, all_asked)):
        what = change.what if change.section == "competence" else f"step-{change.what}"
        yield replace(change, section="founding", what=what)
