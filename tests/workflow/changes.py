"""Changes that take two people, carried out for tests by two administrators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update

from models import Person, ProposedChange
from models.database import writing
from tests.worlds import World
from workflow.people.change_kinds import KINDS
from workflow.people.changes import Done, confirm, propose


def by_two(world: World, kind: str, given: Mapping[str, Any]) -> Done:
    """Propose a change as the administrator and confirm it as another."""
    propose(world.services, KINDS, world.people["admin"], world.tenant.key, kind, given, now=world.now)
    return confirm_last(world)


def confirm_last(world: World) -> Done:
    """Confirm the change proposed last, as another administrator."""
    if "colleague" not in world.people:
        world.add("colleague", ("admin", world.policy.only("executive-board").key))
    with writing(world.engine, world.tenant.id) as connection:
        this = (Person.id == world.people["colleague"], Person.password_hash.is_(None))
        connection.execute(update(Person).where(*this).values(password_hash="a hash"))
        mine = ProposedChange.municipality_id == world.tenant.id
        latest = select(ProposedChange.id).where(mine).order_by(ProposedChange.id.desc()).limit(1)
        id_ = connection.execute(latest).scalar_one()
    by = (world.services, KINDS, world.people["colleague"], world.tenant.key)
    return confirm(*by, id_, by_mail=False, now=world.now)
