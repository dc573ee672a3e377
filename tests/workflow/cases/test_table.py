"""Every action × state × person × municipality, held against the contract's table.

A case is brought to every place its way allows, and everybody tries everything. What must come of it is read from
`tests.workflow.contract`, which does not ask the engine. A refusal leaves nothing behind but its line in the access
log, and what a person is told can be done is what the gate lets them do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.conftest import STORES
from tests.contents import contents_of, put
from tests.workflow.conftest import WorldOf
from tests.workflow.contract import ACTIONS, FINAL, Matter, refusal
from tests.workflow.database_contents import contents, refusals
from tests.worlds import World
from workflow.cases import gate
from workflow.cases.authorization import authorize, available_actions
from workflow.cases.context import CaseContext
from workflow.core.errors import NotFound, WorkflowError
from workflow.policy.actions import ACTIONS as DECLARED

#: Kinds of case that between them travel every sort of route of a municipality.
REQUESTS: dict[str, tuple[dict[str, Any], ...]] = {
    "orebro": (
        {"engagement": "twin-agreement"},
        {"engagement": "cooperation-agreement"},
        {"engagement": "project", "responsible": "bolagsstyrelsen"},
        {"engagement": "visit"},
        {"engagement": "exchange", "responsible": "forvaltningen-barn"},
        {"engagement": "membership", "responsible": "bolagsstyrelsen", "principal": True},
    ),
    "stockholm": (
        {"engagement": "policy", "act": "adopt"},
        {"engagement": "cooperation-agreement"},
        {"engagement": "membership", "responsible": "koncernledningen"},
        {"engagement": "partnership", "responsible": "kommunstyrelsen", "principal": True},
    ),
    "oslo": (
        {"engagement": "twin-agreement"},
        {"engagement": "project"},
        {"engagement": "policy", "act": "adopt"},
        {"engagement": "visit", "responsible": "byradet"},
    ),
    "odense": (
        {"engagement": "twin-agreement"},
        {"engagement": "project"},
        {"engagement": "policy", "act": "revise"},
        {"engagement": "membership", "responsible": "okonomiudvalget", "principal": True},
    ),
}
CASES = [
    pytest.param(key, request, id=f"{key}-{'-'.join(str(value) for value in request.values())}")
    for key, some in REQUESTS.items()
    for request in some
]


@dataclass(frozen=True)
class Tenant:
    """Where a case is brought, and what must be known of it there."""

    name: str
    bring: Callable[[], str]
    matter: Matter


def opened(world: World, request: dict[str, Any]) -> str:
    """A complete draft of a request."""
    attributes: dict[str, Any] = {"initiative": "own", "external_funding": 100}
    fields = world.draft("visit")["fields"]
    more: dict[str, Any] = {"attributes": attributes, "fields": fields}
    if request["engagement"] == "policy":
        more["attributes"] = {}
    if request.get("principal"):
        more = {"attributes": attributes | {"principal": True}, "fields": fields | {"principal_reason": "It is new"}}
    if "responsible" in request:
        more["responsible"] = request["responsible"]
    return world.open(request["engagement"], request.get("act", "enter"), **more)


def places(world: World, request: dict[str, Any]) -> Iterator[Tenant]:
    """Every place a case of this kind can stand, with a way to bring one there."""
    number = opened(world, request)
    way = ["draft"]
    while way[-1] not in FINAL:
        way.append(world.step(number))
    row = world.row(number)
    policy = world.policy
    kind = policy.body(world.tenant.body_keys[row.responsible_body_id]).kind
    signs = [step for step in policy.routes[row.route] if step.step == "sign"]
    signatories = signs[0].by if signs else ()
    first = next(state for state in way if state.partition(":")[0] in ("recommend", "decide"))
    meets = "confirm-" + first in way
    decides = next(state for state in way if state.startswith("decide"))

    def matter(state: str, *, was_submitted: bool = True, body: bool | None = None, passed: bool = True) -> Matter:
        index = way.index(state) if state in way else len(way)
        acted = {"manager"} if passed and index > way.index("review" if "review" in way else first) else set()
        entered = f"confirm-{first}" in way[: index + 1] if body is None else body
        return Matter(state, kind, tuple(way), signatories, was_submitted, entered, frozenset(acted))

    def walked(state: str) -> Callable[[], str]:
        def bring() -> str:
            fresh = opened(world, request)
            world.walk(fresh, state)
            return fresh

        return bring

    for state in way:
        yield Tenant(state, walked(state), matter(state, was_submitted=state != "draft"))
    yield from _back_and_out(world, walked, matter, way, first, decides, meets)


def _back_and_out(
    world: World,
    walked: Callable[[str], Callable[[], str]],
    matter: Callable[..., Matter],
    way: list[str],
    first: str,
    decides: str,
    meets: bool,
) -> Iterator[Tenant]:
    """Drafts that came back, and ends other than a yes."""

    def decided(at: str, outcome: str) -> Callable[[], str]:
        def bring() -> str:
            number = walked(at)()
            body = world.tenant.body_keys[world.row(number).waits_body_id]
            whose = world.seated("secretary", body).partition(".")[2]
            world.act(f"secretary.{whose}", number, "enter-decision", world.decision(outcome), "For these reasons")
            world.act(f"chair.{whose}", number, "confirm")
            return number

        return bring

    def acted(at: str, who: str, action: str) -> Callable[[], str]:
        def bring() -> str:
            number = walked(at)()
            world.act(who, number, action, {}, "For these reasons")
            return number

        return bring

    back = "review" if "review" in way else first
    yield Tenant("draft, sent back", acted(back, "manager", "refer-back"), matter("draft", body=False))
    yield Tenant(
        "withdrawn", acted("draft", "officer", "withdraw"), matter("withdrawn", was_submitted=False, body=False)
    )
    if meets:
        yield Tenant("draft, from a body", decided(first, "refer-back"), matter("draft", body=True))
        yield Tenant(f"{first}, postponed", decided(first, "postpone"), matter(first, body=True))
        yield Tenant("not raised", decided(first, "not-raised"), matter("not-raised"))
    if f"confirm-{decides}" in way:
        yield Tenant("rejected", decided(decides, "reject"), matter("rejected"))
    else:
        yield Tenant("rejected", acted(decides, "manager", "reject"), matter("rejected"))


def payload(world: World, action: str, state: str, number: str) -> dict[str, Any]:
    """Something well formed to send with an action."""
    if action == "enter-decision":
        return world.decision("recommend" if "recommend" in state else "approve", paragraph=number)
    today = world.now.date().isoformat()
    sent = {
        "reassign": {"officer": f"officer@{world.tenant.key}"},
        "give-opinion": {"opinion": "In favour"},
        "sign": {"signed_on": today},
        "record-counterpart": {"counter_signed_on": today},
    }
    return sent.get(action, {})


def everybody(world: World) -> list[str]:
    """The demo's people, and one member who holds no office."""
    return [name for name in world.people if not name.startswith("member") or name == "member0"]


def attempt(world: World, person: str, number: str, action: str, version: int, state: str) -> type[Exception] | None:
    """Try an action through the gate: the error it ends in, or None."""
    try:
        gate.act(
            world.services,
            world.people[person],
            number,
            action,
            payload(world, action, state, number),
            now=world.now,
            expected_version=version,
            comment="For these reasons",
        )
    except WorkflowError as error:
        return type(error) if error.reasons else AssertionError  # a refusal explains itself
    return None


def looked(world: World, person: str, number: str) -> CaseContext | None:
    """What a person sees of a case, all that they are told comes of it; None when they do not see it."""
    try:
        return world.look(person, number)
    except NotFound:
        return None


def told(seen: CaseContext | None) -> dict[str, bool] | None:
    """What a person is told of each action; None when they do not see the case."""
    if seen is None:
        return None
    found = available_actions(seen)
    assert all(one.allowed or one.reasons for one in found)
    return {one.action: one.allowed for one in found}


def judged(seen: CaseContext | None, action: str) -> type[Exception] | None:
    """The judge's answer alone."""
    if seen is None:
        return NotFound
    verdict = authorize(seen, action)
    return None if verdict.allowed else verdict.error


def hold_against_contract(world: World, request: dict[str, Any], *, every: int = 1, some: int = 1) -> None:
    """Everybody tries everything everywhere, and the judge says whether they may.

    Every nth refusal also goes through the gate, and so does every nth of what is allowed: `every` and `some`.
    """
    tried = 0
    for tenant in places(world, request):
        number = tenant.bring()
        assert world.row(number).state == tenant.matter.state
        as_brought = contents_of(world.engine)
        version, before = world.version(number), contents(world.engine, world.tenant.id)
        logged, through_the_gate, allowed = len(refusals(world.engine, world.tenant.id)), 0, []
        for person in everybody(world):
            may, seen = set(), looked(world, person, number)
            for action in ACTIONS:
                wanted = refusal(tenant.matter, person, action)
                where = f"{person} takes {action} at {tenant.name}"
                tried += 1
                if wanted is None:
                    may.add(action)
                    allowed.append((person, action))
                elif tried % every:
                    assert judged(seen, action) is wanted, where
                else:
                    through_the_gate += 1
                    assert attempt(world, person, number, action, version, tenant.matter.state) is wanted, where
            offered = told(seen)
            sees = refusal(tenant.matter, person, "amend") is not NotFound
            assert (offered is not None) == sees, f"{person} at {tenant.name}"
            assert {action for action, is_allowed in (offered or {}).items() if is_allowed} == may, tenant.name
        assert contents(world.engine, world.tenant.id) == before, tenant.name
        assert len(refusals(world.engine, world.tenant.id)) == logged + through_the_gate
        for person, action in allowed[::some]:
            put(world.engine, as_brought)
            where = f"{person} takes {action} at {tenant.name}"
            assert attempt(world, person, number, action, version, tenant.matter.state) is None, where
            assert world.version(number) == version + 1, where


def test_contract_knows_every_declared_action() -> None:
    assert tuple(DECLARED) == ACTIONS


@pytest.mark.no_cover
@pytest.mark.parametrize(("key", "request_"), CASES)
def test_everybody_can_do_what_the_contract_says_and_nothing_else(
    sqlite_world_of: WorldOf, key: str, request_: dict[str, Any]
) -> None:
    hold_against_contract(sqlite_world_of(key), request_, every=27, some=3)


#: How many answers there are to one that goes through the gate; PostgreSQL takes five times as long for each.
ONE_IN = {"sqlite": 1, "postgres": 5}
#: The same on both databases, and more of it through the gate.
WHOLE = [
    pytest.param(*store.values, *case.values, ONE_IN[store.id], id=f"{case.id}-{store.id}", marks=store.marks)
    for store in STORES
    for case in CASES
]


@pytest.mark.slow
@pytest.mark.parametrize(("world_of", "key", "request_", "every"), WHOLE, indirect=["world_of"])
def test_everybody_tries_everything_at_the_gate_on_either_database(
    world_of: WorldOf, key: str, request_: dict[str, Any], every: int
) -> None:
    hold_against_contract(world_of(key), request_, every=every, some=every)
