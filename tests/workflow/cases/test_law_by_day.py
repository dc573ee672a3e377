"""The law of the day: a body that the law of the meeting's day does not name decides nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.workflow.policy.amended_law import FIRST, amended
from tests.workflow.policy.small_pack import changed
from tests.workflow.refusals import refused
from tests.worlds import NOON, World, peopled
from workflow.audit.verify import verify
from workflow.core.errors import NotCompetent
from workflow.policy.model import Policy
from workflow.versions.install import install

WHOLE = {"attributes": {"scope": "municipality"}}
LATER = NOON + timedelta(days=(FIRST - NOON.date()).days + 1)


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> World:
    """The small municipality, five days before its country's law is amended."""
    return governed_by(engine, amended(tmp_path))


def governed_by(engine: Engine, policy: Policy) -> World:
    install(engine, [policy], now=NOON)
    return peopled(engine, policy, now=NOON)


def faults(world: World) -> list[str]:
    return [found.code for found in verify(world.engine, municipality=world.tenant.key).faults]


def test_the_body_of_the_day_decides(town: World) -> None:
    number = town.open("membership", **WHOLE)
    assert town.walk(number) == "concluded"
    assert town.row(number).decides == "executive-board"


def test_a_meeting_after_the_amendment_decides_nothing_that_is_no_longer_its_own(town: World) -> None:
    number = town.open("membership", **WHOLE)
    town.walk(number, "decide:executive-board")
    town.now = LATER
    with refused(town, NotCompetent, "law-changed", clauses=("se/law.principal",)):
        town.act("secretary.executive", number, "enter-decision", town.decision("approve"))


def test_a_meeting_before_the_amendment_that_is_recorded_after_it_decided_by_its_own_day(town: World) -> None:
    number = town.open("membership", **WHOLE)
    town.walk(number, "decide:executive-board")
    met_on = town.now.date().isoformat()
    town.now = LATER
    town.act("secretary.executive", number, "enter-decision", town.decision("approve", meeting_date=met_on))
    town.act("chair.executive", number, "confirm")
    assert town.row(number).state == "concluded"
    assert not faults(town)


def test_a_case_that_is_referred_back_goes_on_by_the_law_of_the_day(town: World) -> None:
    number = town.open("membership", **WHOLE)
    town.walk(number, "decide:executive-board")
    town.now = LATER
    back = town.decision("refer-back")
    town.act("secretary.executive", number, "enter-decision", back, "The law has changed")
    town.act("chair.executive", number, "confirm")
    assert town.row(number).decides == "executive-board"
    town.now = LATER + timedelta(days=1)
    town.act("officer", number, "submit")
    row = town.row(number)
    assert (row.decides, row.route) == ("council", "principal-matter")
    assert town.walk(number) == "concluded"
    assert not faults(town)


def test_an_administration_decides_nothing_that_the_law_of_the_day_takes_from_it(
    engine: Engine, tmp_path: Path
) -> None:
    row = (
        "  - {id: memberships-to-council, when: {engagement: membership, scope: own-area, principal: false, otherwise: "
        "administration}, decides: council, route: principal-matter, clauses: [se/law.principal], "
        f"valid_from: {FIRST}}}"
    )
    town = governed_by(engine, changed(tmp_path, law=(("\nfounding:\n", f"{row}\n\nfounding:\n"),)))
    administration = town.policy.bodies_of("administration")[0].key
    number = town.open("membership", responsible=administration)
    town.walk(number, "decide:responsible")
    town.now = LATER
    with refused(town, NotCompetent, "law-changed"):
        town.act("manager", number, "approve")


def test_the_day_of_opening_pins_the_law_of_that_day(town: World) -> None:
    town.now = datetime(FIRST.year, FIRST.month, FIRST.day, 10, tzinfo=NOON.tzinfo)
    assert town.row(town.open("membership", **WHOLE)).decides == "council"
