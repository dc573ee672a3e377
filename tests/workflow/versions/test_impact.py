"""What would a version mean for all open cases and engagements, and how few statements tell it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, true, update

from models import Case, Engagement, PolicyVersion
from models.database import reading, writing
from tests.web.evaluation_data import registered
from tests.workflow.cases.test_statements import counted
from tests.workflow.conftest import WorldOf
from tests.workflow.pack_versions import (
    council_decides_agreements,
    later_pack,
    later_policy,
    nobody_receives_visits,
    revised,
)
from tests.worlds import World
from workflow.policy.diff.impact import KINDS
from workflow.policy.model import Policy
from workflow.versions.impact import Impacts
from workflow.versions.service import submit_pack


@pytest.fixture
def orebro(world_of: WorldOf) -> World:
    """Örebro, with a version that waits: agreements go to the council, and visits are forbidden."""
    return world_of("orebro", a_version_waits)


def a_version_waits(world: World) -> None:
    """Bring it in."""
    submit_pack(
        world.services, world.people["admin"], "orebro", later_pack("orebro", both), "later.yaml", now=world.now
    )


def both(pack: dict[str, Any]) -> None:
    council_decides_agreements(pack)
    nobody_receives_visits(pack)


@contextmanager
def asked(world: World, version: str = "orebro-2027") -> Iterator[tuple[Connection, Impacts]]:
    """The impact of a version, in a transaction that only reads."""
    with reading(world.engine, world.tenant.id) as session:
        id_ = session.execute(select(PolicyVersion.id).where(PolicyVersion.version == version)).scalar_one()
        connection = session.connection()
        policy = world.services.policies.by_id(connection, world.tenant.id, id_)
        yield connection, Impacts.of(connection, world.tenant, world.services.policies, policy, world.now.date())


def counts(world: World, version: str = "orebro-2027") -> dict[str, int]:
    """Open cases by what comes of them; those that are under the version by `under it`."""
    found: Counter[str] = Counter()
    with asked(world, version) as (connection, impacts):
        for one in impacts.on_cases(connection):
            found[one.impact.kind if one.impact else "under it"] += one.count
    return dict(found)


def test_open_cases_are_counted_by_what_comes_of_them(orebro: World) -> None:
    assert counts(orebro) == {}
    orebro.open("visit")
    orebro.step(orebro.open("visit"))
    orebro.walk(orebro.open("visit"))  # ended: no concern of the new version
    orebro.open("partnership")
    orebro.open("project")
    orebro.open("project")
    assert counts(orebro) == {"refused": 2, "changed-route": 1, "unchanged": 2}


def test_cases_alike_are_one_class_and_the_statements_are_as_many_for_a_thousand(orebro: World) -> None:
    number = orebro.open("visit")
    with asked(orebro) as (connection, impacts), counted(orebro.engine) as sent:
        impacts.on_cases(connection)
    few = len(sent)
    _copies(orebro, number, 300)
    with asked(orebro) as (connection, impacts), counted(orebro.engine) as sent:
        (only,) = impacts.on_cases(connection)
    assert (len(sent), few) == (1, 1)
    assert (only.count, only.stand.state, only.stand.request.engagement) == (301, "draft", "visit")


def _copies(world: World, number: str, many: int) -> None:
    """As many open cases more, alike but for the share that others pay, which makes no difference to a visit."""
    with writing(world.engine, world.tenant.id) as connection:
        row = dict(connection.execute(select(Case.__table__).where(Case.number == number)).one()._mapping)
        del row["id"]
        rows = [row | {"number": f"orebro-1999-{index:05d}", "external_funding": index % 100} for index in range(many)]
        connection.execute(insert(Case), rows)


def test_a_case_that_is_under_the_version_is_counted_by_itself(orebro: World) -> None:
    orebro.open("project")
    name = revised(orebro, both, "orebro-2028")
    orebro.open("project")
    assert counts(orebro, name) == {"unchanged": 1, "under it": 1}


def test_cases_of_a_kind_are_listed_newest_first_and_page_by_key(orebro: World) -> None:
    visits = [orebro.open("visit") for _ in range(3)]
    orebro.open("project")
    with asked(orebro) as (connection, impacts):
        refused = [one for one in impacts.on_cases(connection) if one.impact and one.impact.kind == "refused"]
        with counted(orebro.engine) as sent:
            first = impacts.cases(connection, refused, after=0, limit=2)
            rest = impacts.cases(connection, refused, after=first[-1][0].id, limit=2)
        assert len(sent) == 2
        assert impacts.cases(connection, (), after=0, limit=2) == ()
    assert [row.number for row, _one in (*first, *rest)] == visits[::-1]
    assert {one.impact.kind for _row, one in (*first, *rest) if one.impact} == {"refused"}


def test_a_version_that_is_stored_nowhere_can_be_asked_about_too(orebro: World) -> None:
    orebro.open("visit")
    draft = later_policy("orebro", council_decides_agreements, version="orebro-2029")
    with reading(orebro.engine, orebro.tenant.id) as session:
        impacts = Impacts.of(session.connection(), orebro.tenant, orebro.services.policies, draft, orebro.now.date())
        assert [one.impact and one.impact.kind for one in impacts.on_cases(session.connection())] == ["unchanged"]


def test_no_other_municipality_is_counted(orebro: World) -> None:
    number = orebro.open("visit")
    with asked(orebro) as (connection, impacts):
        rows = connection.execute(select(Case.number)).scalars().all()
        assert rows == [number]
        assert sum(one.count for one in impacts.on_cases(connection)) == 1


def engagements(world: World, old: Policy | None = None) -> dict[str, list[tuple[str, int]]]:
    """Engagements by what comes of them: kind and number of each class."""
    found: dict[str, list[tuple[str, int]]] = {}
    with asked(world) as (connection, impacts):
        for one in impacts.on_engagements(connection, old or world.policy, world.now.date()):
            found.setdefault(one.impact.kind, []).append((one.engagement.engagement, one.count))
    return found


def test_engagements_that_run_are_counted_by_what_comes_of_them(orebro: World) -> None:
    for kind in ("membership", "partnership", "partnership"):
        registered(orebro, kind=kind)
    ended = registered(orebro, kind="partnership")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Engagement).where(Engagement.number == ended).values(status="ended"))
    assert engagements(orebro) == {"unchanged": [("membership", 1)], "changed-route": [("partnership", 2)]}


def test_engagements_of_a_kind_are_listed_by_key(orebro: World) -> None:
    numbers = [registered(orebro, kind="partnership") for _ in range(3)]
    with asked(orebro) as (connection, impacts):
        today = orebro.now.date()
        classes = impacts.on_engagements(connection, orebro.policy, today)
        first = impacts.engagements(connection, orebro.policy, today, classes, readable=true(), after=0, limit=2)
        rest = impacts.engagements(
            connection, orebro.policy, today, classes, readable=true(), after=first[-1][0].id, limit=2
        )
        assert impacts.engagements(connection, orebro.policy, today, (), readable=true(), after=0, limit=2) == ()
    assert [row.number for row, _one in (*first, *rest)] == numbers[::-1]


def test_every_impact_has_a_kind_that_is_known(orebro: World) -> None:
    orebro.open("visit")
    assert set(counts(orebro)) <= set(KINDS)


def test_what_the_register_alone_excepted_is_affected_by_a_version_that_names_towns(world_of: WorldOf) -> None:
    def unnamed(pack: dict[str, Any]) -> None:
        del pack["named_nordic_twins"]

    town = world_of("orebro")
    revised(town, unnamed, "orebro-2026-unnamed")
    for partner in ("A fifth | town", "nordic twin town a (example)"):
        number = registered(town, "twin-agreement", partner, partner_name=partner, named_nordic_twin=True, ends_on=None)
        town.open("twin-agreement", "renew", engagement_number=number, title=partner)
    submit_pack(town.services, town.people["admin"], "orebro", later_pack("orebro"), "later.yaml", now=town.now)
    with asked(town) as (connection, impacts):
        old = town.services.policies.in_force(connection, town.tenant.id, town.now.date())[1]
        classes = impacts.on_engagements(connection, old, town.now.date())
        found = {
            one.title: (of.impact.kind, [rule.id for rule in of.impact.begins])
            for one, of in impacts.engagements(
                connection, old, town.now.date(), classes, readable=true(), after=0, limit=9
            )
        }
        cases = {
            row.title: of.impact
            for row, of in impacts.cases(connection, impacts.on_cases(connection), after=0, limit=9)
        }
    assert found == {
        "A fifth | town": ("new-requirement", ["agreements"]),
        "nordic twin town a (example)": ("unchanged", []),
    }
    fifth, first = cases["A fifth | town"], cases["nordic twin town a (example)"]
    assert fifth is not None
    assert first is not None
    assert [one.requirement.id for one in fifth.demands] == ["time-limited"]
    assert (fifth.kind, first.kind) == ("new-requirement", "unchanged")
