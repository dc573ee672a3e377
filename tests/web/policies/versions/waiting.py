"""A version that waits, and the case that gives it."""

from __future__ import annotations

from tests.workflow.pack_versions import council_decides_agreements, later_pack
from tests.worlds import World
from workflow.versions.service import submit_pack

NEW = "orebro-2027"
FORM = f"/policy/versions/{NEW}/activate"
GIVEN = {"governs_from": "2026-09-15", "basis": "decision", "case": "", "reason": ""}


def brought(world: World) -> None:
    """A version that waits."""
    raw = later_pack("orebro", council_decides_agreements)
    submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)


def decided(world: World) -> str:
    """A concluded case about the policy."""
    number = world.open("policy", "adopt", attributes={}, title="The policy is revised")
    world.walk(number)
    return number
