"""Notices, addresses and mails, for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from models import Mail, Notice, Person
from models.database import reading, writing
from tests.worlds import World


def notice(world: World, role: str, body: str, kind: str = "engagement-entered", **more: Any) -> int:
    """A notice to a seat, as the transaction of an act writes it."""
    row = {
        "municipality_id": world.tenant.id,
        "body_id": world.tenant.body_ids[body],
        "role": role,
        "kind": kind,
        "created_at": world.now,
    }
    with writing(world.engine, world.tenant.id) as connection:
        return int(connection.execute(insert(Notice).returning(Notice.id), row | more).scalar_one())


def wants(world: World, who: str, mail_wanted: str = "each", **more: Any) -> str:
    """Somebody with an address; returns it."""
    address = f"{who}@kommun.example"
    values = {"email": address, "mail_wanted": mail_wanted} | more
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people[who]).values(**values))
    return address


def mails(world: World) -> list[Any]:
    """Every mail there is, oldest first."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(Mail).order_by(Mail.id)))


def waiting(world: World) -> int:
    """How many notices no mails have been made of."""
    with reading(world.engine, world.tenant.id) as session:
        return len(session.scalars(select(Notice.id).where(Notice.is_dispatched.is_(False))).all())


def stand_in(world: World, absent: str, substitute: str, role: str, body: str, **more: Any) -> None:
    """Somebody stands in for somebody today."""
    from models import Substitute

    row = {
        "municipality_id": world.tenant.id,
        "person_id": world.people[absent],
        "substitute_id": world.people[substitute],
        "body_id": world.tenant.body_ids[body],
        "role": role,
        "starts_on": world.now.date(),
        "ends_on": world.now.date(),
    }
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(insert(Substitute), row | more)
