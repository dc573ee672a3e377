"""Tests of the verification of changes that take two people: each journal is written whole, as no screen would."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import Person
from models.database import writing
from tests.workflow.people.test_seat_changes import GIVEN, confirmed, proposed, town
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.people.administration import carry_out
from workflow.people.change_kinds import KINDS
from workflow.people.changes import decline
from workflow.trail.journal import Act, record

__all__ = ("town",)


def public(world: World, who: str) -> str:
    with writing(world.engine, world.tenant.id) as connection:
        query = select(Person.public_id).where(Person.id == world.people[who])
        return str(connection.execute(query).scalar_one())


def written(world: World, action: str, who: str, **data: Any) -> None:
    """Write an entry behind the engine's back, with a chain that holds."""
    actor = public(world, who)
    with writing(world.engine, world.tenant.id) as connection:
        record(connection, world.tenant.id, Act(action, actor, "admin", "kommunstyrelsen", data=data), now=world.now)


def codes(world: World) -> list[str]:
    return [fault.code for fault in verify(world.engine).faults]


@pytest.mark.parametrize("kind", GIVEN)
def test_change_confirmed_by_whoever_proposed_it_is_found(town: World, kind: str) -> None:
    change = proposed(town, kind)
    written(town, kind, "admin", change=change, proposed_by=public(town, "admin"))
    assert codes(town) == ["change-by-one"]


def test_change_that_names_another_proposer_is_found(town: World) -> None:
    change = proposed(town, "appoint")
    written(town, "appoint", "admin", change=change, proposed_by=public(town, "second"))
    assert codes(town) == ["change-proposer-differs"]


def test_change_of_ones_own_seat_is_found(town: World) -> None:
    change = proposed(town, "appoint", username="second@orebro", role="admin")
    written(town, "appoint", "second", change=change, proposed_by=public(town, "admin"))
    assert codes(town) == ["change-of-own-seat"]


@pytest.mark.parametrize("number", [999, "1", None, [1]])
def test_change_that_nobody_proposed_is_found(town: World, number: object) -> None:
    proposed(town, "give-mandate")
    written(town, "appoint", "second", change=number, proposed_by=public(town, "admin"), role="chair")
    assert codes(town) == ["change-unproposed"]


def test_change_confirmed_twice_or_after_it_was_withdrawn_or_as_another_kind_is_found(town: World) -> None:
    change = proposed(town, "appoint")
    confirmed(town, change)
    written(town, "appoint", "second", change=change, proposed_by=public(town, "admin"))
    withdrawn = proposed(town, "give-mandate")
    decline(town.services, KINDS, town.people["admin"], "orebro", withdrawn, now=town.now)
    written(town, "give-mandate", "second", change=withdrawn, proposed_by=public(town, "admin"))
    other = proposed(town, "end-appointment")
    written(town, "erase-person", "second", change=other, proposed_by=public(town, "admin"))
    assert codes(town) == ["change-unproposed"] * 3


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("appoint", {"role": "manager"}),
        ("end-appointment", {"appointment": 0}),
        ("give-mandate", {}),
        ("name-substitute", {"role": "chair", "person": "somebody"}),
        ("invite-person", {}),
        ("change-email", {}),
        ("erase-person", {}),
    ],
)
def test_act_of_one_is_found_once_there_are_proposals(town: World, action: str, data: dict[str, Any]) -> None:
    given = data | ({"appointment": GIVEN["end-appointment"]["id"]} if "appointment" in data else {})
    written(town, action, "admin", **given)  # as 0.1.0 wrote it
    assert codes(town) == []
    proposed(town, "appoint")
    written(town, action, "admin", **given)
    assert codes(town) == ["change-unproposed"]


def test_what_one_does_alone_and_what_the_installation_does_is_no_fault(town: World) -> None:
    confirmed(town, proposed(town, "appoint"))
    written(town, "appoint", "admin", role="officer")
    written(town, "end-appointment", "admin", appointment="1")
    written(town, "name-substitute", "admin", role="chair", person=public(town, "admin"))
    seat = {"username": "newcomer@orebro", "body": "kommunstyrelsen", "role": "member", "starts_on": "2026-09-15"}
    with writing(town.engine, town.tenant.id) as connection:
        carry_out(connection, town.tenant, None, "appoint", seat, now=town.now)
    assert codes(town) == []
