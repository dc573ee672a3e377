"""P7: rules that rest on nothing, and clauses that nothing carries out, are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow.policy.small_pack import changed, small
from tests.workflow.policy.verification.reports import broken, only_broken
from workflow.policy.verification.runner import check


def test_a_rule_without_clause_or_assumption_is_found(tmp_path: Path) -> None:
    policy = changed(tmp_path, (", assumed: the policy is silent on memberships of the whole", ""))
    assert only_broken(policy, "P7") == "competence row memberships cites no clause and does not say that it is assumed"


def test_a_rule_of_the_law_without_clause_or_assumption_is_found(tmp_path: Path) -> None:
    bare = ("tie: {rule: casting-vote, clauses: [se/law.meetings]}", "tie: {rule: lapses, clauses: []}")
    found = only_broken(changed(tmp_path, law=(bare,)), "P7")
    assert found == "rule for ties cites no clause and does not say that it is assumed"


@pytest.mark.parametrize(
    ("old", "where"),
    [
        ("before: review, clauses: [lillby/aims], assumed: an example}", "requirement initiative"),
        ("route: own-matter, clauses: [lillby/own-area]}\n  - {id: visits", "competence row own-matters"),
    ],
)
def test_a_rule_that_rests_on_guidance_alone_is_found(old: str, where: str, tmp_path: Path) -> None:
    new = old.replace("lillby/aims", "lillby/kindness").replace("lillby/own-area", "lillby/kindness")
    policy = changed(tmp_path, (old, new.replace(", assumed: an example", "")))
    assert only_broken(policy, "P7").startswith(where)


def test_a_binding_clause_that_nothing_carries_out_is_found(tmp_path: Path) -> None:
    policy = changed(tmp_path, (", clauses: [lillby/signs]}", ", assumed: not said}"))
    found = broken(check(policy))
    assert found["P7"] == "nothing carries out lillby/signs, a representation"
    assert found["P10"] == (
        "lillby/signs promises of renew twin-agreement, responsible committee, scope own-area: signed by "
        "chair@council; but the step sign by chair@executive-board, chair@council does not cite the clause"
    )


def test_one_rule_is_enough_to_carry_out_a_clause(tmp_path: Path) -> None:
    once = (
        "decides: council\n    clauses: [lillby/look-back]",
        "decides: council\n    clauses: [lillby/levels]\n    assumed: ours",
    )
    assert check(changed(tmp_path, once)).ok


def test_a_clause_is_not_carried_out_by_a_rule_of_another_kind() -> None:
    policy = small()
    policy = replace(policy, requirements=policy.requirements[:1] + policy.requirements[2:])
    competence = replace(policy.competence[0], clauses=("lillby/levels", "lillby/time-limited"))
    report = check(replace(policy, competence=(competence, *policy.competence[1:])))
    assert broken(report)["P7"] == "nothing carries out lillby/time-limited, a requirement"
    assert report.coverage["requirement"].unenforced == ("lillby/time-limited",)


def test_coverage_counts_by_kind_and_names_what_is_idle() -> None:
    coverage = check(small()).coverage
    assert (coverage["competence"].enforced, coverage["competence"].total) == (2, 2)
    assert coverage["guidance"].unenforced == ("lillby/kindness",)
    assert (coverage["law"].enforced, coverage["law"].total) == (3, 3)
    assert sum(found.total for found in coverage.values()) == len(small().clauses)
