"""What does a municipality in a test look like?

A real policy pack installed in a real database, with the people of the demo: one person per role, eleven members behind
each collegial body, and the mandates an administration needs. `World.walk` carries a case along its route.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, bindparam, insert, select, update

import config
from models import Appointment, Case, Installation, Mandate, Municipality, Person
from models.database import reading, writing
from tests.contents import Contents, contents_of, put
from workflow.cases import gate
from workflow.cases.authorization import Availability, available_actions
from workflow.cases.context import CaseContext
from workflow.cases.gate import open_case
from workflow.cases.services import Services
from workflow.core.tenants import Tenant
from workflow.engine import services_for
from workflow.people.administration import carry_out
from workflow.policy.loading.loader import load_pack
from workflow.policy.model import Policy
from workflow.policy.state_machine import FINAL
from workflow.versions.install import install

CONFIG = Path(config.__file__).parent
SMALL = Path(__file__).parent / "workflow" / "policy" / "small"
MUNICIPALITIES = ("odense", "orebro", "oslo", "stockholm")
#: A Tuesday, long after every pack has come into force.
NOON = datetime(2026, 9, 15, 10, 0, tzinfo=UTC)
MEMBERS = 11
#: The paragraph of the minutes that a decision of the first case has.
PARAGRAPH = "§ 12"
SINCE = date(2000, 1, 1)
CASE = select(Case.__table__).where(Case.number == bindparam("number"))


@cache
def policy_of(key: str) -> Policy:
    """A shipped policy pack, or the small one of the tests."""
    folder = CONFIG if key in MUNICIPALITIES else SMALL
    return load_pack(folder / "policies" / f"{key}.yaml", folder / "law")


#: A case of each municipality that reaches every field any requirement asks for.
FIELDS: Mapping[str, Any] = {
    "purpose": "Learn how others prepare for floods",
    "expected_result": "A tested plan",
    "ends_on": "2029-12-31",
    "operating_plan_ref": "Plan 2026, 3.2",
    "representatives": ["A. Representative"],
    "knowledge_plan": "Two open seminars",
    "principle_value": "Value",
    "principle_knowledge": "Knowledge",
    "principle_cooperation": "Cooperation",
    "principle_partnerships": "Partnerships",
    "principle_reputation": "Reputation",
    "local_partners": ["The university"],
    "eu_office_opinion": "In favour",
    "relevance": "Same river, same floods",
}


@dataclass
class World:
    """A municipality in force, with a gate and people."""

    engine: Engine
    services: Services
    tenant: Tenant
    policy: Policy
    people: dict[str, int] = field(default_factory=dict)
    now: datetime = NOON

    def in_(self, engine: Engine) -> World:
        """The same municipality in another database with the same rows."""
        return World(engine, services_for(engine), self.tenant, self.policy, dict(self.people), self.now)

    def add(self, username: str, *seats: tuple[str, str], since: date = SINCE) -> int:
        """A person with seats (role, body key)."""
        name = f"{username}@{self.tenant.key}"
        with writing(self.engine, self.tenant.id) as connection:
            given = {"name": username.title(), "username": name, "language": "en"}
            carry_out(connection, self.tenant, None, "add-person", given, now=self.now)
            for role, body in seats:
                given = {"username": name, "body": body, "role": role, "starts_on": since.isoformat()}
                carry_out(connection, self.tenant, None, "appoint", given, now=self.now)
            found = select(Person.id).where(Person.municipality_id == self.tenant.id, Person.username == name)
            self.people[username] = connection.execute(found).scalar_one()
        return self.people[username]

    def goals(self) -> list[str]:
        """One goal of each group."""
        return [group.items[0].key for group in self.policy.goals]

    def draft(self, engagement: str, act: str = "enter", **more: Any) -> dict[str, Any]:
        """A complete request."""
        return {
            "municipality": self.tenant.key,
            "engagement": engagement,
            "act": act,
            "title": f"A {engagement}",
            "attributes": {"initiative": "own", "external_funding": 100} if act == "enter" else {"initiative": "own"},
            "partner": {"name": "Turku", "country": "FI"},
            "fields": dict(FIELDS),
            "goals": self.goals(),
            "text": "We propose to go ahead.",
        } | more

    def open(self, engagement: str, act: str = "enter", **more: Any) -> str:
        """A draft opened by the officer."""
        return open_case(self.services, self.people["officer"], self.draft(engagement, act, **more), now=self.now)

    def act(
        self, who: str, number: str, action: str, payload: Mapping[str, Any] | None = None, comment: str = ""
    ) -> int:
        """One action by one person at the case's present version.

        Each case has a paragraph of its own in the minutes, unless the payload names another than `PARAGRAPH`; we sign
        on the day, unless it names another.
        """
        row, given = self.row(number), dict(payload or {})
        if action == "sign":
            given.setdefault("signed_on", self.now.date().isoformat())
        if given.get("paragraph") == PARAGRAPH:
            given["paragraph"] = f"§ {row.id + 11}"
        return gate.act(
            self.services,
            self.people[who],
            number,
            action,
            given,
            now=self.now,
            expected_version=row.version,
            comment=comment,
        ).version

    def look(self, who: str, number: str) -> CaseContext:
        """The context of a case for a person."""
        return gate.read_context(self.services, self.people[who], number, now=self.now)

    def actions(self, who: str, number: str) -> dict[str, Availability]:
        """What a person is told of each open action."""
        return {found.action: found for found in available_actions(self.look(who, number))}

    def row(self, number: str) -> Any:
        """The case's row, seen without any person."""
        with reading(self.engine, self.tenant.id) as session:
            return session.connection().execute(CASE, {"number": number}).one()

    def version(self, number: str) -> int:
        """The case's version."""
        return int(self.row(number).version)

    def decision(self, outcome: str = "approve", **more: Any) -> dict[str, Any]:
        """What a secretary enters: all members present, all in favour."""
        given = {
            "outcome": outcome,
            "meeting_date": self.now.date().isoformat(),
            "paragraph": PARAGRAPH,
            "present": MEMBERS,
        }
        if outcome == "recommend":
            given["proposal"] = "adopt"
        return given | more

    def signed(self, **more: Any) -> dict[str, Any]:
        """What a signatory records when both parties have signed today."""
        today = self.now.date().isoformat()
        return {"signed_on": today, "counter_signed_on": today} | more

    def step(self, number: str) -> str:
        """Take the next step on the way to a yes; returns the new state."""
        s = self.row(number)
        payload, comment = dict[str, Any](), ""
        if s.state == "draft":
            who, action = "officer", "submit"
        elif s.state == "review":
            who, action = "manager", "endorse"
        elif s.state == "consult":
            who, action = "coordinator", "close-consultation"
        elif s.state == "sign":
            who, action = self.seated(s.waits_role, self.tenant.body_keys[s.waits_body_id]), "sign"
        elif s.state == "awaiting-counterpart":
            who = next(name for name, id_ in self.people.items() if id_ == s.officer_id)
            action = "record-counterpart"
            payload = {"counter_signed_on": self.now.date().isoformat()}
        elif s.state.startswith("confirm-"):
            who, action = self.seated("chair", self.tenant.body_keys[s.waits_body_id]), "confirm"
        elif s.waits_role == "manager":
            who, action = "manager", "approve"
        else:
            who, action = self.seated("secretary", self.tenant.body_keys[s.waits_body_id]), "enter-decision"
            payload = self.decision("recommend" if s.state.startswith("recommend") else "approve")
        self.act(who, number, action, payload, comment)
        return str(self.row(number).state)

    def walk(self, number: str, until: str = "concluded") -> str:
        """Carry a case along until it reaches a state (or a final one)."""
        state = str(self.row(number).state)
        while state != until and state not in FINAL:
            state = self.step(number)
        return state

    def seated(self, role: str, body: str) -> str:
        """The person holding a seat."""
        kind = self.policy.body(body).kind
        if role in ("secretary", "chair"):
            return f"{role}.{ {'council': 'council', 'executive-board': 'executive'}.get(kind, 'committee') }"
        return role

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)


#: What came of building a municipality alone in a database: by dialect, key and instant.
_BUILT: dict[tuple[str, str, datetime], tuple[Contents, World]] = {}


def build(engine: Engine, key: str, *, now: datetime = NOON) -> World:
    """Install a municipality's pack and seat its people.

    In an empty database it is built once per process, and afterwards put there as it was.
    """
    known = engine.dialect.name, key, now
    if engine.url.database in (None, ":memory:") or not _is_empty(engine):
        return _built(engine, key, now)
    if known not in _BUILT:
        world = _built(engine, key, now)
        _BUILT[known] = contents_of(engine), world.in_(engine)
        return world
    contents, model = _BUILT[known]
    put(engine, contents)
    return model.in_(engine)


def _is_empty(engine: Engine) -> bool:
    with engine.connect() as connection:
        return not any(connection.execute(select(table.id).limit(1)).first() for table in (Municipality, Installation))


def _built(engine: Engine, key: str, now: datetime) -> World:
    policy = policy_of(key)
    install(engine, [policy], now=now)
    return peopled(engine, policy, now=now)


def peopled(engine: Engine, policy: Policy, *, now: datetime) -> World:
    """Seat the people of a municipality whose pack is installed."""
    services = services_for(engine)
    world = World(engine, services, services.tenants.tenant(policy.municipality.key), policy, now=now)
    administrations = [b.key for b in policy.bodies_of("administration")]
    executive = policy.only("executive-board").key
    world.add("officer", *(("officer", a) for a in administrations))
    world.add("manager", *(("manager", a) for a in administrations))
    own = [b.key for kind in ("committee", "company-board") for b in policy.bodies_of(kind)]
    for label, bodies in (("committee", own), ("executive", [executive]), ("council", [policy.only("council").key])):
        if bodies:
            world.add(f"secretary.{label}", *(("secretary", body) for body in bodies))
            world.add(f"chair.{label}", *(("chair", body) for body in bodies))
    world.add("coordinator", ("coordinator", executive))
    world.add("auditor", ("auditor", policy.only("council").key))
    world.add("admin", ("admin", administrations[0]))
    _seat_members(world)
    _give_mandates(world)
    return world


def _seat_members(world: World) -> None:
    """Ten members beside the chair in each collegial body, and no more rows than that needs."""
    with writing(world.engine, world.tenant.id) as connection:
        for number in range(MEMBERS - 1):
            username = f"member{number}@{world.tenant.key}"
            person = {
                "municipality_id": world.tenant.id,
                "public_id": f"{world.tenant.key}-member-{number}",
                "username": username,
                "name": f"Member {number}",
                "language": "en",
            }
            id_ = connection.execute(insert(Person).returning(Person.id), person).scalar_one()
            world.people[f"member{number}"] = id_
            rows = [
                {
                    "municipality_id": world.tenant.id,
                    "person_id": id_,
                    "body_id": world.tenant.body_ids[body.key],
                    "role": "member",
                    "starts_on": SINCE,
                }
                for body in world.policy.bodies
                if body.is_collegial
            ]
            connection.execute(insert(Appointment), rows)


def _give_mandates(world: World) -> None:
    with writing(world.engine, world.tenant.id) as connection:
        for body in world.policy.bodies_of("administration"):
            given = {"to_body": body.key, "starts_on": SINCE.isoformat(), "reference": "Delegation order, 4.1"}
            carry_out(connection, world.tenant, None, "give-mandate", given, now=world.now)


def end_all_mandates(world: World, day: date) -> None:
    """Every mandate ends on a day."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Mandate).where(Mandate.municipality_id == world.tenant.id).values(ends_on=day))
