"""Absent people and their substitutes, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.worlds import World
from workflow.people.substitutes import name_substitute


def given(world: World, away: str, stands_in: str, role: str, body: str, **more: Any) -> dict[str, Any]:
    """What is sent to name a substitute, from today for four weeks."""
    today = world.now.date()
    return {
        "username": f"{away}@{world.tenant.key}",
        "substitute": f"{stands_in}@{world.tenant.key}",
        "role": role,
        "body": body,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=27)).isoformat(),
    } | more


def let_stand_in(world: World, away: str, stands_in: str, role: str, body: str, *, by: str = "", **more: Any) -> int:
    """Somebody is away and names who stands in; `by` is who says so, else the person away."""
    what = given(world, away, stands_in, role, body, **more)
    return name_substitute(world.services, world.people[by or away], world.tenant.key, what, now=world.now)
