"""How does an entry get into the trail, and what does it say of the act?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select

from models import Disclosure, Mandate, Municipality, Person, TrailEntry
from models.database import reading
from tests.worlds import World
from workflow.trail.entry import leaf_hash


def entries(world: World, stream: str) -> list[TrailEntry]:
    """A stream's entries."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(TrailEntry).where(TrailEntry.stream == stream).order_by(TrailEntry.number)))


def disclosures(world: World, stream: str) -> dict[tuple[int, str], str]:
    """The words told, by entry and field."""
    with reading(world.engine, world.tenant.id) as session:
        rows = session.scalars(select(Disclosure).where(Disclosure.stream == stream))
        return {(row.number, row.field): row.value for row in rows}


def public_id(world: World, who: str) -> str:
    """A person as the trail knows them."""
    with reading(world.engine, world.tenant.id) as session:
        return session.get_one(Person, world.people[who]).public_id


def test_each_entry_follows_the_one_before_and_the_case_pins_the_last(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number)
    found = entries(orebro, number)
    assert [entry.number for entry in found] == list(range(1, len(found) + 1))
    assert [entry.previous_hash for entry in found] == ["", *(entry.hash for entry in found[:-1])]
    assert all(entry.hash == leaf_hash(entry.canonical.encode()) for entry in found)
    row = orebro.row(number)
    assert (row.version, row.head_hash) == (len(found), found[-1].hash)


def test_entries_tell_who_did_what_for_whom(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number)
    told = [(e.action, e.actor, e.actor_role, e.actor_body, e.from_state, e.to_state) for e in entries(orebro, number)]
    officer, manager = public_id(orebro, "officer"), public_id(orebro, "manager")
    assert told[:3] == [
        ("open", officer, "officer", "forvaltningen-barn", "", "draft"),
        ("submit", officer, "officer", "forvaltningen-barn", "draft", "review"),
        ("endorse", manager, "manager", "forvaltningen-barn", "review", "recommend:responsible"),
    ]
    council = [one[2:] for one in told if one[3] == "kommunfullmaktige"]
    assert council == [
        ("secretary", "kommunfullmaktige", "decide:council", "confirm-decide:council"),
        ("chair", "kommunfullmaktige", "confirm-decide:council", "sign"),
    ]


def test_every_entry_names_the_policy_it_was_judged_under_and_its_clauses(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number)
    for entry in entries(orebro, number):
        assert (entry.policy_version, entry.policy_digest) == (orebro.policy.version, orebro.policy.digest)
        assert "orebro/levels.council" in json.loads(entry.clauses)


def test_decision_under_a_mandate_names_it(odense: World) -> None:
    number = odense.open("visit")
    odense.walk(number)
    with reading(odense.engine, odense.tenant.id) as session:
        references = set(session.scalars(select(Mandate.reference)))
    by_action = {entry.action: entry.mandate for entry in entries(odense, number)}
    assert by_action["approve"] in references
    assert by_action["submit"] == ""


def test_entry_of_a_decision_tells_presence_and_votes(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "decide:council")
    given = orebro.decision(present=10, **{"for": 8, "against": 1, "abstained": 0}, conflicts=["member0@orebro"])
    orebro.act("secretary.council", number, "enter-decision", given)
    data = json.loads(entries(orebro, number)[-1].data)
    told = {name: data[name] for name in ("body", "outcome", "meeting_date", "paragraph", "members", "present")}
    assert told == {
        "body": "kommunfullmaktige",
        "outcome": "approve",
        "meeting_date": "2026-09-15",
        "paragraph": "§ 12",
        "members": 11,
        "present": 10,
    }
    assert (data["for"], data["against"], data["abstained"], data["conflicts"]) == (8, 1, 0, 1)


@pytest.mark.parametrize("engagement", ["twin-agreement", "visit"])
def test_names_and_free_text_are_in_no_entry_in_clear(orebro: World, engagement: str) -> None:
    words = ("Zanzibar", "Quagga", "Xylophone", "Wunderbar", "Officer@", "member0", "Secretary")
    fields = orebro.draft("visit")["fields"] | {"purpose": "Quagga"}
    number = orebro.open(
        engagement, title="Zanzibar", text="Xylophone", fields=fields, partner={"name": "Zanzibar", "country": "TZ"}
    )
    orebro.act("officer", number, "amend", {"text": "Xylophone again", "title": "Zanzibar 2"}, "Wunderbar")
    orebro.walk(number, "recommend:responsible" if engagement == "twin-agreement" else "decide:responsible")
    outcome = "recommend" if engagement == "twin-agreement" else "approve"
    given = orebro.decision(outcome, conflicts=["member0@orebro"], text="Xylophone")
    orebro.act("secretary.committee", number, "enter-decision", given, "Wunderbar")
    orebro.walk(number)
    for entry in entries(orebro, number):
        assert not [word for word in words if word in entry.canonical]
    told = disclosures(orebro, number)
    assert told[1, "title"] == "Zanzibar"
    assert told[2, "comment"] == "Wunderbar"


def test_trail_holds_no_number_with_a_fraction(orebro: World) -> None:
    def numbers(value: Any) -> list[Any]:
        if isinstance(value, dict):
            return [one for inner in value.values() for one in numbers(inner)]
        if isinstance(value, list):
            return [one for inner in value for one in numbers(inner)]
        return [value] if isinstance(value, int | float) else []

    number = orebro.open("project", attributes={"external_funding": 33, "eu_funded": True})
    orebro.walk(number)
    found = [one for entry in entries(orebro, number) for one in numbers(json.loads(entry.canonical))]
    assert 33 in found
    assert not [one for one in found if isinstance(one, float)]


def test_journal_is_chained_like_a_case_and_pinned_by_the_municipality(orebro: World) -> None:
    found = entries(orebro, "orebro-journal")
    with reading(orebro.engine, orebro.tenant.id) as session:
        tenant = session.get_one(Municipality, orebro.tenant.id)
    assert (tenant.journal_version, tenant.journal_hash) == (len(found), found[-1].hash)
    assert [entry.previous_hash for entry in found] == ["", *(entry.hash for entry in found[:-1])]


def test_chains_of_two_cases_do_not_meet(orebro: World) -> None:
    one, other = orebro.open("visit"), orebro.open("visit")
    orebro.walk(one)
    orebro.walk(other)
    hashes = [entry.hash for number in (one, other) for entry in entries(orebro, number)]
    assert len(set(hashes)) == len(hashes)
    assert entries(orebro, other)[0].previous_hash == ""
