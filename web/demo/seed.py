"""Seeding of the demo: an empty database becomes four municipalities at work.

Each script of `config/demo` is played: people, mandates and older engagements are entered, then every step of its
letters, cases and evaluations at its own instant and through the engine (`web.demo.playback`). What has been played
before is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import Engine, insert, select, update

from models import Installation, Person
from models.database import reading, writing
from web.demo.dates import SET_UP, ScriptCalendar
from web.demo.playback import Playback, play_steps
from web.demo.schema import LegacyEngagements, ScriptPerson, scripts
from web.demo.versions import later_version
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenants
from workflow.engine import services_for
from workflow.people.administration import carry_out
from workflow.policy.model import Policy
from workflow.register.service import register_engagement
from workflow.versions.install import install

#: First day of every appointment, so that steps with a document's own date are allowed.
APPOINTED_ON = date(2000, 1, 1)
#: Members of a collegial body beside its chair.
MEMBERS = 10


class DatabaseInUse(Exception):
    """People work in this database already, so it is not made into a demo."""

    def __str__(self) -> str:
        """The message."""
        return (type(self).__doc__ or "").strip()


def fill(engine: Engine, policies: Iterable[Policy], *, now: datetime, password_hash: str) -> None:
    """Play the script of every municipality and mark the database as a demo; a second time adds nothing.

    Everybody who logs in gets the same password. Raises `DatabaseInUse` for a database with people and no demo mark.
    """
    known, services = scripts(), services_for(engine)
    _mark(engine, now)
    for key, policy in {policy.municipality.key: policy for policy in policies}.items():
        spec = policy.municipality
        calendar = ScriptCalendar(local_day(now, spec.timezone), spec.country, spec.timezone)
        install(engine, [policy], now=calendar.instant(SET_UP, 0))
        if key in known:
            if (later := known[key].later) is not None:
                install(engine, [later_version(policy, later)], now=calendar.instant(SET_UP, 4))
            playback = Playback(services, services.tenants.tenant(key), policy, known[key], calendar)
            _set_up(playback, password_hash)
            play_steps(playback)


def _mark(engine: Engine, now: datetime) -> None:
    """Mark the database before anything is entered, so that a half-filled one can be recognised and dropped."""
    with engine.connect() as connection:
        known = connection.execute(select(Installation.is_demo)).scalars().all()
    if any(known):
        return
    tenants = Tenants(engine)
    for key in tenants.keys():  # noqa: SIM118 - a directory is no dict
        with reading(engine, tenants.tenant(key).id) as session:
            if session.execute(select(Person.id).limit(1)).first():
                raise DatabaseInUse
    with writing(engine, None) as connection:
        marking = update(Installation) if known else insert(Installation).values(created_at=now)
        connection.execute(marking.values(is_demo=True))


def _set_up(playback: Playback, password_hash: str) -> None:
    playback.load()
    _add_people(playback, password_hash)
    _give_mandates(playback)
    playback.load()
    for engagements in playback.script.engagements:
        _register(playback, engagements)
    playback.load()


def _add_people(playback: Playback, password_hash: str) -> None:
    """Add the people who log in, and the members without a log-in of every collegial body."""
    members = [
        ScriptPerson(f"member-{number:02d}.{body.key}", f"{playback.script.members} {number}", (("member", body.key),))
        for body in playback.policy.bodies
        if body.is_collegial
        for number in range(1, MEMBERS + 1)
    ]
    tenant, now = playback.tenant, playback.calendar.instant(SET_UP, 1)
    with writing(playback.services.engine, tenant.id) as connection:
        for person in (*playback.script.people, *members):
            username = f"{person.key}@{tenant.key}"
            if username in playback.people:
                continue
            account = {"name": person.name, "username": username, "language": tenant.language}
            account |= {} if person in members else {"password_hash": password_hash}
            carry_out(connection, tenant, None, "add-person", account, now=now, is_example=True)
            for role, body in person.seats:
                seat = {"username": username, "role": role, "body": body, "starts_on": APPOINTED_ON.isoformat()}
                carry_out(connection, tenant, None, "appoint", seat, now=now, is_example=True)


def _give_mandates(playback: Playback) -> None:
    now = playback.calendar.instant(SET_UP, 2)
    with writing(playback.services.engine, playback.tenant.id) as connection:
        for mandate in playback.script.mandates:
            if mandate["reference"] not in playback.references:
                carry_out(connection, playback.tenant, None, "give-mandate", mandate, now=now, is_example=True)


def _register(playback: Playback, engagements: LegacyEngagements) -> None:
    """Register engagements that are older than the system, each with its source."""
    for partner in engagements.partners:
        title = engagements.title.format(name=partner["name"])
        if title in playback.numbers:
            continue
        named = {"partner_name": partner["name"], "partner_country": partner["country"], "title": title}
        playback.numbers[title] = register_engagement(
            playback.services,
            playback.person("officer"),
            playback.tenant.key,
            playback.calendar.resolve(named | dict(engagements.details) | _location(partner)),
            now=playback.calendar.instant(SET_UP, 3),
            is_example=engagements.is_example,
        )


def _location(partner: Mapping[str, str]) -> dict[str, str]:
    """The partner's kind and coordinates, where the script has them."""
    north, comma, east = partner.get("at", "").partition(",")
    coordinates = {"latitude": north.strip(), "longitude": east.strip()} if comma else {}
    return coordinates | ({"partner_kind": partner["kind"]} if "kind" in partner else {})
