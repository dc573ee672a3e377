"""When is a running case moved to the version in force, and when does it stay where it is?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from models import TrailEntry
from models.database import reading
from tests.workflow.conftest import WorldOf
from tests.workflow.pack_versions import (
    Edit,
    as_it_was,
    board_decides_twins,
    council_decides_agreements,
    everybody_is_asked,
    later_pack,
    nobody_receives_visits,
    revised,
)
from tests.workflow.refusals import refused
from tests.workflow.trail.forging import forge
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases.context import request_of
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotCompetent, NotFound, NotMandated
from workflow.policy.competence import look_up
from workflow.policy.roles import body_at
from workflow.policy.state_machine import procedure_for
from workflow.policy.store import Policies
from workflow.register.service import register_engagement
from workflow.versions.migrate_case import move, move_all
from workflow.versions.service import submit_pack

NEW = "orebro-2027"
WHY = "The council has revised the policy"


def moved(world: World, number: str, who: str = "admin", version: str = NEW, **more: Any) -> str:
    """Move a case; returns the state it then stands in."""
    given = {"expected_version": world.version(number), "comment": WHY} | more
    move(world.services, world.people[who], number, version, now=world.now, **given)
    return str(world.row(number).state)


def governing(world: World, number: str) -> str:
    """The version a case is under."""
    policies = Policies(world.engine)
    with world.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            from models.database import SET_MUNICIPALITY

            connection.execute(SET_MUNICIPALITY, {"municipality": str(world.tenant.id)})
        return policies.by_id(connection, world.tenant.id, world.row(number).policy_version_id).version


# -- it stays


@pytest.mark.parametrize(
    "who", ["officer", "manager", "secretary.executive", "chair.executive", "coordinator", "auditor"]
)
def test_nobody_but_an_administrator_moves_a_case(orebro: World, who: str) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.step(number)
    revised(orebro, council_decides_agreements)
    with refused(orebro, NotMandated, "admins-only"):
        moved(orebro, number, who)


def test_a_case_that_cannot_be_seen_is_not_there(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    revised(orebro, council_decides_agreements)
    with refused(orebro, NotFound, "not-found"):
        moved(orebro, number)


def test_a_move_has_reasons(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.step(number)
    revised(orebro, council_decides_agreements)
    with refused(orebro, Malformed, "reason-needed"):
        moved(orebro, number, comment=" ")


def test_a_case_that_somebody_else_has_changed_stays(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.step(number)
    revised(orebro, council_decides_agreements)
    with refused(orebro, CaseChanged, "changed"):
        moved(orebro, number, expected_version=1)


def test_a_case_is_moved_only_to_the_version_in_force(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.step(number)
    with refused(orebro, ActionNotOpen, "move-same"):
        moved(orebro, number, version="orebro-2012-2")
    submit_pack(orebro.services, orebro.people["admin"], "orebro", later_pack("orebro"), "later.yaml", now=orebro.now)
    with refused(orebro, ActionNotOpen, "move-not-in-force"):
        moved(orebro, number)


def test_what_the_new_version_forbids_is_not_reached_by_moving(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "decide:responsible")
    revised(orebro, nobody_receives_visits)
    with refused(orebro, NotCompetent, "refused-by-clause", clauses=("orebro/no-visits",)):
        moved(orebro, number)
    assert orebro.walk(number) == "concluded"  # it goes on under its own


def test_what_a_lower_body_has_decided_is_not_moved_under_a_higher_one(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    assert orebro.walk(number, "sign") == "sign"
    revised(orebro, council_decides_agreements)
    with refused(orebro, ActionNotOpen, "move-decided", "move-skips", "move-skips") as caught:
        moved(orebro, number)
    told = " ".join(map(str, caught.value.reasons))
    assert "The step “decide” of kommunfullmaktige would be skipped" in told


def test_a_step_that_the_new_version_asks_for_is_not_skipped(orebro: World) -> None:
    def asks_everybody(pack: dict[str, Any]) -> None:
        step = {"step": "consult", "by": ["committee"], "within": "30 days", "assumed": "an example"}
        pack["routes"]["council-agreement"].insert(2, step)

    number = orebro.open("twin-agreement", responsible="bolagsstyrelsen")
    orebro.walk(number, "recommend:responsible")
    revised(orebro, asks_everybody)
    with refused(orebro, ActionNotOpen, "move-skips") as caught:
        moved(orebro, number)
    assert "“consult”" in str(caught.value)


def test_a_decision_that_waits_for_its_chair_is_not_moved(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.walk(number, "confirm-decide:executive-board")
    revised(orebro, council_decides_agreements)
    with refused(orebro, ActionNotOpen, "pending-first"):
        moved(orebro, number)


def test_what_has_ended_stays_under_what_it_was_decided_by(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.walk(number)
    revised(orebro, council_decides_agreements)
    with refused(orebro, ActionNotOpen, "move-closed"):
        moved(orebro, number)


def test_a_signature_is_not_moved_under_a_demand_nobody_can_meet_any_more(orebro: World) -> None:
    def wants_relevance(pack: dict[str, Any]) -> None:
        demand = {"id": "relevance", "when": {"engagement": "twin-agreement"}, "before": "decide", "clauses": []}
        pack["requirements"].append(demand | {"assumed": "an example"})

    fields = {name: value for name, value in orebro.draft("twin-agreement")["fields"].items() if name != "relevance"}
    number = orebro.open("twin-agreement", fields=fields)
    orebro.walk(number, "sign")
    revised(orebro, wants_relevance)
    with refused(orebro, ActionNotOpen, "missing"):
        moved(orebro, number)


def test_who_has_the_case_does_not_choose_its_rules(orebro: World) -> None:
    administration = orebro.policy.bodies_of("administration")[1].key
    orebro.add("both", ("officer", administration), ("manager", administration), ("admin", administration))
    mine = orebro.draft("cooperation-agreement")
    from workflow.cases.gate import open_case

    prepared = open_case(orebro.services, orebro.people["both"], mine, now=orebro.now)
    passed_on = orebro.open("cooperation-agreement")
    orebro.step(passed_on)
    orebro.act("both", passed_on, "endorse")
    revised(orebro, council_decides_agreements)
    with refused(orebro, NotMandated, "four-eyes-submitted"):
        moved(orebro, prepared, "both")
    with refused(orebro, NotMandated, "four-eyes-acted"):
        moved(orebro, passed_on, "both")


def test_who_has_moved_a_case_does_not_act_on_its_way(orebro: World) -> None:
    administration = orebro.policy.bodies_of("administration")[1].key
    orebro.add("both", ("manager", administration), ("admin", administration))
    number = orebro.open("cooperation-agreement")
    orebro.step(number)
    revised(orebro, council_decides_agreements)
    moved(orebro, number, "both")
    with refused(orebro, NotMandated, "four-eyes-acted"):
        orebro.act("both", number, "endorse")


# -- it moves


def test_a_draft_is_judged_anew(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.step(number)
    orebro.act("manager", number, "refer-back", comment="Say more")
    revised(orebro, council_decides_agreements)
    assert moved(orebro, number) == "draft"
    row = orebro.row(number)
    assert (row.decides, row.route, row.waits_person_id) == ("council", "council-agreement", orebro.people["officer"])


@pytest.mark.parametrize(
    ("before", "then"),
    [
        ("review", "review"),
        ("recommend:responsible", "recommend:responsible"),
        ("decide:executive-board", "recommend:executive-board"),
    ],
)
def test_a_body_that_decided_recommends_now_and_the_higher_one_decides(orebro: World, before: str, then: str) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.walk(number, before)
    was = orebro.row(number)
    revised(orebro, council_decides_agreements)
    assert moved(orebro, number) == then
    row = orebro.row(number)
    assert (row.waits_role, row.waits_body_id, row.due_on) == (was.waits_role, was.waits_body_id, was.due_on)
    assert governing(orebro, number) == NEW
    assert orebro.walk(number) == "concluded"
    found = verify(orebro.engine)
    assert found.faults == ()


def test_a_case_moves_twice(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.walk(number, "recommend:responsible")
    revised(orebro, council_decides_agreements)
    moved(orebro, number)
    revised(orebro, as_it_was, "orebro-2028")
    orebro.add("third.admin", ("admin", orebro.policy.bodies_of("administration")[0].key))
    assert moved(orebro, number, "third.admin", "orebro-2028") == "recommend:responsible"
    assert orebro.row(number).decides == "executive-board"
    assert orebro.walk(number) == "concluded"
    assert verify(orebro.engine).ok


def test_of_several_each_is_moved_by_itself_and_what_stays_says_why(orebro: World) -> None:
    numbers = [orebro.open("cooperation-agreement") for _ in range(3)]
    orebro.step(numbers[0])
    orebro.walk(numbers[1], "sign")
    orebro.step(numbers[2])
    seen = [(number, orebro.version(number)) for number in numbers]
    orebro.act("manager", numbers[2], "endorse")
    revised(orebro, council_decides_agreements)
    found = move_all(orebro.services, orebro.people["admin"], seen, NEW, now=orebro.now, comment=WHY)
    assert [(one.number, one.version, [why.code for why in one.reasons]) for one in found] == [
        (numbers[0], seen[0][1] + 1, []),
        (numbers[1], None, ["move-decided", "move-skips", "move-skips"]),
        (numbers[2], None, ["changed"]),
    ]


def test_a_case_moves_under_the_law_alone_and_a_consultation_goes_on(world_of: WorldOf) -> None:
    stockholm = world_of("stockholm")
    number = stockholm.open("policy", "adopt", attributes={})
    reached = stockholm.walk(number, "consult")
    revised(stockholm, as_it_was)
    if reached == "consult":
        assert moved(stockholm, number, version="stockholm-2027") == "consult"
        assert stockholm.walk(number) == "concluded"
        assert verify(stockholm.engine).ok


KINDS = ("twin-agreement", "cooperation-agreement", "membership", "visit", "project")


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "edit",
    [
        board_decides_twins,
        *(
            pytest.param(edit, marks=pytest.mark.slow)
            for edit in (as_it_was, council_decides_agreements, everybody_is_asked, nobody_receives_visits)
        ),
    ],
)
def test_from_every_place_a_case_is_moved_past_nothing_or_not_at_all(sqlite_world_of: WorldOf, edit: Edit) -> None:
    orebro = sqlite_world_of("orebro")
    numbers = [number for kind in KINDS for number in at_every_place(orebro, kind)]
    revised(orebro, edit)
    moves = 0
    for number in numbers:
        before = orebro.row(number)
        try:
            moved(orebro, number)
        except (ActionNotOpen, NotCompetent):
            assert orebro.row(number) == before
            continue
        moves += 1
        assert orebro.walk(number) == "concluded"
        assert not skipped(orebro, number)
    assert moves >= len(numbers) // 3
    assert verify(orebro.engine).faults == ()


def at_every_place(world: World, kind: str) -> Iterator[str]:
    """A case of a kind at each place it comes to, once it has been submitted."""
    steps = 1
    while True:
        number = world.open(kind)
        states = [world.step(number) for _step in range(steps)]
        if states[-1] == "concluded":
            return
        yield number
        steps += 1


def skipped(world: World, number: str) -> list[str]:
    """Stops of the way a case has ended on that nobody has passed since it was submitted; who decided is one."""
    row = world.row(number)
    responsible = world.tenant.body_keys[row.responsible_body_id]
    with reading(world.engine, world.tenant.id) as session:
        policy = world.services.policies.by_id(session, world.tenant.id, row.policy_version_id)
        entries = session.scalars(
            select(TrailEntry).where(TrailEntry.stream == number).order_by(TrailEntry.number)
        ).all()
    done = [(one.action, one.actor_body, json.loads(one.data).get("outcome")) for one in entries]
    wanted = {"review": "endorse", "consult": "close-consultation", "sign": "sign"}
    missing = []
    for stop in procedure_for(policy, row.route, policy.body(responsible).kind).stops[1:]:
        if stop.step in wanted:
            found = any(action == wanted[stop.step] for action, _body, _outcome in done)
        else:
            outcome = "recommend" if stop.step == "recommend" else "approve"
            found = ("confirm", body_at(policy, stop, responsible), outcome) in done
        if not found:
            missing.append(f"{stop.step} by {stop.kind}")
    competent = look_up(policy, request_of(row, policy.body(responsible).kind)).body
    return missing + ([] if competent == row.decides else [f"decided by {row.decides}, not {competent}"])


# -- behind its back


def test_a_version_changed_behind_the_trails_back_is_found(orebro: World) -> None:
    number = orebro.open("cooperation-agreement")
    orebro.walk(number, "recommend:responsible")
    revised(orebro, council_decides_agreements)
    statement = (
        'UPDATE "case" SET policy_version_id = (SELECT id FROM policy_version WHERE version = :new) WHERE number = :n'
    )
    forge(orebro.engine, orebro.tenant.id, statement, new=NEW, n=number)
    assert "the case is under another policy than its trail says" in {str(f) for f in verify(orebro.engine).faults}


def test_a_case_is_moved_as_the_version_in_force_reads_its_engagement(orebro: World) -> None:
    """The version it is under goes by the register; the one in force names the towns, and this is none of them."""

    def unnamed(pack: dict[str, Any]) -> None:
        del pack["named_nordic_twins"]

    revised(orebro, unnamed, "orebro-2026-unnamed")
    given = {
        "kind": "twin-agreement",
        "title": "A fifth town",
        "partner_name": "A fifth town",
        "source": "A letter",
        "responsible": "kommunstyrelsen",
        "named_nordic_twin": True,
    }
    twin = register_engagement(orebro.services, orebro.people["officer"], "orebro", given, now=orebro.now)
    number = orebro.open("twin-agreement", "renew", engagement_number=twin)
    assert orebro.row(number).named_nordic_twin is True
    orebro.walk(number, "review")
    orebro.now += timedelta(days=1)
    name = revised(orebro, as_it_was, "orebro-2027-named")
    seen = orebro.version(number)
    who = orebro.people["second.admin"]
    move(orebro.services, who, number, name, now=orebro.now, expected_version=seen, comment="Read anew")
    assert orebro.row(number).named_nordic_twin is False
    assert not verify(orebro.engine, municipality="orebro").faults
