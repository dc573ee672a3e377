"""Later versions of the shipped packs, for tests.

The shipped document with another version id, and with what the test changes in it; claims are changed together with
the rules, as a municipality that changes its policy would.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from tests.worlds import World
from workflow.core.calendar import local_day
from workflow.policy.loading.loader import document_of, load_bytes, packaged
from workflow.policy.model import Policy
from workflow.versions.service import activate, submit_pack

#: What a test changes in a pack.
Edit = Callable[[dict[str, Any]], None]


@cache
def _shipped(key: str) -> str:
    folders = packaged()
    return json.dumps(document_of(folders.policies / f"{key}.yaml", folders.law)["pack"])


def as_it_was(_pack: dict[str, Any]) -> None:
    """Nothing but another name."""


def later_pack(key: str, edit: Edit = as_it_was, *, version: str = "") -> bytes:
    """The file of a later version: JSON, which is YAML too."""
    pack = json.loads(_shipped(key))
    pack["document"]["version"] = version or f"{key}-2027"
    edit(pack)
    return json.dumps(pack).encode()


def later_policy(key: str, edit: Edit = as_it_was, *, version: str = "") -> Policy:
    """The same, as a policy."""
    return load_bytes(later_pack(key, edit, version=version), "later.yaml", packaged().law)


def council_decides_agreements(pack: dict[str, Any]) -> None:
    """Örebro: cooperation agreements and partnerships go to the council, no longer to the executive board."""
    for row in pack["competence"]:
        if row["id"].startswith("board-agreements"):
            row["decides"] = "council"
            row["route"] = "council-matter" if row["id"].endswith("evaluate") else "council-agreement"
    for claim in pack["clauses"]["orebro/levels.executive-board"]["claims"]:
        if claim.get("decided_by") and claim["engagement"] != "membership":
            claim["decided_by"] = "council"


def board_decides_twins(pack: dict[str, Any]) -> None:
    """Örebro: twin-town agreements go to the executive board, no longer to the council."""
    for row in pack["competence"]:
        if row["id"].startswith("twins"):
            row["decides"] = "executive-board"
            row["route"] = "executive-matter" if row["id"].endswith("evaluate") else "executive-agreement"
            row["assumed"] = "an example"
    for clause in pack["clauses"].values():
        for claim in clause.get("claims", []):
            if claim.get("decided_by") == "council" and claim["engagement"] == "twin-agreement":
                claim |= {"decided_by": "executive-board", "reading": True}


def everybody_is_asked(pack: dict[str, Any]) -> None:
    """Örebro: committees are asked before anything goes to the council or the executive board."""
    step = {"step": "consult", "by": ["committee"], "within": "30 days", "assumed": "an example"}
    for name, steps in pack["routes"].items():
        if name.startswith(("council", "executive")):
            steps.insert(2, dict(step))


def nobody_receives_visits(pack: dict[str, Any]) -> None:
    """Örebro: a clause of ours forbids visits."""
    pack["prohibitions"].append({"id": "no-visits", "when": {"engagement": "visit"}, "clauses": ["orebro/no-visits"]})
    pack["clauses"]["orebro/no-visits"] = {
        "section": "Besök",
        "kind": "prohibition",
        "says": {"sv": "Vi tar inte emot besök.", "en": "We receive no visits."},
        "claims": [{"engagement": "visit", "act": act, "refused": True} for act in ("enter", "renew")],
    }
    for clause in pack["clauses"].values():
        if "claims" in clause and clause.get("kind") != "prohibition":
            clause["claims"] = [claim for claim in clause["claims"] if "visit" not in claim["engagement"]]


def revised(world: World, edit: Edit, version: str = "") -> str:
    """Another version comes into force today, as a new reading, on the word of a second administrator."""
    second, key = "second.admin", world.tenant.key
    if second not in world.people:
        world.add(second, ("admin", world.policy.bodies_of("administration")[0].key))
    raw = later_pack(key, edit, version=version)
    name = submit_pack(world.services, world.people["admin"], key, raw, "later.yaml", now=world.now)
    given = {"governs_from": local_day(world.now, world.tenant.timezone).isoformat(), "basis": "reading"}
    activate(world.services, world.people[second], key, name, given | {"reason": "Read anew"}, now=world.now)
    return name
