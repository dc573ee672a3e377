"""Cases driven through the real gate, by everybody, on copies of a real database.

`Drive` knows at every place who may do what as the procedure and the promises of the proofs have it, and asks the gate
the same.
"""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from models.database import connect
from tests.workflow.conftest import hasty
from tests.worlds import World
from workflow.core.errors import NotFound
from workflow.engine import services_for
from workflow.policy.actions import (
    ACTED,
    ACTIONS,
    ANYWHERE,
    ENTERED,
    FOR_CHANGED_ENGAGEMENT,
    HERE,
    TRANSITIONS,
)
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.verification.gate_model import PROMISES
from workflow.policy.verification.state_search import Transition, transitions

#: Somebody who holds every seat there is.
EVERYBODY = "everybody"
#: Outcomes that are entered; the others lead where one of these leads.
OUTCOMES = ("recommend", "approve", "approve-amended", "reject", "refer-back", "postpone")
#: Acts that change neither the place nor anybody's marks.
STILL = frozenset(
    row.action
    for row in (*ANYWHERE, *(row for rows in TRANSITIONS.values() for row in rows))
    if row.source == row.to == HERE and not ACTIONS[row.action].marks
)


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
        found = set(PROMISES.marks["open"]) if person == "officer" else set()
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


class Choice(NamedTuple):
    """One act that somebody may take."""

    person: str
    action: str
    payload: dict[str, Any]
    comment: str


class Drive:
    """Every place one request can come to within some acts, through the real gate."""

    def __init__(self, world: World, folder: Path, request: dict[str, Any]) -> None:
        self.world, self.folder, self.counter = world, folder, itertools.count()
        keys = [body.key for body in world.policy.bodies]
        roles = ("manager", "secretary", "chair", "coordinator")
        world.add(EVERYBODY, *((role, key) for role in roles for key in keys if self._fits(role, key)))
        self.number = world.open(**request)
        row = world.row(self.number)
        self.responsible = world.tenant.body_keys[row.responsible_body_id]
        self.kind = world.policy.body(self.responsible).kind
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
        return World(engine, services_for(engine), self.world.tenant, self.world.policy, dict(self.world.people))

    def procedure(self, here: Reached) -> Procedure:
        """The procedure a case is on."""
        return procedure_for(self.world.policy, here.route, self.kind)

    def promised(self, here: Reached) -> set[tuple[str, str]]:
        """Who may do what by the procedure and the promises."""
        return {
            (person, one.action)
            for one in transitions(self.procedure(here)).get(here.state, ())
            for person in self.people
            if self._seated(person, one, here)
            and (one.step, one.action) not in FOR_CHANGED_ENGAGEMENT  # nobody else acts on the engagement here
            and not PROMISES.bars.get(one.action, frozenset()) & here.marks(person)
            and not (one.action == "withdraw" and any(done[1] == "enter-decision" for done in here.done))
            and not (one.action == "confirm" and self._is_excluded(person, here))
        }

    def _is_excluded(self, person: str, here: Reached) -> bool:
        """Where the law says so, whoever prepared the case as an employee confirms no decision on it."""
        prepared = any(who == person and action in ("submit", "amend", "endorse") for who, action, _to in here.done)
        return self.world.policy.law.collegial.on(date.max).preparer.excluded and (prepared or person == "officer")

    def _seated(self, person: str, one: Transition, here: Reached) -> bool:
        if ACTIONS[one.action].own_officer_only:
            return person == "officer"
        if one.action == "sign":
            stop = self.procedure(here).stop_at("sign")
            assert stop is not None
            wanted = {self._holder(*token.split("@")) for token in stop.by}
            return person == EVERYBODY or person in wanted
        if one.action == "close-consultation":
            return person in ("coordinator", EVERYBODY)
        if one.action == "give-opinion":
            return person in self._asked(here)
        if one.action == "enter-decision":
            return person in (self._holder("secretary", one.kind), EVERYBODY)
        if one.action == "confirm" or (here.state.startswith("confirm-") and one.action == "refer-back"):
            return person in (self._holder("chair", one.kind), EVERYBODY)
        return person in ("manager", EVERYBODY)

    def _asked(self, here: Reached) -> set[str]:
        """Secretaries of the bodies that are asked for an opinion; a body is not asked about its own matter."""
        stop = self.procedure(here).stop_at("consult")
        assert stop is not None
        bodies = [
            body for kind in stop.by for body in self.world.policy.bodies_of(kind) if body.key != self.responsible
        ]
        found = {self._holder("secretary", body.kind) for body in bodies if body.is_collegial}
        return found | {EVERYBODY} if found else found

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
        for choice in self.choices(here, may):
            copy = self.folder / f"{next(self.counter)}.db"
            shutil.copyfile(here.database, copy)
            yield self.after(here, choice, copy)

    def choices(self, here: Reached, may: set[tuple[str, str]]) -> Iterator[Choice]:
        """Every act that leads anywhere, by everybody who may take it."""
        for person, action in sorted(may):
            if action not in STILL:
                for payload, comment in self._payloads(here, action):
                    yield Choice(person, action, payload, comment)

    def after(self, here: Reached, choice: Choice, database: Path) -> Reached:
        """The place after an act, which is taken in a database that is as it was at the place before."""
        world = self.at(database)
        world.act(choice.person, self.number, choice.action, choice.payload, choice.comment)
        row = world.row(self.number)
        world.engine.dispose()
        done = (*here.done, (choice.person, choice.action, row.state))
        entered = str(choice.payload.get("outcome", here.entered)) if row.state.startswith("confirm-") else ""
        return Reached(database, done, row.state, row.route, row.principal, entered)

    def _payloads(self, here: Reached, action: str) -> Iterator[tuple[dict[str, Any], str]]:
        world = self.world
        if action == "enter-decision":
            for outcome in self.procedure(here).outcomes_at(here.state) or self._again(here):
                if outcome in OUTCOMES:
                    more = {"text": "Otherwise"} if outcome == "approve-amended" else {}
                    yield world.decision(outcome, **more), "For these reasons"
        elif action == "sign":
            yield {}, ""
            yield world.signed(), ""
        elif action == "record-counterpart":
            yield {"counter_signed_on": world.now.date().isoformat()}, ""
        elif action == "endorse" and not here.principal:
            yield {}, ""
            yield {"principal": True}, "It is new"
        else:
            yield {}, "For these reasons" if action in ("refer-back", "reject") else ""

    def _again(self, here: Reached) -> tuple[str, ...]:
        return self.procedure(here).outcomes_at(here.state.removeprefix("confirm-"))
