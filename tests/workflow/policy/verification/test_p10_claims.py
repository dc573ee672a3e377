"""P10: promises that are not kept are found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import changed, small
from tests.workflow.policy.verification.reports import broken, only_broken, without
from workflow.policy.loading.loader import law_only
from workflow.policy.verification.runner import check

OBLIGATIONS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10")
PROJECT = "{engagement: project, act: enter, "
LOOKED_BACK = "evaluated: {reports: coordinator@executive-board}"
NOT_LOOKED_BACK = "{engagement: visit, act: renew, evaluated_not: true}"
SIGNED = "{engagement: twin-agreement, act: renew, signed_by: chair@council}"


OF_AIMS = PROJECT + "requires: goal, reading: true}"


BROKEN_PROMISES = [
    ("act: enter, decided_by: council}", "act: enter, decided_by: committee}", "row twins lets council decide it"),
    ("99, refused: true", "100, refused: true", "row own-agreements lets committee decide it"),
    ("100, decided_by: committee", "98, decided_by: committee", "it is refused by no-own-aid"),
    ("act: enter, requires: goal", "act: terminate, requires: goal", "nothing requires it"),
    ("act: terminate, requires_not: goal", "act: renew, requires_not: goal", "lillby/aims requires it"),
    (
        "{engagement: project, act: terminate, requires_not",
        "{engagement: aid-project, act: enter, requires_not",
        "it is refused by no-own-aid",
    ),
    (
        PROJECT + "decided_by: committee}",
        "{engagement: policy, act: adopt, decided_by: council}",
        "row policy does not cite the clause",
    ),
    (
        PROJECT + "requires: goal, reading: true}",
        "{engagement: twin-agreement, act: enter, requires: time-limited}",
        "the requirement does not cite the clause",
    ),
]

BROKEN_PROMISES += [
    (
        "{engagement: policy, act: adopt, decided_by: council}",
        "{engagement: policy, act: adopt, heard: administration}",
        "on its route council-matter nobody asks administration",
    ),
    (
        PROJECT + "requires: goal, reading: true}",
        PROJECT + "requires: goal}",
        "it is marked as assumed (that one aim is enough is our reading)",
    ),
    (
        PROJECT + "decided_by: committee}",
        PROJECT + "decided_by: committee, reading: true}",
        "nothing marks it as assumed",
    ),
]

BROKEN_PROMISES += [
    (LOOKED_BACK, "evaluated: {weighs_value: true}", "evaluation twins has weighs_value False, not True"),
    (LOOKED_BACK, "evaluated: {every: 12 months}", "evaluation twins has every 24, not 12"),
    (
        LOOKED_BACK,
        "evaluated: {reports: officer@responsible}",
        "evaluation twins has reports coordinator@executive-board, not officer@responsible",
    ),
    (LOOKED_BACK, "evaluated: {decides: council}", "evaluation twins has decides as-entered, not council"),
    (LOOKED_BACK + "}", LOOKED_BACK + ", reading: true}", "nothing marks it as assumed"),
    (LOOKED_BACK, "evaluated_not: true", "evaluation twins is made of it"),
    (
        NOT_LOOKED_BACK,
        NOT_LOOKED_BACK.replace("_not: true", ": {every: 1 months}"),
        "no evaluation that cites the clause is made of it",
    ),
    (
        SIGNED,
        SIGNED.replace("chair@council", "manager@responsible"),
        "on its route council-agreement manager@responsible does not sign",
    ),
    (SIGNED, SIGNED.replace("}", ", reading: true}"), "nothing marks it as assumed"),
    (
        SIGNED,
        "{engagement: project, act: renew, signed_by: manager@responsible}",
        "the step sign by manager@responsible does not cite the clause",
    ),
    (OF_AIMS, PROJECT + "requires_not: goal, group: aims}", "lillby/aims requires it"),
    (OF_AIMS, PROJECT + "requires: goal, group: others, reading: true}", "nothing requires it"),
]


@pytest.mark.no_cover
@pytest.mark.parametrize(("old", "new", "but"), BROKEN_PROMISES)
def test_a_promise_the_pack_does_not_keep_is_found(old: str, new: str, but: str, tmp_path: Path) -> None:
    found = only_broken(changed(tmp_path, (old, new)), "P10")
    assert found.startswith("lillby/")
    assert found.endswith(f"; but {but}")


BROKEN_LAW = [
    (
        "principal: true, decided_by: council}",
        "principal: true, decided_by: committee}",
        "se/law.principal promises of revise policy, responsible committee, scope own-area, a matter of principle: "
        "decided by committee; but row founding-policy lets council decide it",
    ),
    (
        "route: principal-matter, clauses: [se/law.principal]}\n  - {id: founding-agreements",
        "route: principal-matter, clauses: [se/law.meetings]}\n  - {id: founding-agreements",
        "se/law.principal promises of revise policy, responsible committee, scope own-area, a matter of principle: "
        "decided by council; but row founding-policy does not cite the clause",
    ),
    (
        "principal: true, heard: executive-board}",
        "principal: true, heard: executive-board, reading: true}",
        "se/law.principal promises of evaluate project, responsible committee, scope own-area, a matter of principle: "
        "executive-board heard; but nothing marks it as assumed",
    ),
    (
        "- {decides: administration, clauses",
        "- {decides: council, clauses",
        "se/law.delegation promises of renew visit, responsible committee, scope own-area: not by this clause; but row "
        "founding-matters cites it",
    ),
]


@pytest.mark.parametrize(("old", "new", "says"), BROKEN_LAW)
def test_a_promise_of_the_law_that_is_not_kept_is_found(old: str, new: str, says: str, tmp_path: Path) -> None:
    assert broken(check(changed(tmp_path, law=((old, new),))))["P10"] == says


def test_what_the_law_promises_of_a_body_that_is_not_there_is_not_asked(tmp_path: Path) -> None:
    change = ("principal: true, heard: executive-board}", "principal: true, heard: company-board}")
    assert check(changed(tmp_path, law=(change,))).ok


def test_the_law_is_held_to_its_promises_under_the_policy_too() -> None:
    policy = small()
    bare = tuple(replace(step, clauses=(), assumed="ours") for step in policy.routes["principal-matter"])
    found = broken(check(replace(policy, routes={**policy.routes, "principal-matter": bare})))["P10"]
    assert found == (
        "se/law.principal promises of evaluate project, responsible committee, scope own-area, a matter of principle: "
        "executive-board heard; but the step recommend by executive-board does not cite the clause"
    )


def test_a_table_changed_under_a_promise_is_found(tmp_path: Path) -> None:
    change = ("decides: council, route: council-agreement", "decides: responsible, route: own-agreement")
    found = broken(check(changed(tmp_path, change)))
    assert found["P10"] == (
        "lillby/levels promises of enter twin-agreement, responsible committee, scope own-area: decided by council; "
        "but row twins lets committee decide it"
    )


def test_a_refusal_by_another_clause_is_no_promise_kept() -> None:
    policy = small()
    other = replace(policy.prohibitions[0], clauses=("lillby/levels",))
    found = broken(check(replace(policy, prohibitions=(other,))))
    assert found["P10"].endswith("but row no-own-aid refuses it without citing the clause")


def test_a_promise_broken_on_the_route_alone_is_found() -> None:
    policy = small()
    routes = {**policy.routes, "council-matter": policy.routes["executive-matter"]}
    found = broken(check(replace(policy, routes=routes)))
    assert found["P10"].endswith("but on its route council-matter executive-board decides")


def test_a_demand_before_a_step_that_never_comes_is_found() -> None:
    policy = small()
    late = replace(policy.requirements[0], before="sign")
    routes = {**policy.routes, "own-agreement": policy.routes["own-matter"]}
    found = broken(check(replace(policy, requirements=(late, *policy.requirements[1:]), routes=routes)))
    assert found["P10"].endswith("but its route own-agreement never comes to the step sign")


def test_what_a_claim_does_not_mention_is_as_usual(tmp_path: Path) -> None:
    change = (PROJECT + "decided_by: committee}", "{engagement: membership, act: enter, decided_by: committee}")
    assert check(changed(tmp_path, change)).ok, "own-area and the committee are what a request usually has"


def test_a_promise_without_an_answer_is_found() -> None:
    assert broken(check(without(small(), "policy")))["P10"].endswith("but it has not one answer")


@pytest.mark.parametrize("key", KEYS)
def test_the_four_packs_keep_every_promise(key: str) -> None:
    report = check(pack(key))
    assert broken(report) == {}
    assert [found.id for found in report.obligations] == list(OBLIGATIONS)
    assert all(found.checked > 0 for found in report.obligations)
    binding = [found for kind, found in report.coverage.items() if kind not in ("guidance", "law")]
    assert all(found.enforced == found.total for found in binding)


@pytest.mark.parametrize("key", KEYS)
def test_the_law_alone_keeps_every_promise_too(key: str) -> None:
    assert broken(check(law_only(pack(key)))) == {}
