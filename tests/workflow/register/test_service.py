"""How do engagements from before come into the register, and who may bring them?"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import Case, Decision, Engagement, Evaluation, TrailEntry
from models.database import reading
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.core.errors import Malformed, NotFound, NotMandated
from workflow.register.service import register_engagement

GIVEN = {
    "kind": "twin-agreement",
    "title": "Twin town Lund",
    "source": "Minutes of the council, 1998, § 4",
    "partner_name": "Lund",
    "partner_country": "SE",
    "responsible": "kommunstyrelsen",
}


def put(world: World, who: str = "officer", **more: Any) -> str:
    """Bring an engagement into the register."""
    return register_engagement(world.services, world.people[who], world.tenant.key, GIVEN | more, now=world.now)


@pytest.mark.parametrize("who", ["manager", "chair.council", "secretary.council", "coordinator", "auditor", "admin"])
def test_only_a_case_officer_registers(orebro: World, who: str) -> None:
    with refused(orebro, NotMandated, "officers-only"):
        put(orebro, who)


def test_officer_of_another_municipality_registers_nothing_here(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    with refused(orebro, NotFound, "no-actor"):
        register_engagement(orebro.services, other.people["officer"], "orebro", GIVEN, now=orebro.now)


@pytest.mark.parametrize("name", ["kind", "title", "source", "responsible"])
def test_what_every_engagement_says_is_required(orebro: World, name: str) -> None:
    given = {key: value for key, value in GIVEN.items() if key != name}
    with refused(orebro, Malformed, "field-missing"):
        register_engagement(orebro.services, orebro.people["officer"], "orebro", given, now=orebro.now)


@pytest.mark.parametrize(
    "changes",
    [
        {"source": ""},
        {"kind": "war"},
        {"title": ""},
        {"responsible": "nowhere"},
        {"responsible": "kommunfullmaktige"},
        {"external_funding": 101},
        {"external_funding": 50.0},
        {"starts_on": "1998-04-01", "ends_on": "1998-03-31"},
        {"starts_on": "long ago"},
    ],
)
def test_engagement_that_cannot_be_is_malformed(orebro: World, changes: dict[str, Any]) -> None:
    with refused(orebro, Malformed, "field-wrong"):
        put(orebro, **changes)


@pytest.mark.parametrize("name", ["status", "origin", "entered_by", "signature", "number", "colour"])
def test_what_only_a_case_gives_is_refused(orebro: World, name: str) -> None:
    with refused(orebro, Malformed, "field-unknown"):
        put(orebro, **{name: "active"})


def test_malformed_comes_before_not_mandated(orebro: World) -> None:
    with refused(orebro, Malformed, "field-wrong"):
        put(orebro, "auditor", kind="war")


def test_registered_engagement_cites_its_source_and_is_never_a_decision(orebro: World) -> None:
    number = put(orebro, starts_on="1998-04-01", partner_name="Nordic twin town C (example)")
    with reading(orebro.engine, orebro.tenant.id) as session:
        (engagement,) = session.scalars(select(Engagement))
        assert session.scalars(select(Case)).all() == []
        assert session.scalars(select(Decision)).all() == []
    assert number == engagement.number == "orebro-e-00001"
    assert (engagement.origin, engagement.source) == ("register", GIVEN["source"])
    assert (engagement.entered_by, engagement.signature) == (None, {})
    assert (engagement.status, engagement.starts_on) == ("active", date(1998, 4, 1))
    assert engagement.named_nordic_twin is True


def test_the_nordic_exception_is_claimed_for_no_fifth_town(orebro: World) -> None:
    with refused(orebro, Malformed, "no-named-twin"):
        put(orebro, partner_name="A fifth town", named_nordic_twin=True)


def test_where_the_policy_names_nobody_the_register_says_who_is_excepted(oslo: World) -> None:
    board = oslo.policy.only("executive-board").key
    put(oslo, partner_name="Göteborg", named_nordic_twin=True, responsible=board)
    with reading(oslo.engine, oslo.tenant.id) as session:
        assert session.scalars(select(Engagement.named_nordic_twin)).one() is True


def test_registration_stands_in_the_journal_without_its_words(orebro: World) -> None:
    put(orebro)
    with reading(orebro.engine, orebro.tenant.id) as session:
        query = select(TrailEntry).where(TrailEntry.action == "register-engagement")
        (entry,) = session.scalars(query)
    data = json.loads(entry.data)
    assert (entry.stream, entry.actor_role, data["engagement"]) == ("orebro-journal", "officer", "orebro-e-00001")
    assert set(data["committed"]) == {"title", "partner", "source"}
    assert "Lund" not in entry.canonical


def test_engagement_that_policy_wants_looked_at_is_planned_to_be(odense: World) -> None:
    board = odense.policy.only("executive-board").key
    put(odense, kind="membership", responsible=board, starts_on="2025-10-01")
    put(odense, kind="visit", responsible=board)
    with reading(odense.engine, odense.tenant.id) as session:
        (planned,) = session.scalars(select(Evaluation))
    assert (planned.rule, planned.state, planned.due_on) == ("partnerships-networks", "pending", date(2027, 10, 1))
    assert planned.due_at.isoformat() == "2027-10-01T22:00:00+00:00"


def test_engagement_may_be_registered_that_could_not_be_entered_today(stockholm: World) -> None:
    """The register tells what is; the policy rules what may be entered or renewed."""
    assert put(stockholm) == "stockholm-e-00001"
