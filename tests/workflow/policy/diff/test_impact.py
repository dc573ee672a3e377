"""Impact of a later version on one case where it is, or on one engagement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.workflow.pack_versions import council_decides_agreements, later_policy, nobody_receives_visits
from tests.workflow.policy.packs import pack
from workflow.policy.diff.impact import (
    EngagementImpact,
    Impact,
    impact_on_case,
    impact_on_engagement,
    impact_on_request,
)
from workflow.policy.diff.migration import CasePosition
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.state_machine import FINAL, procedure_for

OWN = "programnamnd-barn"
ENTER, RENEW = Request("visit", "enter", "committee"), Request("visit", "renew", "committee")


def old() -> Policy:
    return pack("orebro")


def edited(edit: Callable[[dict[str, Any]], None]) -> Policy:
    return later_policy("orebro", edit)


def stand(engagement: str, state: str, act: str = "enter", **attributes: Any) -> CasePosition:
    from workflow.policy.competence import look_up

    request = Request(engagement, act, "committee", **attributes)
    return CasePosition(old(), request, OWN, str(look_up(old(), request).route), state)


def impact(edit: Callable[[dict[str, Any]], None], engagement: str, state: str, **more: Any) -> Impact:
    return impact_on_case(stand(engagement, state, **more), edited(edit))


def nothing(_pack: dict[str, Any]) -> None:
    """Another name alone."""


def asks_relevance(pack: dict[str, Any]) -> None:
    pack["requirements"].append(
        {"id": "relevance", "when": {"engagement": "project"}, "before": "decide", "clauses": ["orebro/goals"]}
        | {"assumed": "an example"}
    )


def asks_earlier(pack: dict[str, Any]) -> None:
    for requirement in pack["requirements"]:
        if requirement["id"] == "time-limited":
            requirement["before"] = "review"


def asks_less(pack: dict[str, Any]) -> None:
    pack["requirements"] = [one for one in pack["requirements"] if one["id"] != "operating-plan"]


def waits_longer(pack: dict[str, Any]) -> None:
    pack["routes"]["own-agreement"][2]["within"] = "99 days"


def knows_no_company(pack: dict[str, Any]) -> None:
    pack["bodies"] = [one for one in pack["bodies"] if one["key"] not in ("bolagsstyrelsen", "bolagsledningen")]


def test_what_is_forbidden_now_comes_before_all_else() -> None:
    found = impact(nobody_receives_visits, "visit", "decide:responsible")
    assert (found.kind, found.was, found.now) == ("refused", OWN, "")
    assert [(why.code, why.clauses) for why in found.reasons] == [("refused-by-clause", ("orebro/no-visits",))]
    assert found.to is not None
    assert not found.to.is_open


def test_a_case_of_a_body_that_is_gone_cannot_be_decided() -> None:
    new = old_without_committee()
    found = impact_on_case(stand("visit", "decide:responsible"), new)
    assert (found.kind, [why.code for why in found.reasons]) == ("refused", ["move-no-body"])
    asked = impact_on_request(old(), new, ENTER, ENTER, OWN)
    assert (asked.kind, [why.code for why in asked.reasons]) == ("refused", ["move-no-answer"])


def old_without_committee() -> Policy:
    from dataclasses import replace

    return replace(old(), bodies=tuple(one for one in old().bodies if one.key != OWN), digest="x")


def test_another_body_means_another_way_with_its_steps() -> None:
    found = impact(council_decides_agreements, "cooperation-agreement", "recommend:responsible")
    assert (found.kind, found.was, found.now) == ("changed-route", "kommunstyrelsen", "kommunfullmaktige")
    assert [(step.what, step.stop) for step in found.steps] == [("added", "recommend:executive-board")]
    assert found.to is not None
    assert found.to.state == "recommend:responsible"


def test_what_would_be_skipped_is_said_with_the_change() -> None:
    found = impact(council_decides_agreements, "cooperation-agreement", "sign")
    assert found.kind == "changed-route"
    assert found.to is not None
    assert "move-decided" in [why.code for why in found.to.reasons]


def test_other_time_for_a_step_is_another_way() -> None:
    found = impact(waits_longer, "project", "review")
    assert (found.kind, [(step.what, step.stop) for step in found.steps]) == (
        "changed-route",
        [("period", "decide:responsible")],
    )


@pytest.mark.parametrize(
    ("state", "is_passed"), [("draft", False), ("review", False), ("decide:responsible", True), ("sign", True)]
)
def test_what_more_is_required_is_said_and_whether_the_case_has_come_so_far(state: str, is_passed: bool) -> None:
    found = impact(asks_relevance, "project", state)
    assert found.kind == "new-requirement"
    assert [(one.what, one.requirement.id, one.is_passed) for one in found.demands] == [("new", "relevance", is_passed)]


def test_what_is_required_at_another_step_counts_as_more() -> None:
    found = impact(asks_earlier, "cooperation-agreement", "draft")
    assert found.kind == "new-requirement"
    assert [(one.what, one.requirement.before) for one in found.demands] == [("moved", "review")]


def test_what_is_required_no_longer_leaves_the_case_as_it_was_and_is_told() -> None:
    found = impact(asks_less, "project", "draft")
    assert (found.kind, [one.what for one in found.demands]) == ("unchanged", ["gone"])


def test_another_name_alone_changes_nothing_for_any_case() -> None:
    new, policy = edited(nothing), old()
    for engagement in ("twin-agreement", "membership", "project", "policy"):
        act = "adopt" if engagement == "policy" else "enter"
        here = stand(engagement, "draft", act)
        for state in procedure_for(policy, here.route, "committee").states:
            if state in FINAL:
                continue
            found = impact_on_case(CasePosition(policy, here.request, OWN, here.route, state), new)
            assert (found.kind, found.steps, found.demands) == ("unchanged", (), ())


# -- engagements


def of(edit: Callable[[dict[str, Any]], None], engagement: str, **attributes: Any) -> EngagementImpact:
    act = "adopt" if engagement == "policy" else "enter"
    entered = Request(engagement, act, "committee", initiative="own", **attributes)
    return impact_on_engagement(old(), edited(edit), entered, entered, OWN)


def evaluates_more(pack: dict[str, Any]) -> None:
    networks, agreements = pack["evaluations"][:2]
    networks["every"] = "12 months"
    agreements["when"] = {"engagement": "partnership"}


def test_an_engagement_is_looked_at_for_each_act_that_can_come() -> None:
    found = of(council_decides_agreements, "partnership")
    assert found.kind == "changed-route"
    assert [(act, one.kind, one.now) for act, one in found.acts] == [
        ("renew", "changed-route", "kommunfullmaktige"),
        ("evaluate", "changed-route", "kommunfullmaktige"),
        ("terminate", "changed-route", "kommunfullmaktige"),
    ]
    assert [act for act, _one in of(nothing, "policy").acts] == ["revise", "repeal"]


def test_an_engagement_that_nobody_may_renew_is_refused() -> None:
    found = of(nobody_receives_visits, "visit")
    assert found.kind == "refused"
    assert {one.kind for _act, one in found.acts} == {"refused"}


def test_evaluations_that_begin_cease_or_come_oftener_are_told() -> None:
    begins, ceases, oftener = (
        of(evaluates_more, kind) for kind in ("partnership", "cooperation-agreement", "membership")
    )
    assert ([rule.id for rule in begins.begins], begins.kind) == (["agreements"], "new-requirement")
    assert ([rule.id for rule in ceases.ceases], ceases.kind) == (["agreements"], "unchanged")
    assert ([(one.was.every, one.now.every) for one in oftener.altered], oftener.kind) == (
        [(24, 12)],
        "new-requirement",
    )


def test_what_was_forbidden_and_is_allowed_is_another_way() -> None:
    new, old_ = old(), edited(nobody_receives_visits)
    found = impact_on_request(old_, new, RENEW, RENEW, OWN)
    assert (found.kind, found.was, found.now) == ("changed-route", "", OWN)
    assert impact_on_request(old_, old_, RENEW, RENEW, OWN).kind == "unchanged"
