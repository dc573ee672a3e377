"""How many statements does an act take? Few, and as many in a full diary as in an empty one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.worlds import World
from workflow.cases import gate
from workflow.cases.actions.result import ActionResult

#: The budget of one act, the BEGIN of its transaction included; PostgreSQL is told the municipality besides.
MOST = 14
#: What the act that ends a case may take besides, for the register: the engagement and the words it is found by, its
#: evaluations with their numbers and last days, and the end of the case's own.
REGISTER = 5


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements sent while the body runs."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "set_config" not in statement:
            sent.append(statement)

    def begun(_connection: Any) -> None:
        sent.append("BEGIN")

    event.listen(engine, "before_cursor_execute", note)
    if engine.dialect.name == "postgresql":  # on SQLite we send BEGIN ourselves, as a statement
        event.listen(engine, "begin", begun)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
        if engine.dialect.name == "postgresql":
            event.remove(engine, "begin", begun)


def costs(world: World, engagement: str, act: str = "enter", **more: Any) -> dict[str, int]:
    """Statements per act, by state, over a case's way to a yes."""
    number = world.open(engagement, act, **more)
    found = {}
    gate_act = gate.act
    while (state := world.row(number).state) != "concluded":
        sent: list[str] = []

        def watched(*args: Any, into: list[str] = sent, **named: Any) -> ActionResult:
            with counted(world.engine) as seen:
                result = gate_act(*args, **named)
            into += seen
            return result

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gate, "act", watched)
            world.step(number)
        found[state] = len(sent)
    return found


@pytest.mark.parametrize("engagement", ["visit", "twin-agreement", "cooperation-agreement"])
def test_act_takes_few_statements(orebro: World, engagement: str) -> None:
    found = costs(orebro, engagement)
    last = found.popitem()[1]
    assert {state: n for state, n in found.items() if n > MOST} == {}
    assert last <= MOST + REGISTER


@pytest.mark.parametrize("engagement", ["visit", "membership", "project"])
def test_act_that_decides_and_ends_a_case_takes_few_more(odense: World, engagement: str) -> None:
    found = costs(odense, engagement)
    last = found.popitem()[1]
    assert {state: n for state, n in found.items() if n > MOST} == {}
    assert last <= MOST + REGISTER


def test_act_takes_as_many_statements_in_a_full_diary_as_in_an_empty_one(orebro: World) -> None:
    costs(orebro, "twin-agreement")  # the day's meetings are entered once, keys and policies read once
    before = costs(orebro, "twin-agreement")
    for _ in range(15):
        number = orebro.open("visit")
        orebro.walk(number, "decide:responsible")
    assert costs(orebro, "twin-agreement") == before


def test_act_takes_as_many_statements_on_a_long_trail_as_on_a_short_one(orebro: World) -> None:
    def submitted(amendments: int) -> Counter[str]:
        number = orebro.open("visit")
        for _ in range(amendments):
            orebro.act("officer", number, "amend", {"title": "Another"})
        version = orebro.version(number)
        with counted(orebro.engine) as sent:
            gate.act(
                orebro.services,
                orebro.people["officer"],
                number,
                "submit",
                {},
                now=orebro.now,
                expected_version=version,
            )
        return Counter(sent)

    submitted(0)  # keys and policies are read once
    assert submitted(25) == submitted(0)


def test_looking_takes_few_statements_and_writes_nothing(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "decide:council")
    orebro.look("officer", number)
    with counted(orebro.engine) as sent:
        orebro.look("chair.council", number)
    assert len(sent) <= MOST
    assert not [statement for statement in sent if statement.split()[0] in ("INSERT", "UPDATE", "DELETE")]


def test_nothing_is_looked_for_where_no_body_is_named(orebro: World) -> None:
    tenant = orebro.tenant
    with counted(orebro.engine) as sent:
        assert [tenant.body_keys.get(None, ""), tenant.body_keys.get(0, "")] == ["", ""]  # type: ignore[call-overload]
        assert tenant.body_ids.get("", 0) == 0
    assert sent == []
