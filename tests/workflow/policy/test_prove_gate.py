"""Does the real gate do what the proofs assume of it?

A case is driven through the gate breadth first, by everybody in every way, on copies of a real SQLite database. At
every place it comes to, whoever the gate lets act is who the procedure and the promises let act; and the places it
comes to are those that the proofs' own walk comes to.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models.database import connect
from tests.workflow.conftest import WorldOf, hasty
from tests.worlds import World
from workflow.act import Gate
from workflow.errors import NotFound
from workflow.policy.prove_promises import ACTED, ENTERED, PREPARED, PROMISES
from workflow.policy.prove_ways import Leg, journeys, legs
from workflow.policy.values import Request
from workflow.procedure import FINAL, Procedure, procedure_for

#: Somebody who holds every seat there is.
EVERYBODY = "everybody"
#: Outcomes that are entered; the others lead where one of these leads.
OUTCOMES = ("recommend", "approve", "approve-amended", "reject", "refer-back", "postpone")
#: Acts that change neither the place nor anybody's marks.
STILL = ("reassign", "give-opinion")


@dataclass(frozen=True)
class Reached:
    """A place a case has come to: a database, and what was done by whom."""

    database: Path
    done: tuple[tuple[str, str, str], ...]
    state: str
    route: str
    principal: bool
    #: What has been entered and waits to be confirmed.
    entered: str = ""

    def marks(self, person: str) -> frozenset[str]:
        """What a person has done with the case, as the promises count it."""
        found = {PREPARED} if person == "officer" else set()  # who opened it
        for who, action, to in self.done:
            if action == "submit":
                found.discard(ACTED)
            if not to.startswith("confirm-"):
                found.discard(ENTERED)
            if action == "enter-decision":
                found.discard(ENTERED)  # a later record takes the place of an earlier one
            if who == person:
                found |= PROMISES.marks.get(action, frozenset())
        return frozenset(found)

    def key(self, people: list[str]) -> object:
        """What must differ for two places to differ."""
        return self.state, self.route, self.principal, self.entered, tuple(self.marks(person) for person in people)


class Drive:
    """Every place one request can come to within some acts, through the real gate."""

    def __init__(self, world: World, folder: Path, request: dict[str, Any]) -> None:
        self.world, self.folder, self.counter = world, folder, itertools.count()
        keys = [body.key for body in world.policy.bodies]
        roles = ("manager", "secretary", "chair", "coordinator")
        world.add(EVERYBODY, *((role, key) for role in roles for key in keys if self._fits(role, key)))
        self.number = world.open(**request)
        row = world.row(self.number)
        self.kind = world.policy.body(world.place.body_keys[row.responsible_body_id]).kind
        self.people = [name for name in world.people if not name.startswith("member")]
        world.engine.dispose()
        self.start = Reached(Path(str(world.engine.url.database)), (), "draft", row.route, row.principal)

    def _fits(self, role: str, key: str) -> bool:
        body = self.world.policy.body(key)
        if role in ("secretary", "chair"):
            return body.is_collegial
        return body.kind == ("administration" if role == "manager" else "executive-board")

    def at(self, database: Path) -> World:
        """The world of a database."""
        engine = hasty(connect(f"sqlite:///{database}"))
        return World(engine, Gate(engine), self.world.place, self.world.policy, dict(self.world.people))

    def procedure(self, here: Reached) -> Procedure:
        """The procedure a case is on."""
        return procedure_for(self.world.policy, here.route, self.kind)

    def promised(self, here: Reached) -> set[tuple[str, str]]:
        """Who may do what by the procedure and the promises."""
        return {
            (person, leg.action)
            for leg in legs(self.procedure(here)).get(here.state, ())
            for person in self.people
            if self._seated(person, leg, here)
            and not PROMISES.bars.get(leg.action, frozenset()) & here.marks(person)
            and not (leg.action == "withdraw" and any(done[1] == "enter-decision" for done in here.done))
            and not (leg.action == "confirm" and self._is_excluded(person, here))
        }

    def _is_excluded(self, person: str, here: Reached) -> bool:
        """Where the law says so, whoever prepared the case as an employee confirms no decision on it."""
        prepared = any(who == person and action in ("submit", "amend", "endorse") for who, action, _to in here.done)
        return self.world.policy.law.collegial.preparer_excluded and (prepared or person == "officer")

    def _seated(self, person: str, leg: Leg, here: Reached) -> bool:
        if leg.action in ("amend", "submit", "withdraw"):
            return person == "officer"
        if leg.action == "sign":
            stop = self.procedure(here).stop_at("sign")
            assert stop is not None
            wanted = {self._holder(*token.split("@")) for token in stop.by}
            return person == EVERYBODY or person in wanted
        if leg.action == "close-consultation":
            return person in ("coordinator", EVERYBODY)
        if leg.action == "give-opinion":
            return person in ("secretary.committee", EVERYBODY)
        if leg.action == "enter-decision":
            return person in (self._holder("secretary", leg.kind), EVERYBODY)
        if leg.action == "confirm" or (here.state.startswith("confirm-") and leg.action == "refer-back"):
            return person in (self._holder("chair", leg.kind), EVERYBODY)
        return person in ("manager", EVERYBODY)

    def _holder(self, role: str, where: str) -> str:
        kind = self.kind if where == "responsible" else where
        if role in ("manager", "coordinator"):
            return role
        if kind == "administration":
            return "nobody"
        return f"{role}.{ {'council': 'council', 'executive-board': 'executive'}.get(kind, 'committee') }"

    def allowed(self, here: Reached) -> set[tuple[str, str]]:
        """Who may do what, as the gate tells each."""
        world = self.at(here.database)
        try:
            return {
                (person, action) for person in self.people for action, told in self._told(world, person) if told.allowed
            }
        finally:
            world.engine.dispose()

    def _told(self, world: World, person: str) -> Iterator[tuple[str, Any]]:
        try:
            yield from world.actions(person, self.number).items()
        except NotFound:  # a draft is its author's and manager's
            return

    def onward(self, here: Reached, may: set[tuple[str, str]]) -> Iterator[Reached]:
        """Every place one act away."""
        for person, action in sorted(may):
            if action in STILL:
                continue
            for payload, comment in self._payloads(here, action):
                copy = self.folder / f"{next(self.counter)}.db"
                shutil.copyfile(here.database, copy)
                world = self.at(copy)
                world.act(person, self.number, action, payload, comment)
                row = world.row(self.number)
                world.engine.dispose()
                done = (*here.done, (person, action, row.state))
                entered = str(payload.get("outcome", here.entered)) if row.state.startswith("confirm-") else ""
                yield Reached(copy, done, row.state, row.route, row.principal, entered)

    def _payloads(self, here: Reached, action: str) -> Iterator[tuple[dict[str, Any], str]]:
        world = self.world
        if action == "enter-decision":
            for outcome in self.procedure(here).outcomes_at(here.state) or self._again(here):
                if outcome in OUTCOMES:
                    more = {"text": "Otherwise"} if outcome == "approve-amended" else {}
                    yield world.decision(outcome, **more), "For these reasons"
        elif action == "endorse" and not here.principal:
            yield {}, ""
            yield {"principal": True}, "It is new"
        else:
            yield {}, "For these reasons" if action in ("refer-back", "reject") else ""

    def _again(self, here: Reached) -> tuple[str, ...]:
        return self.procedure(here).outcomes_at(here.state.removeprefix("confirm-"))


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


def walked(world: World, request: Request, depth: int) -> dict[tuple[str, str], int]:
    """The same by the proofs' own walk."""
    mine = next(one for one in journeys(world.policy) if request in one.matter.requests)
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
            for leg in legs(procedures[route]).get(state, ()):
                if leg.outcome == "take-note" and request.engagement != "policy" and request.act != "evaluate":
                    continue  # the proofs grant more than the gate: taking note is no answer to such a request
                following.add((route, leg.to))
                if leg.action == "endorse":
                    following |= {(up, other.to) for other in legs(procedures[up])[state] if other.action == "endorse"}
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

    real, told = drive(world, folder, given, depth), walked(world, request, depth)
    assert loud(real) == loud(told)
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
