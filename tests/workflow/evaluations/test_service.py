"""Does an evaluation lead to the body that is competent for it, and to nothing else?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import Case, Deadline, Engagement, Evaluation, TrailEntry
from models.database import reading
from tests.workflow.pack_versions import revised
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import (
    ActionNotOpen,
    CaseChanged,
    Malformed,
    NotCompetent,
    NotFound,
    NotMandated,
    RequirementMissing,
    WorkflowError,
)
from workflow.evaluations.service import evaluate


def engaged(world: World, kind: str, **more: Any) -> Evaluation:
    """The evaluation planned for an engagement that a case has entered."""
    number = world.open(kind, "enter", **more)
    assert world.walk(number) == "concluded"
    with reading(world.engine, world.tenant.id) as session:
        found = select(Evaluation).where(Evaluation.engagement_id == world.row(number).engagement_id)
        return session.scalars(found).one()


def now_of(world: World, number: str) -> Evaluation:
    """An evaluation as it stands."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Evaluation).where(Evaluation.number == number)).one()


def engagement_of(world: World, evaluation: Evaluation) -> Engagement:
    """What is evaluated."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Engagement).where(Engagement.id == evaluation.engagement_id)).one()


def report(world: World, who: str, evaluation: Evaluation, proposes: str = "continue", **more: Any) -> str:
    """File a whole report; returns the case it opens."""
    policy = world.policy.evaluation(evaluation.rule)
    given = {
        "answers": {question.key: f"About {question.key}" for question in policy.questions},
        "proposes": proposes,
        **({"worth": "enough"} if policy.weighs_value else {}),
    } | more
    version = now_of(world, evaluation.number).version
    return take(world, who, evaluation, "report-evaluation", given, version)


def take(
    world: World, who: str, evaluation: Evaluation, action: str, given: dict[str, Any], version: int | None = None
) -> str:
    """One act on an evaluation."""
    at = now_of(world, evaluation.number).version if version is None else version
    return evaluate(
        world.services, world.people[who], evaluation.number, action, given, now=world.now, expected_version=at
    )


def refused(world: World, error: type[WorkflowError], who: str, evaluation: Evaluation, **more: Any) -> WorkflowError:
    """The refusal of a report, which leaves the evaluation as it was."""
    before = now_of(world, evaluation.number).version
    with pytest.raises(error) as caught:
        report(world, who, evaluation, **more)
    assert now_of(world, evaluation.number).version == before
    return caught.value


def test_only_who_the_policy_names_reports(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    for stranger in ("officer", "manager", "chair.executive", "chair.council", "auditor", "admin"):
        refused(orebro, NotMandated, stranger, evaluation)


def test_report_of_another_municipality_is_not_found(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    with pytest.raises(NotFound):
        evaluate(
            orebro.services,
            orebro.people["coordinator"],
            f"{orebro.tenant.key}-v-99999",
            "start-evaluation",
            {},
            now=orebro.now,
            expected_version=0,
        )
    assert now_of(orebro, evaluation.number).state == "pending"


def test_every_question_is_answered(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    error = refused(orebro, RequirementMissing, "coordinator", evaluation, answers={"effects": " "})
    assert {why.values["field"] for why in error.reasons} >= {"answers.effects", "answers.remain"}
    assert error.reasons[0].clauses == ("orebro/networks.evaluation",)


def test_question_nobody_asked_is_refused(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    error = refused(orebro, Malformed, "coordinator", evaluation, answers={"weather": "fine"})
    assert error.reasons[0].values["field"] == "answers.weather"


def test_stale_version_is_refused(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    take(orebro, "coordinator", evaluation, "start-evaluation", {})
    with pytest.raises(CaseChanged):
        take(orebro, "coordinator", evaluation, "start-evaluation", {}, version=0)


def test_report_is_filed_once(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    report(orebro, "coordinator", evaluation)
    refused(orebro, ActionNotOpen, "coordinator", evaluation)


def test_what_has_no_value_left_can_only_be_ended(odense: World) -> None:
    evaluation = engaged(odense, "membership")
    error = refused(odense, NotCompetent, "officer", evaluation, worth="none")
    assert "odense/end-without-value" in error.reasons[0].clauses


def test_value_below_cost_needs_reasons_to_go_on(odense: World) -> None:
    evaluation = engaged(odense, "membership")
    refused(odense, RequirementMissing, "officer", evaluation, worth="less")
    assert report(odense, "officer", evaluation, worth="less", reasons="It pays in two years.")


def test_value_is_weighed_where_the_policy_weighs_it(odense: World) -> None:
    evaluation = engaged(odense, "membership")
    refused(odense, RequirementMissing, "officer", evaluation, worth="")


def test_network_is_left_by_the_executive_board(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    case = report(orebro, "coordinator", evaluation, "terminate")
    row = orebro.row(case)
    assert (row.act, row.decides, row.state) == ("terminate", "executive-board", "draft")
    assert row.officer_id == orebro.people["officer"]
    assert orebro.walk(case) == "concluded"
    ended = now_of(orebro, evaluation.number)
    assert (ended.state, ended.outcome, ended.decided_in) == ("decided", "terminate", case)
    assert engagement_of(orebro, evaluation).ends_on is not None


def test_twin_town_is_evaluated_by_the_council(orebro: World) -> None:
    evaluation = engaged(orebro, "twin-agreement")
    case = report(orebro, "coordinator", evaluation)
    assert (orebro.row(case).act, orebro.row(case).decides) == ("evaluate", "council")
    orebro.walk(case)
    assert now_of(orebro, evaluation.number).outcome == "continue"


def test_evaluation_that_comes_again_is_planned_from_the_decision(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    orebro.walk(report(orebro, "coordinator", evaluation))
    with reading(orebro.engine, orebro.tenant.id) as session:
        found = session.scalars(select(Evaluation).order_by(Evaluation.id)).all()
    assert [(one.state, one.due_on) for one in found] == [
        ("decided", date(2028, 9, 15)),
        ("pending", date(2028, 9, 15)),
    ]


def test_what_is_looked_at_again_is_asked_of_the_version_then_in_force(orebro: World) -> None:
    def under_another_name(pack: dict[str, Any]) -> None:
        next(rule for rule in pack["evaluations"] if rule["id"] == "networks")["id"] = "every-network"

    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    case = report(orebro, "coordinator", evaluation)
    revised(orebro, under_another_name)
    orebro.walk(case)
    with reading(orebro.engine, orebro.tenant.id) as session:
        planned = session.scalars(select(Evaluation).where(Evaluation.state == "pending")).one()
        under = orebro.services.policies.by_id(session, orebro.tenant.id, planned.policy_version_id)
    assert (planned.rule, planned.due_on, under.version) == ("every-network", date(2028, 9, 15), "orebro-2027")
    assert verify(orebro.engine).faults == ()


def test_body_that_will_not_end_it_continues_it(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    case = report(orebro, "coordinator", evaluation, "terminate")
    orebro.walk(case, until="decide:executive-board")
    orebro.act("secretary.executive", case, "enter-decision", orebro.decision("reject"))
    orebro.act("chair.executive", case, "confirm")
    assert orebro.row(case).state == "rejected"
    assert now_of(orebro, evaluation.number).outcome == "continue"
    assert engagement_of(orebro, evaluation).notice_on is None


def test_case_that_ends_without_an_answer_gives_the_evaluation_back(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    case = report(orebro, "coordinator", evaluation)
    orebro.act("officer", case, "withdraw", comment="Too early")
    again = now_of(orebro, evaluation.number)
    assert (again.state, again.decided_in) == ("under-way", "")
    assert report(orebro, "coordinator", evaluation) != case


def test_body_that_concludes_otherwise_opens_the_case_to_end_it(orebro: World) -> None:
    evaluation = engaged(orebro, "twin-agreement")
    case = report(orebro, "coordinator", evaluation)
    orebro.walk(case, until="decide:council")
    amended = orebro.decision("approve-amended", text="It ends.", fields={"evaluation_outcome": "terminate"})
    orebro.act("secretary.council", case, "enter-decision", amended)
    orebro.act("chair.council", case, "confirm")
    decided = now_of(orebro, evaluation.number)
    assert (decided.state, decided.outcome) == ("decided", "terminate")
    with reading(orebro.engine, orebro.tenant.id) as session:
        (opened,) = session.scalars(select(Case).where(Case.act == "terminate"))
    assert (opened.state, opened.decides, opened.engagement_id) == ("draft", "council", evaluation.engagement_id)
    assert engagement_of(orebro, evaluation).notice_on is None


def test_framework_is_revised_by_its_own_body(odense: World) -> None:
    number = odense.open("policy", "adopt")
    odense.walk(number)
    with reading(odense.engine, odense.tenant.id) as session:
        evaluation = session.scalars(select(Evaluation)).one()
    assert evaluation.due_on == date(2025, 12, 31)
    case = report(odense, "coordinator", evaluation, "renegotiate")
    assert (odense.row(case).act, odense.row(case).decides) == ("revise", "executive-board")
    odense.walk(case)
    assert now_of(odense, evaluation.number).state == "decided"


def test_report_closes_the_deadline_and_renewal_sets_another(orebro: World) -> None:
    evaluation = engaged(orebro, "twin-agreement")
    report(orebro, "coordinator", evaluation)
    with reading(orebro.engine, orebro.tenant.id) as session:
        states = {
            (one.kind, one.subject): one.state
            for one in session.scalars(select(Deadline).where(Deadline.engagement_id == evaluation.engagement_id))
        }
    assert states[("evaluation", evaluation.number)] == "closed"
    assert states[("expiry", engagement_of(orebro, evaluation).number)] == "open"


def test_every_act_on_an_evaluation_is_in_its_stream_and_verifies(orebro: World) -> None:
    evaluation = engaged(orebro, "membership", attributes={"scope": "municipality"})
    take(orebro, "coordinator", evaluation, "start-evaluation", {})
    orebro.walk(report(orebro, "coordinator", evaluation))
    with reading(orebro.engine, orebro.tenant.id) as session:
        entries = session.execute(
            select(TrailEntry.action, TrailEntry.from_state, TrailEntry.to_state)
            .where(TrailEntry.stream == evaluation.number)
            .order_by(TrailEntry.number)
        ).all()
    assert [tuple(entry) for entry in entries] == [
        ("start-evaluation", "pending", "under-way"),
        ("report-evaluation", "under-way", "reported"),
        ("decide-evaluation", "reported", "decided"),
    ]
    assert verify(orebro.engine).faults == ()
