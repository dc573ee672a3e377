"""P1: gaps and overlaps in the tables are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from tests.workflow.policy.small_pack import changed, small
from tests.workflow.policy.verification.reports import broken, obligation, only_broken
from workflow.policy.loading.loader import law_only
from workflow.policy.request_space import mentioned, requests
from workflow.policy.verification.runner import check


def test_a_missing_row_is_found_with_a_request_it_leaves_unanswered(tmp_path: Path) -> None:
    policy = changed(tmp_path, ("scope: municipality}, decides", "scope: municipality, eu_funded: false}, decides"))
    assert only_broken(policy, "P1") == (
        "no row answers: enter membership, responsible executive-board, scope municipality, EU-funded "
        "(and 11 more like it)"
    )


def test_a_missing_class_of_funding_is_found(tmp_path: Path) -> None:
    some = "{engagement: visit, external_funding: {from: 0, to: 60}}, decides"
    policy = changed(tmp_path, ("{engagement: visit}, decides", some))
    assert "61 % paid by others" in only_broken(policy, "P1")


def test_every_gap_and_every_overlap_is_listed_with_its_requests(tmp_path: Path) -> None:
    policy = changed(
        tmp_path,
        ("{engagement: visit}, decides", "{engagement: visit, act: [enter, renew]}, decides"),
        ("{engagement: [membership], scope: own-area}", "{engagement: [membership]}"),
    )
    report = check(policy)
    found = {(lot.engagement, lot.act): lot for lot in report.unanswered}
    assert list(found) == [
        *(("membership", act) for act in ("enter", "renew", "evaluate", "terminate")),
        *(("visit", act) for act in ("evaluate", "terminate")),
    ]
    overlap, gap = found["membership", "renew"], found["visit", "evaluate"]
    assert (overlap.rows, gap.rows) == (("memberships", "own-matters"), ())
    assert {request.scope for request in overlap.requests} == {"municipality"}
    assert {request.responsible for request in gap.requests} == set(policy.responsible_kinds())
    told = broken(report)["P1"]
    assert told.startswith("no row answers: evaluate visit, responsible executive-board, scope own-area (and ")
    assert len(report.as_json()["unanswered"]) == len(found)


def test_two_rows_for_one_request_are_found(tmp_path: Path) -> None:
    policy = changed(tmp_path, ("{engagement: [membership], scope: own-area}", "{engagement: [membership]}"))
    assert only_broken(policy, "P1") == (
        "rows memberships and own-matters both answer: enter membership, responsible executive-board, scope "
        "municipality (and 11 more like it)"
    )


def test_two_prohibitions_of_one_request_are_found() -> None:
    policy = small()
    again = replace(policy.prohibitions[0], id="again")
    found = broken(check(replace(policy, prohibitions=(*policy.prohibitions, again))))
    assert found["P1"].startswith("rows no-own-aid and again both answer: enter aid-project")


def test_two_rows_of_the_law_for_one_request_are_found() -> None:
    policy = small()
    again = replace(policy.law.rows[2], id="again")
    found = broken(check(replace(policy, law=replace(policy.law, rows=(*policy.law.rows, again)))))
    assert found["P1"].startswith("rows principal-matters and again both answer: enter membership")


def test_a_founding_table_with_a_hole_is_found(tmp_path: Path) -> None:
    hole = ("founding-matters, when: {engagement: [membership, visit]}", "founding-matters, when: {engagement: visit}")
    policy = changed(tmp_path, law=(hole,))
    assert only_broken(policy, "P1").startswith("the law alone: no row answers: enter membership")


def test_every_request_that_could_matter_was_tried_under_the_policy_and_under_the_law_alone() -> None:
    policy = small()
    law = law_only(policy)
    own = mentioned(row.when for row in (*policy.prohibitions, *policy.competence, *policy.law.rows))
    alone = mentioned(row.when for row in (*law.law.rows, *law.competence))
    tried = [*requests(policy, own), *requests(law, alone)]
    assert obligation(check(policy), "P1").checked == len(tried)
