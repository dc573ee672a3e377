"""Differences between two versions of a policy, each a value of its own, in reading order.

Different answers are found by asking both versions about every request, never by comparing how their tables are
written. Of rows of the law that follow each other in time, the last are asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from workflow.policy.diff import diff_answers, diff_evaluations, diff_text
from workflow.policy.diff.answers import answer_pairs
from workflow.policy.diff.change import SECTIONS, Change
from workflow.policy.model import Policy
from workflow.policy.request_space import founding_alone


def changes(old: Policy, new: Policy) -> tuple[Change, ...]:
    """All differences of two versions of one municipality's policy, section by section; none where nothing differs."""
    if old.digest == new.digest:
        return ()
    old, new = old.on(date.max), new.on(date.max)
    pairs = answer_pairs(old, new)
    found = (
        *diff_text.document(old, new),
        *diff_text.bodies(old, new),
        *diff_answers.competence(pairs),
        *diff_answers.routes(old, new, pairs),
        *diff_answers.requirements(old, new),
        *diff_evaluations.evaluations(old, new),
        *diff_text.ladders(old, new),
        *_founding(old, new),
        *diff_text.law(old, new),
        *diff_text.assumed(old, new),
        *diff_text.goals(old, new),
        *diff_text.forms(old, new),
        *diff_text.clauses(old, new),
    )
    return tuple(sorted(found, key=lambda change: SECTIONS.index(change.section)))


def _founding(old: Policy, new: Policy) -> Iterator[Change]:
    """Who decides otherwise, and on which way, while no policy is in force."""
    if (old.law, old.routes) == (new.law, new.routes):
        return
    was, now = founding_alone(old), founding_alone(new)
    pairs = answer_pairs(was, now)
    for change in (*diff_answers.competence(pairs), *diff_answers.routes(was, now, pairs)):
        what = change.what if change.section == "competence" else f"step-{change.what}"
        yield replace(change, section="founding", what=what)
