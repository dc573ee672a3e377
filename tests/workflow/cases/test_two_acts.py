"""Two acts on one engagement: one wins, the other is refused or goes back to be judged again, and the clock waits."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from models import Case, Engagement, Notice, TrailEntry
from models.database import reading, writing
from tests.workflow.race_processes import Attempt, acted_in_turn, together
from tests.workflow.refusals import refused
from tests.workflow.register.test_case_outcome import registered
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen, Malformed
from workflow.scheduling.scheduler import run_round

KIND = "cooperation-agreement"
SIGNER = "chair.executive"


def agreement(world: World, **more: Any) -> str:
    """An agreement from before the system, which runs for some weeks more."""
    return registered(world, KIND, **{"starts_on": "2024-01-01", "ends_on": "2026-10-10"} | more)


def in_register(world: World, number: str) -> Engagement:
    """The engagement as the register has it."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Engagement).where(Engagement.number == number)).one()


def at(world: World, act: str, engagement: str, state: str) -> str:
    """A case about the engagement, carried to a state."""
    number = world.open(KIND, act, engagement_number=engagement)
    assert world.walk(number, state) == state
    return number


def signer(world: World, number: str) -> str:
    """Who signs a case."""
    row = world.row(number)
    return world.seated(row.waits_role, world.tenant.body_keys[row.waits_body_id])


def last_entry(world: World, number: str) -> TrailEntry:
    """The last entry of a case's trail."""
    query = select(TrailEntry).where(TrailEntry.stream == number).order_by(TrailEntry.number.desc()).limit(1)
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(query).one()


def is_sound(world: World) -> bool:
    """Whether every trail, case and engagement agrees."""
    found = verify(world.engine)
    assert found.faults == ()
    return found.ok


# -- versions


def test_version_counts_what_was_agreed_and_not_the_details(orebro: World) -> None:
    number = agreement(orebro)
    assert in_register(orebro, number).version == 1
    renewal = at(orebro, "renew", number, "concluded")
    assert (in_register(orebro, number).version, orebro.row(renewal).engagement_version) == (2, 1)
    at(orebro, "evaluate", number, "concluded")
    assert in_register(orebro, number).version == 2
    ending = at(orebro, "terminate", number, "concluded")
    assert (in_register(orebro, number).version, orebro.row(ending).engagement_version) == (3, 2)
    assert is_sound(orebro)


def test_case_without_an_engagement_has_no_version_until_it_enters_one(orebro: World) -> None:
    number = orebro.open(KIND)
    assert orebro.row(number).engagement_version is None
    orebro.walk(number)
    assert orebro.row(number).engagement_version == 1
    assert is_sound(orebro)


# -- signatures


@pytest.mark.parametrize(("first", "second"), [("renew", "terminate"), ("terminate", "renew"), ("renew", "renew")])
def test_second_signature_is_refused_and_its_case_is_judged_again(orebro: World, first: str, second: str) -> None:
    number = agreement(orebro)
    one, other = at(orebro, first, number, "sign"), at(orebro, second, number, "sign")
    who = signer(orebro, other)
    assert "refer-back" not in orebro.actions(who, other)
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act(who, other, "refer-back", comment="I would rather not")
    orebro.act(
        signer(orebro, one), one, "sign", orebro.signed(**{"ends_on": "2031-12-31"} if first == "terminate" else {})
    )
    before = in_register(orebro, number)
    code = "engagement-renewed" if first == "renew" else "engagement-terminated"
    with refused(orebro, ActionNotOpen, code):
        orebro.act(who, other, "sign")
    (why,) = orebro.actions(who, other)["sign"].reasons
    assert why.values["case"] == one
    after = in_register(orebro, number)
    assert (after.version, after.ends_on, after.changed_by) == (before.version, before.ends_on, one)
    orebro.act(who, other, "refer-back", comment="The agreement is another now")
    assert (orebro.row(other).state, orebro.row(other).outcome) == ("draft", None)
    orebro.act("officer", other, "submit")
    assert orebro.row(other).engagement_version == 2
    orebro.walk(other)
    assert (in_register(orebro, number).version, in_register(orebro, number).changed_by) == (3, other)
    assert is_sound(orebro)


def test_case_about_an_engagement_that_has_ended_cannot_revive_it(orebro: World) -> None:
    number = agreement(orebro)
    renewal, ending = at(orebro, "renew", number, "sign"), at(orebro, "terminate", number, "sign")
    orebro.later(days=10)
    orebro.act(signer(orebro, ending), ending, "sign", {"notice_on": "2026-09-16", "ends_on": "2026-09-20"})
    assert in_register(orebro, number).status == "ended"
    who = signer(orebro, renewal)
    orebro.act(who, renewal, "refer-back", comment="It has ended")
    orebro.walk(renewal, "sign")
    assert orebro.row(renewal).engagement_version == 1
    with refused(orebro, ActionNotOpen, "engagement-terminated"):
        orebro.act(signer(orebro, renewal), renewal, "sign")
    assert in_register(orebro, number).status == "ended"
    assert is_sound(orebro)


def test_amended_draft_is_judged_at_the_present_version(orebro: World) -> None:
    number = agreement(orebro)
    renewal = at(orebro, "renew", number, "draft")
    at(orebro, "renew", number, "concluded")
    orebro.act("officer", renewal, "amend", {"title": "Renewed once more"})
    assert orebro.row(renewal).engagement_version == 2
    assert is_sound(orebro)


# -- decisions that need no signature


def test_decision_of_a_meeting_is_recorded_and_its_case_goes_back(orebro: World) -> None:
    number = registered(orebro, "membership")
    ending = orebro.open("membership", "terminate", engagement_number=number)
    state = next(s.confirm_state for s in orebro.look("officer", ending).procedure.stops if s.step == "decide")
    orebro.walk(ending, state)
    other = orebro.open("membership", "renew", engagement_number=number)
    assert orebro.walk(other) == "concluded"
    who = orebro.seated("chair", orebro.tenant.body_keys[orebro.row(ending).waits_body_id])
    orebro.act(who, ending, "confirm")
    row = orebro.row(ending)
    assert (row.state, row.outcome, row.closed_at) == ("draft", None, None)
    entry = last_entry(orebro, ending)
    assert entry.action == "confirm"
    assert f'"returned":{{"case":"{other}","reason":"engagement-renewed"}}' in entry.data
    assert in_register(orebro, number).version == 2
    assert is_sound(orebro)
    assert orebro.walk(ending) == "concluded"
    assert in_register(orebro, number).version == 3
    assert is_sound(orebro)


def own_matter(world: World, kind: str, **more: Any) -> str:
    """An engagement of an administration, which decides on it itself."""
    administration = world.policy.bodies_of("administration")[0].key
    return registered(world, kind, responsible=administration, scope="own-area", **more)


def submitted(world: World, kind: str, act: str, engagement: str) -> str:
    """A case about an engagement that waits for its manager's decision."""
    number = world.open(kind, act, engagement_number=engagement)
    world.act("officer", number, "submit")
    assert world.row(number).state == "decide:responsible"
    return number


def test_manager_does_not_approve_what_has_changed(orebro: World) -> None:
    number = own_matter(orebro, "membership")
    renewal, ending = (submitted(orebro, "membership", act, number) for act in ("renew", "terminate"))
    orebro.act("manager", renewal, "approve")
    with refused(orebro, ActionNotOpen, "engagement-renewed"):
        orebro.act("manager", ending, "approve")
    orebro.act("manager", ending, "refer-back", comment="It goes on until 2029 now")
    orebro.act("officer", ending, "submit")
    orebro.act("manager", ending, "approve")
    assert in_register(orebro, number).version == 3
    assert is_sound(orebro)


# -- verification


def test_version_that_no_act_explains_is_found(orebro: World) -> None:
    number = agreement(orebro)
    at(orebro, "renew", number, "concluded")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(text("UPDATE engagement SET version = 3"))
    (fault,) = verify(orebro.engine).faults
    assert (fault.case, str(fault)) == (number, "the engagement is at version 3, its acts lead to 2")


def test_case_that_says_another_version_than_its_trail_is_found(orebro: World) -> None:
    case = at(orebro, "renew", agreement(orebro), "sign")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(text('UPDATE "case" SET engagement_version = 2'))
    (fault,) = verify(orebro.engine).faults
    assert (fault.case, str(fault)) == (
        case,
        "the case’s “engagement_version” is not what its trail says".replace("’", "'"),
    )


# -- the clock


def _rounds(world: World, day: date) -> int:
    """Rounds of the first hour after midnight; how many engagements lapsed."""
    world.now = datetime(day.year, day.month, day.day, 6, 0, tzinfo=UTC)
    return sum(run_round(world.services, now=world.now)["lapsed"] for _ in range(3))


def _waiting_notices(world: World) -> list[tuple[str, int | None]]:
    with reading(world.engine, world.tenant.id) as session:
        query = select(Notice.role, Notice.case_id).where(Notice.kind == "renewal-waits").order_by(Notice.id)
        return [(role, case_id) for role, case_id in session.execute(query)]


@pytest.mark.parametrize("state", ["confirm-decide", "sign", "awaiting-counterpart"])
def test_clock_waits_for_a_decided_renewal(orebro: World, state: str) -> None:
    number = agreement(orebro)
    renewal = orebro.open(KIND, "renew", engagement_number=number)
    stop = orebro.look("officer", renewal).procedure.deciding
    orebro.walk(renewal, stop.confirm_state if state == "confirm-decide" else state)
    assert _rounds(orebro, date(2026, 10, 10)) == 0
    assert _waiting_notices(orebro) == []
    assert _rounds(orebro, date(2026, 10, 11)) == 0
    assert _rounds(orebro, date(2026, 10, 14)) == 0
    found = in_register(orebro, number)
    assert (found.status, found.version) == ("active", 1)
    assert _waiting_notices(orebro) == [(role, orebro.row(renewal).id) for role in ("officer", "coordinator")]
    assert orebro.walk(renewal) == "concluded"
    assert _rounds(orebro, date(2026, 10, 20)) == 0
    found = in_register(orebro, number)
    assert (found.status, found.version, found.ends_on) == ("active", 2, date(2029, 12, 31))
    assert is_sound(orebro)


@pytest.mark.parametrize("outcome", ["reject", "withdraw", "postpone"])
def test_clock_does_not_wait_for_a_renewal_that_was_not_decided_on(orebro: World, outcome: str) -> None:
    number = agreement(orebro)
    renewal = orebro.open(KIND, "renew", engagement_number=number)
    stop = orebro.look("officer", renewal).procedure.deciding
    orebro.walk(renewal, stop.state)
    body = orebro.tenant.body_keys[orebro.row(renewal).waits_body_id]
    orebro.act(orebro.seated("secretary", body), renewal, "enter-decision", orebro.decision(outcome), "Reasons")
    if outcome != "postpone":
        orebro.act(orebro.seated("chair", body), renewal, "confirm")
    assert _rounds(orebro, date(2026, 10, 11)) == 1
    found = in_register(orebro, number)
    assert (found.status, found.version) == ("ended", 2)
    assert _waiting_notices(orebro) == []
    assert is_sound(orebro)


def test_body_ends_what_waits_for_a_signature_and_the_clock_follows(orebro: World) -> None:
    number = agreement(orebro)
    renewal = at(orebro, "renew", number, "sign")
    assert _rounds(orebro, date(2026, 10, 12)) == 0
    ending = at(orebro, "terminate", number, "sign")
    orebro.act(signer(orebro, ending), ending, "sign", {"ends_on": orebro.now.date().isoformat()})
    with refused(orebro, ActionNotOpen, "engagement-terminated"):
        orebro.act(signer(orebro, renewal), renewal, "sign")
    assert _rounds(orebro, orebro.now.date() + timedelta(days=1)) == 1
    found = in_register(orebro, number)
    assert (found.status, found.version) == ("ended", 3)
    with refused(orebro, Malformed, "engagement-ended"):
        orebro.open(KIND, "renew", engagement_number=number)
    assert is_sound(orebro)


def test_body_ends_what_waits_for_the_other_party(orebro: World) -> None:
    """Neither the clock nor one person ends it: the body's word does, and the renewal goes back to be judged again."""
    number = agreement(orebro)
    renewal = at(orebro, "renew", number, "awaiting-counterpart")
    assert _rounds(orebro, date(2026, 10, 12)) == 0
    assert "refer-back" not in orebro.actions(SIGNER, renewal)
    ending = at(orebro, "terminate", number, "sign")
    orebro.act(signer(orebro, ending), ending, "sign", {"ends_on": orebro.now.date().isoformat()})
    day = {"counter_signed_on": orebro.now.date().isoformat()}
    with refused(orebro, ActionNotOpen, "engagement-terminated"):
        orebro.act("officer", renewal, "record-counterpart", day)
    orebro.act(SIGNER, renewal, "refer-back", comment="It has been ended")
    assert (orebro.row(renewal).state, orebro.row(renewal).outcome) == ("draft", None)
    assert _rounds(orebro, orebro.now.date() + timedelta(days=1)) == 1
    assert in_register(orebro, number).status == "ended"
    assert is_sound(orebro)


def test_renewal_of_what_lapsed_before_its_decision_is_told_so(orebro: World) -> None:
    number = agreement(orebro)
    renewal = at(orebro, "renew", number, "review")
    assert _rounds(orebro, date(2026, 10, 11)) == 1
    orebro.walk(renewal, "sign")
    with refused(orebro, ActionNotOpen, "engagement-lapsed"):
        orebro.act(signer(orebro, renewal), renewal, "sign")
    assert in_register(orebro, number).status == "ended"
    assert is_sound(orebro)


# -- races


def ready(world: World, race: str) -> tuple[Attempt, Attempt]:
    """Two acts on one engagement, each the last of its case or the clock's."""
    if race == "lapse approve":
        number = own_matter(world, "membership", ends_on="2026-09-20")
        case = submitted(world, "membership", "renew", number)
        return Attempt(0, number, "lapse", {}, 0), _attempt(world, "manager", case, "approve")
    if race == "lapse sign":
        number = own_matter(world, "project", ends_on="2026-09-20")
        case = submitted(world, "project", "renew", number)
        world.act("manager", case, "approve")
        return Attempt(0, number, "lapse", {}, 0), _attempt(world, SIGNER, case, "sign", world.signed())
    number = own_matter(world, "project")
    cases = [submitted(world, "project", act, number) for act in race.split()]
    for case in cases:
        world.act("manager", case, "approve")
    one, other = (_attempt(world, SIGNER, case, "sign", world.signed()) for case in cases)
    return one, other


def _attempt(world: World, who: str, case: str, action: str, payload: dict[str, Any] | None = None) -> Attempt:
    return Attempt(world.people[who], case, action, payload or {}, world.version(case))


def run_races(world: World, race: str, times: int) -> None:
    """One of two acts wins every time, the other is told, and register and trails agree."""
    pairs = [ready(world, race) for _ in range(times)]
    if race.startswith("lapse"):
        world.later(days=6)
    world.engine.dispose()
    address = world.engine.url.render_as_string(hide_password=False)
    found = together(acted_in_turn, [(address, list(attempts), world.now) for attempts in zip(*pairs, strict=True)])
    told = {
        "lapse approve": {("", "engagement-lapsed"), ("False", "")},
        "lapse sign": {("False", "")},  # what a body has renewed is not ended by the clock
        "renew terminate": {("", "engagement-renewed"), ("engagement-terminated", "")},
        "renew renew": {("", "engagement-renewed"), ("engagement-renewed", "")},
    }
    assert set(zip(*found, strict=True)) <= told[race]
    with reading(world.engine, world.tenant.id) as session:
        assert set(session.scalars(select(Engagement.version))) == {2}
        concluded = len(session.scalars(select(Case.id).where(Case.state == "concluded")).all())
    assert concluded == [*found[0], *found[1]].count("") - (found[0].count("") if race.startswith("lapse") else 0)
    assert is_sound(world)


RACES = ("renew terminate", "renew renew", "lapse approve", "lapse sign")
#: Races on each database in the slow test, over all kinds.
RACES_PER_DATABASE = int(os.environ.get("INSTANS_TEST_RACES", "2000"))


@pytest.mark.parametrize("race", RACES)
def test_one_of_two_acts_at_once_wins(orebro: World, race: str) -> None:
    run_races(orebro, race, 10)


@pytest.mark.slow
@pytest.mark.parametrize("race", RACES)
def test_one_of_two_acts_at_once_wins_every_time(orebro: World, race: str) -> None:
    run_races(orebro, race, RACES_PER_DATABASE // len(RACES))
