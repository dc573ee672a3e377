"""The real gate does what the proofs assume of it.

A case is driven through the gate breadth first, by everybody in every way, on copies of a real SQLite database. At
every place it comes to, whoever the gate lets act is who the procedure and the promises let act; and the places it
comes to are those that the proofs' own walk comes to.
"""

from __future__ import annotations

import random
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.conftest import WorldOf
from tests.workflow.policy.driving import Choice, Drive, Reached
from tests.worlds import MUNICIPALITIES, World, policy_of
from workflow.policy.request_domain import ACTS_ON_REGISTERED, ENGAGEMENTS, Request, acts_of
from workflow.policy.request_space import request_text
from workflow.policy.state_machine import FINAL, procedure_for
from workflow.policy.verification.state_search import StateSpace, state_spaces, transitions
from workflow.register.service import register_engagement


def drive(world: World, folder: Path, request: dict[str, Any], depth: int) -> dict[tuple[str, str], int]:
    """Places (route, state) with the fewest acts that lead there; holds the gate to the promises at each."""
    driving = Drive(world, folder, request)
    seen = {driving.start.key(driving.people)}
    layer, found = [driving.start], {(driving.start.route, "draft"): 0}
    for acts in range(1, depth + 1):
        following = []
        for here in layer:
            if here.state in FINAL:
                continue
            may = driving.allowed(here)
            assert may == driving.promised(here), f"{here.state} after {here.done}"
            for there in driving.onward(here, may):
                if (key := there.key(driving.people)) not in seen:
                    seen.add(key)
                    following.append(there)
                    found.setdefault((there.route, there.state), acts)
        layer = following
    return found


@cache
def all_spaces(key: str) -> tuple[StateSpace, ...]:
    """Every situation in a pack."""
    return state_spaces(policy_of(key))


def space_of(key: str, request: Request) -> StateSpace:
    """Every situation of the matter that a request belongs to."""
    return next(one for one in all_spaces(key) if request in one.matter.requests)


def walked(world: World, request: Request, depth: int) -> dict[tuple[str, str], int]:
    """The same by the proofs' own walk."""
    mine = space_of(world.policy.municipality.key, request)
    start = mine.matter.requests.index(request)
    procedures = {said.route: procedure_for(world.policy, said.route, request.responsible)
                  for said in mine.matter.rulings if not said.is_refused}  # fmt: skip
    raised = {request.with_(principal=True)}
    found: dict[tuple[str, str], int] = {(mine.matter.rulings[start].route, "draft"): 0}
    layer = set(found)
    up = next(said.route for one, said in zip(mine.matter.requests, mine.matter.rulings, strict=True) if one in raised)
    for acts in range(1, depth + 1):
        following = set()
        for route, state in layer:
            for one in transitions(procedures[route]).get(state, ()):
                if one.outcome == "take-note" and request.engagement != "policy" and request.act != "evaluate":
                    continue  # the proofs grant more than the gate: taking note is no answer to such a request
                following.add((route, one.to))
                if one.action == "endorse":
                    following |= {
                        (up, other.to) for other in transitions(procedures[up])[state] if other.action == "endorse"
                    }
        layer = following - set(found)
        found |= dict.fromkeys(layer, acts)
    everything = {(spot.route, spot.state) for spot in mine.reached}
    assert set(found) <= everything
    return found


#: Ends that the drive does not enter: a body may also leave a matter unraised or let it be withdrawn.
QUIET = ("not-raised", "withdrawn")


def agree(world: World, folder: Path, given: dict[str, Any], request: Request, depth: int) -> None:
    """The gate and the walk come to the same places, in as many acts."""

    def loud(found: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
        return {place: acts for place, acts in found.items() if place[1] not in QUIET}

    real, request_text = drive(world, folder, given, depth), walked(world, request, depth)
    assert loud(real) == loud(request_text)
    assert len(real) > 3


def test_the_gate_and_the_walk_agree_where_an_administration_decides(sqlite_world_of: WorldOf, tmp_path: Path) -> None:
    world = sqlite_world_of("odense")
    request = Request("visit", "enter", "administration", initiative=None)
    agree(world, tmp_path, {"engagement": "visit"}, request, depth=4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("key", "given", "request_", "depth"),
    [
        ("orebro", {"engagement": "visit"}, Request("visit", "enter", "committee"), 6),
        ("odense", {"engagement": "project"}, Request("project", "enter", "administration"), 7),
        ("oslo", {"engagement": "twin-agreement"}, Request("twin-agreement", "enter", "administration"), 6),
        ("orebro", {"engagement": "twin-agreement"}, Request("twin-agreement", "enter", "committee"), 5),
        (
            "orebro",
            {"engagement": "membership", "responsible": "bolagsstyrelsen"},
            Request("membership", "enter", "company-board"),
            6,
        ),
    ],
)
def test_the_gate_and_the_walk_agree(
    key: str, given: dict[str, Any], request_: Request, depth: int, sqlite_world_of: WorldOf, tmp_path: Path
) -> None:
    agree(sqlite_world_of(key), tmp_path, given, request_, depth)


#: What brings a case on.
FORWARD = ("submit", "endorse", "close-consultation", "confirm", "approve", "sign")


def stroll(driving: Drive, database: Path, chance: random.Random, acts: int = 24) -> list[Reached]:
    """A way by chance, oftener forward than not; the gate is held to the promises wherever it comes."""
    shutil.copyfile(driving.start.database, database)
    here = driving.start
    passed = [here]
    while here.state not in FINAL and len(passed) <= acts:
        may = driving.allowed(here)
        assert may == driving.promised(here), f"{here.state} after {here.done}"
        choices = list(driving.choices(here, may))
        onward = [choice for choice in choices if _leads_on(choice)]
        here = driving.after(here, chance.choice(onward if onward and chance.random() < 0.8 else choices), database)
        passed.append(here)
    return passed


def _leads_on(choice: Choice) -> bool:
    return choice.action in FORWARD or choice.payload.get("outcome") in ("recommend", "approve")


def strolled(world: World, folder: Path, request: Request, seed: int) -> list[Reached]:
    """A stroll of one request, which comes to nowhere that the walk does not come to, and by whom the tables name."""
    driving = Drive(world, folder, opened(world, request))
    passed = stroll(driving, folder / "stroll.db", random.Random(seed))  # noqa: S311 - the same way every time
    mine = space_of(world.tenant.key, request)
    assert {(here.route, here.state) for here in passed} <= {(spot.route, spot.state) for spot in mine.reached}
    ends = passed[-1]
    if ends.state in ("sign", "concluded", "rejected"):
        here = world.in_(driving.at(ends.database).engine)
        said = mine.matter.rulings[mine.matter.requests.index(request.with_(principal=ends.principal))]
        assert here.row(driving.number).decides == said.body, request_text(request)
        here.engine.dispose()
    return passed


def opened(world: World, request: Request) -> dict[str, Any]:
    """What an officer sends to open a request; what it concerns is in the register."""
    body = next(iter(world.policy.bodies_of(request.responsible))).key
    more: dict[str, Any] = {"engagement": request.engagement, "act": request.act, "responsible": body}
    attributes: dict[str, Any] = {
        "scope": request.scope,
        "initiative": request.initiative or "own",
        "principal": request.principal,
    }
    funding = {"eu_funded": request.eu_funded, "external_funding": request.external_funding}
    if request.act in ACTS_ON_REGISTERED:
        given = {"kind": request.engagement, "title": "From before", "source": "Archive 1", "scope": request.scope}
        given |= {"partner_name": "Turku", "partner_country": "FI", "responsible": body, **funding}
        officer = world.people["officer"]
        more["engagement_number"] = register_engagement(world.services, officer, world.tenant.key, given, now=world.now)
        del more["responsible"]
    else:
        attributes |= funding
    return more | {"attributes": attributes}


PAIRS = [(engagement, act) for engagement in ENGAGEMENTS for act in acts_of(engagement)]


@cache
def asked_for(key: str) -> tuple[Request, ...]:
    """Every request that a pack lets somebody decide and that an officer can open."""
    return tuple(
        request
        for one in all_spaces(key)
        for request, said in zip(one.matter.requests, one.matter.rulings, strict=True)
        if not said.is_refused and not request.principal and not request.named_nordic_twin
    )


@pytest.mark.no_cover
@pytest.mark.parametrize(
    ("engagement", "act"),
    [pytest.param(*pair, marks=[] if pair == ("twin-agreement", "renew") else pytest.mark.slow) for pair in PAIRS],
)
def test_the_gate_lets_everybody_do_what_the_walk_assumes_whatever_is_asked(
    engagement: str, act: str, sqlite_world_of: WorldOf, tmp_path: Path
) -> None:
    request = next(one for one in asked_for("lillby") if (one.engagement, one.act) == (engagement, act))
    for seed in range(2):
        assert len(strolled(sqlite_world_of("lillby"), tmp_path, request, seed)) > 2


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_the_gate_lets_everybody_do_what_the_walk_assumes_in_every_pack(
    key: str, number: int, sqlite_world_of: WorldOf, tmp_path: Path
) -> None:
    request = random.Random(f"{key}-{number}").choice(asked_for(key))  # noqa: S311 - the same every time
    assert len(strolled(sqlite_world_of(key), tmp_path, request, seed=number)) > 2, request_text(request)
