"""Tests of the route diagram: every stage in its lane and inside the frame, the current one marked."""

from __future__ import annotations

from datetime import date

import pytest

from tests.worlds import MUNICIPALITIES, policy_of
from web.ui import route_diagram
from web.ui.route_diagram import BOX, BOX_HEIGHT, LABEL_CHARACTERS, Picture, Stage, picture, planned, travelled
from workflow.policy.model import Policy
from workflow.policy.state_machine import Procedure, procedure_for

WAYS = [
    pytest.param(policy, name, body.key, id=f"{key}-{name}-{body.kind}")
    for key in MUNICIPALITIES
    for policy in (policy_of(key),)
    for name in policy.routes
    for body in {body.kind: body for body in policy.responsible_bodies()}.values()
]


def drawn(policy: Policy, stages: tuple[Stage, ...]) -> Picture:
    def name(key: str) -> str:
        return policy.body(key).names["en"] if policy.has_body(key) else "Bodies asked"

    return picture(stages, lane_name=name, label=lambda stage: stage.step, note=lambda stage: stage.status)


def way(name: str = "council-agreement") -> tuple[Policy, Procedure]:
    policy = policy_of("orebro")
    return policy, procedure_for(policy, name, "committee")


@pytest.mark.parametrize(("policy", "route", "responsible"), WAYS)
def test_every_step_stands_inside_the_frame_and_none_on_another(policy: Policy, route: str, responsible: str) -> None:
    procedure = procedure_for(policy, route, policy.body(responsible).kind)
    shown = drawn(policy, planned(policy, procedure, responsible))
    assert [box.stage.step for box in shown.boxes] == [stop.step for stop in procedure.stops]
    for box, other in zip(shown.boxes, shown.boxes[1:], strict=False):
        assert box.x + BOX < other.x
    assert all(box.x + BOX <= shown.width and box.y + BOX_HEIGHT <= shown.height for box in shown.boxes)
    assert len(shown.arrows) == len(shown.boxes) - 1


@pytest.mark.parametrize(("policy", "route", "responsible"), WAYS)
def test_every_lane_has_a_name_of_three_short_lines_at_most(policy: Policy, route: str, responsible: str) -> None:
    procedure = procedure_for(policy, route, policy.body(responsible).kind)
    for lane in drawn(policy, planned(policy, procedure, responsible)).lanes:
        assert 1 <= len(lane.lines) <= 3
        assert all(0 < len(line) <= LABEL_CHARACTERS for line in lane.lines)


def test_a_word_longer_than_a_lane_is_broken_with_a_hyphen() -> None:
    lines = route_diagram._wrapped("Kommunstyrelseförvaltningen")
    assert len(lines) == 2
    assert lines[0].endswith("-")
    assert "".join(lines).replace("-", "") == "Kommunstyrelseförvaltningen"


def test_a_body_that_acts_twice_has_one_lane() -> None:
    policy, procedure = way()
    shown = drawn(policy, planned(policy, procedure, "programnamnd-barn"))
    assert len(shown.lanes) == 4
    signs, recommends = shown.boxes[-1], shown.boxes[3]
    assert signs.y == recommends.y


def test_what_is_behind_is_done_what_is_here_is_here_and_the_rest_ahead() -> None:
    policy, procedure = way()
    left = {"draft": date(2026, 9, 1), "review": date(2026, 9, 3)}
    stages = travelled(policy, procedure, "programnamnd-barn", "recommend:responsible", left, due_on=date(2026, 11, 2))
    assert [stage.status for stage in stages] == ["done", "done", "here", "ahead", "ahead", "ahead"]
    assert [stage.passed_on for stage in stages[:3]] == [date(2026, 9, 1), date(2026, 9, 3), None]
    assert stages[2].due_on == date(2026, 11, 2)
    assert not stages[2].is_entered


def test_an_entered_decision_waits_at_its_own_step() -> None:
    policy, procedure = way()
    stages = travelled(policy, procedure, "programnamnd-barn", "confirm-decide:council", {})
    assert [(stage.step, stage.is_entered) for stage in stages if stage.status == "here"] == [("decide", True)]


def test_a_case_referred_back_has_nothing_behind_it() -> None:
    policy, procedure = way()
    stages = travelled(policy, procedure, "programnamnd-barn", "draft", {"draft": date(2026, 9, 1)})
    assert [stage.status for stage in stages] == ["here", *["ahead"] * 5]
    assert all(stage.passed_on is None for stage in stages)


def test_a_concluded_case_has_gone_the_whole_way() -> None:
    policy, procedure = way()
    stages = travelled(policy, procedure, "programnamnd-barn", "concluded", {}, ended_at="sign")
    assert {stage.status for stage in stages} == {"done"}


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "not-raised"])
def test_a_case_that_ended_early_ended_where_it_was(state: str) -> None:
    policy, procedure = way()
    stages = travelled(policy, procedure, "programnamnd-barn", state, {}, ended_at="confirm-decide:council")
    assert [stage.status for stage in stages] == ["done"] * 4 + ["ended", "ahead"]
