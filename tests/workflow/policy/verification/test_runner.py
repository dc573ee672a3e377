"""The check finds every kind of broken obligation, and passes only what keeps them all.

A fault is planted in the small pack, which is otherwise sound; the obligation it breaks must say so in words.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workflow.policy.packs import KEYS, pack
from tests.workflow.policy.small_pack import changed, small
from workflow.policy.loading.loader import law_only
from workflow.policy.model import Policy
from workflow.policy.request_space import mentioned, requests
from workflow.policy.state_machine import Procedure, procedure_for, stops_of
from workflow.policy.verification.p03_routes import stranding
from workflow.policy.verification.runner import Obligation, Report, check, summary

Change = tuple[str, str]
OBLIGATIONS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10")


def broken(report: Report) -> dict[str, str]:
    """Counterexamples by obligation."""
    return {found.id: str(found.counterexample) for found in report.obligations if found.counterexample is not None}


def obligation(report: Report, id_: str) -> Obligation:
    """One obligation of a report."""
    return next(found for found in report.obligations if found.id == id_)


def only_broken(policy: Policy, obligation: str) -> str:
    """The counterexample to the one obligation that a policy breaks."""
    report = check(policy)
    found = broken(report)
    assert list(found) == [obligation]
    assert not report.ok
    return found[obligation]


def row(policy: Policy, id_: str) -> int:
    """Where a row stands in the table."""
    return next(position for position, one in enumerate(policy.competence) if one.id == id_)


def without(policy: Policy, id_: str) -> Policy:
    """The policy without a row."""
    position = row(policy, id_)
    return replace(policy, competence=policy.competence[:position] + policy.competence[position + 1 :])


# -- P1: every request has exactly one answer


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


# -- P3: nobody is stranded


@pytest.mark.parametrize(
    ("role", "nobody"), [("chair", "nobody is there to sign"), ("secretary", "no secretary sits in kontoret")]
)
def test_a_signatory_who_does_not_exist_is_found(role: str, nobody: str, tmp_path: Path) -> None:
    policy = changed(tmp_path, ("{step: sign, by: manager@responsible", f"{{step: sign, by: {role}@responsible"))
    found = obligation(check(policy), "P3")
    assert str(found.counterexample) == (
        "enter cooperation-agreement, responsible administration, scope own-area is stranded at sign of own-agreement, "
        f"where nobody can act for kontoret ({nobody}): submit by officer, approve by manager of administration"
    )
    path = found.counterexample.path if found.counterexample else None
    assert path is not None
    assert (path.route, path.responsible) == ("own-agreement", "administration")
    assert path.states == ("draft", "decide:responsible", "sign")
    assert [str(event) for event in path.events] == ["submit by officer", "approve by manager of administration"]


def test_a_second_signatory_is_enough(tmp_path: Path) -> None:
    two = "{step: sign, by: [chair@responsible, manager@responsible]"
    assert check(changed(tmp_path, ("{step: sign, by: manager@responsible", two))).ok


def test_a_body_without_an_administration_cannot_even_draft() -> None:
    policy = small()
    policy = replace(policy, bodies=tuple(body for body in policy.bodies if body.key != "skolforvaltningen"))
    assert broken(check(policy))["P3"] == (
        "enter twin-agreement, responsible committee, scope own-area is stranded at draft of council-agreement, where "
        "nobody can act for skolnamnden (the body that would submit is not there or not one alone)"
    )


def test_a_body_that_the_kind_does_not_name_alone_is_found() -> None:
    policy = small()
    second = replace(policy.body("styrelsen"), key="styrelsen-2")
    policy = replace(policy, bodies=(*policy.bodies, second))
    assert "is not there or not one alone" in broken(check(policy))["P3"]


def test_a_state_from_which_no_case_is_concluded_is_found() -> None:
    policy = small()
    procedure = Procedure(stops_of(policy.routes["own-agreement"], "committee"))
    procedure.moves = tuple(move for move in procedure.moves if move[0] != "sign")
    checked = stranding(policy, procedure, "own-agreement", "committee")
    found = [state for state, what in checked if what is not None and what.code == "never-concluded"]
    assert found == ["draft", "review", "decide:responsible", "confirm-decide:responsible", "sign"], (
        "that a body may take note is no yes"
    )


def test_a_state_that_can_only_be_withdrawn_from_is_no_way_on() -> None:
    policy = small()
    procedure = Procedure(stops_of(policy.routes["own-matter"], "committee"))
    procedure.moves = tuple(move for move in procedure.moves if move[0] != "endorse")
    checked = stranding(policy, procedure, "own-matter", "committee")
    assert "review" in [state for state, what in checked if what is not None and what.code == "never-concluded"]


def test_every_state_of_every_way_was_looked_at() -> None:
    policy = small()
    report = check(policy)
    states = {
        (route, kind, state)
        for route in policy.routes
        for kind in policy.responsible_kinds()
        for state in procedure_for(policy, route, kind).states
        if state not in ("concluded", "rejected", "withdrawn", "not-raised")
    }
    assert obligation(report, "P3").checked == 2 * len(states)  # whether it leads on, and whether anybody hears of it


# -- P7: clauses


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


# -- P10: claims


PROJECT = "{engagement: project, act: enter, "
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


LOOKED_BACK = "evaluated: {reports: coordinator@executive-board}"
NOT_LOOKED_BACK = "{engagement: visit, act: renew, evaluated_not: true}"
SIGNED = "{engagement: twin-agreement, act: renew, signed_by: chair@council}"
OF_AIMS = PROJECT + "requires: goal, reading: true}"
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


# -- the report


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


def test_the_small_pack_is_sound() -> None:
    assert check(small()).ok


def test_coverage_counts_by_kind_and_names_what_is_idle() -> None:
    coverage = check(small()).coverage
    assert (coverage["competence"].enforced, coverage["competence"].total) == (2, 2)
    assert coverage["guidance"].unenforced == ("lillby/kindness",)
    assert (coverage["law"].enforced, coverage["law"].total) == (3, 3)
    assert sum(found.total for found in coverage.values()) == len(small().clauses)


def test_every_assumption_is_listed_with_its_reason() -> None:
    listed = {(found.where, found.reason) for found in check(small()).assumptions}
    assert {
        ("body eu-enheten", "an example"),
        ("competence row memberships", "the policy is silent on memberships of the whole"),
        ("clause lillby/aims", "that one aim is enough is our reading"),
        ("founding row founding-matters", "without a policy the council decides"),
    } <= listed


@pytest.mark.parametrize("key", KEYS)
def test_no_assumption_written_in_a_pack_is_left_out(key: str) -> None:
    written = json.loads(pack(key).canonical)
    assert set(_assumed(written)) == {found.reason for found in check(pack(key)).assumptions}


def _assumed(data: object) -> list[str]:
    if isinstance(data, dict):
        own = [data["assumed"]] if "assumed" in data else []
        return own + [reason for value in data.values() for reason in _assumed(value)]
    return [reason for value in data for reason in _assumed(value)] if isinstance(data, list) else []


def test_the_report_is_the_json_that_others_script_against() -> None:
    told = json.loads(json.dumps(summary([check(small()), check(without(small(), "visits"))])))
    assert told["ok"] is False
    sound, faulty = told["packs"]
    assert sound["municipality"] == "lillby"
    assert {"id", "ok", "checked", "counterexample"} <= set(sound["obligations"][0])
    assert sound["obligations"][0]["counterexample"] is None
    assert sound["unanswered"] == []
    assert all(found["path"] is None for found in sound["obligations"])
    assert faulty["unanswered"][0]["requests"][0]["engagement"] == "visit"
    assert faulty["obligations"][0]["ok"] is False
    assert faulty["obligations"][0]["counterexample"].startswith("no row answers: enter visit")
    assert sound["coverage"]["duty"] == {"enforced": 1, "total": 1, "unenforced": []}
    assert {"where", "reason"} == set(sound["assumptions"][0])


def test_all_is_well_only_when_every_pack_is() -> None:
    assert summary([check(small())])["ok"] is True
    assert summary([check(without(small(), "visits")), check(small())])["ok"] is False


def test_step_that_may_wait_for_ever_is_found(tmp_path: Path) -> None:
    policy = changed(tmp_path)
    routes = {name: tuple(replace(step, within=None) for step in steps) for name, steps in policy.routes.items()}
    assert only_broken(replace(policy, routes=routes), "P3") == (
        "enter twin-agreement, responsible executive-board, scope own-area is stranded at review of council-agreement, "
        "where it may wait for ever (the step has no last day): submit by officer"
    )


def test_ladder_that_tells_no_chair_is_found(tmp_path: Path) -> None:
    policy = changed(tmp_path)
    step = policy.ladders["step"]
    shorter = {**policy.ladders, "step": replace(step, rungs=step.rungs[:-1])}
    where = (
        "enter twin-agreement, responsible executive-board, scope own-area is stranded at review of council-agreement, "
        "where {}: submit by officer"
    )
    found = only_broken(replace(policy, ladders=shorter), "P3")
    assert found == where.format("no chair is told when it is late (the ladder ends with turn)")
    found = only_broken(replace(policy, ladders={}), "P3")
    assert found == where.format("nobody is told when it is late (there is no ladder)")
