"""Seats, mandates and substitutes that take two people: each tried alone, by the wrong people, and dated back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from models import AccountNotice, Appointment, Mandate, Person, Substitute, TrailEntry
from models.database import writing
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.audit.verify import verify
from workflow.core.errors import Malformed, NotFound, NotMandated
from workflow.people.administration import administer
from workflow.people.change_kinds import KINDS
from workflow.people.changes import Done, confirm, propose
from workflow.people.substitutes import name_substitute

BOARD, ADMINISTRATION = "kommunstyrelsen", "kommunstyrelseforvaltningen"
#: A proposal of every kind that changes a seat; `id` is that of the manager's appointment.
GIVEN: dict[str, dict[str, Any]] = {
    "appoint": {"username": "newcomer@orebro", "body": BOARD, "role": "chair", "starts_on": "2026-09-15"},
    "end-appointment": {"id": 0, "ends_on": "2026-09-30"},
    "give-mandate": {
        "to_body": ADMINISTRATION,
        "starts_on": "2026-09-15",
        "reference": "The board, § 9",
        "engagements": ["visit"],
        "all_acts": True,
    },
    "name-substitute": {
        "username": "chair.executive@orebro",
        "substitute": "member0@orebro",
        "role": "chair",
        "body": BOARD,
        "starts_on": "2026-09-15",
        "ends_on": "2026-09-30",
    },
}


@pytest.fixture
def town(orebro: World) -> World:
    """Two administrators and a newcomer without a seat; everybody can log in."""
    orebro.add("second", ("admin", BOARD))
    orebro.add("newcomer")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Person).where(Person.municipality_id == orebro.tenant.id).values(password_hash="x"))
        manager = Appointment.person_id == orebro.people["manager"]
        GIVEN["end-appointment"]["id"] = connection.execute(select(func.min(Appointment.id)).where(manager)).scalar()
    return orebro


def proposed(world: World, kind: str, who: str = "admin", **more: Any) -> int:
    return propose(world.services, KINDS, world.people[who], "orebro", kind, GIVEN[kind] | more, now=world.now)


def confirmed(world: World, id_: int, who: str = "second") -> Done:
    return confirm(world.services, KINDS, world.people[who], "orebro", id_, by_mail=False, now=world.now)


def seats(world: World) -> list[Any]:
    """Every appointment, mandate and substitute with its days."""
    with writing(world.engine, world.tenant.id) as connection:
        return [
            connection.execute(select(table.id, table.starts_on, table.ends_on).order_by(table.id)).all()
            for table in (Appointment, Mandate, Substitute)
        ]


def without_second(world: World) -> None:
    """Leave one administrator."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people["second"]).values(is_active=False))


# -- what is refused


@pytest.mark.parametrize("kind", GIVEN)
def test_one_administrator_alone_changes_no_seat(town: World, kind: str) -> None:
    before = seats(town)
    admin, given = town.people["admin"], dict(GIVEN[kind])
    given.pop("all_acts", None)
    with refused(town, NotMandated, "takes-two"):
        if kind == "name-substitute":
            name_substitute(town.services, admin, "orebro", given, now=town.now)
        else:
            administer(town.services, admin, "orebro", kind, given, now=town.now)
    id_ = proposed(town, kind)
    with refused(town, NotMandated, "own-proposal"):
        confirmed(town, id_, "admin")
    assert seats(town) == before


@pytest.mark.parametrize("kind", GIVEN)
@pytest.mark.parametrize("who", ["officer", "manager", "chair.executive", "chair.council", "auditor", "newcomer"])
def test_nobody_but_another_administrator_confirms_where_there_is_one(town: World, kind: str, who: str) -> None:
    before, id_ = seats(town), proposed(town, kind)
    with refused(town, NotMandated, "confirms-not"):
        confirmed(town, id_, who)
    assert seats(town) == before


@pytest.mark.parametrize("kind", GIVEN)
def test_administrator_of_another_municipality_confirms_nothing(town: World, kind: str) -> None:
    other = build(town.engine, "stockholm")
    id_ = proposed(town, kind)
    with refused(town, NotFound, "no-actor"):
        confirm(town.services, KINDS, other.people["admin"], "orebro", id_, by_mail=False, now=town.now)
    with pytest.raises(NotFound):
        confirm(town.services, KINDS, other.people["admin"], "stockholm", id_, by_mail=False, now=town.now)


def test_nobody_confirms_their_own_seat(town: World) -> None:
    id_ = proposed(town, "appoint", username="second@orebro", role="admin")
    with refused(town, NotMandated, "confirms-not"):
        confirmed(town, id_, "second")
    confirmed(town, id_, "chair.executive")


def test_without_another_administrator_the_chair_of_the_body_confirms_and_the_councils_for_that_chair(
    town: World,
) -> None:
    ids = {kind: proposed(town, kind) for kind in GIVEN}
    without_second(town)
    for kind in ("appoint", "end-appointment", "give-mandate"):
        with refused(town, NotMandated, "confirms-not"):
            confirmed(town, ids[kind], "chair.council")
        confirmed(town, ids[kind], "chair.executive")
    with refused(town, NotMandated, "confirms-not"):
        confirmed(town, ids["name-substitute"], "chair.executive")


@pytest.mark.parametrize("role", ["chair", "secretary", "member", "manager", "auditor", "admin", "officer"])
def test_no_seat_is_dated_back(town: World, role: str) -> None:
    yesterday = (town.now.date() - timedelta(days=1)).isoformat()
    given = GIVEN["appoint"] | {"role": role, "starts_on": yesterday}
    with refused(town, Malformed, "field-wrong"):
        if role == "officer":
            administer(town.services, town.people["admin"], "orebro", "appoint", given, now=town.now)
        else:
            proposed(town, "appoint", role=role, starts_on=yesterday)
    with refused(town, Malformed, "field-wrong"):
        proposed(town, "give-mandate", starts_on=yesterday)


def test_no_seat_ends_before_yesterday(town: World) -> None:
    with refused(town, Malformed, "field-wrong"):
        proposed(town, "end-appointment", ends_on="2026-09-13")
    confirmed(town, proposed(town, "end-appointment", ends_on="2026-09-14"))


def mandate(world: World) -> Any:
    """The first mandate of the municipality."""
    with writing(world.engine, world.tenant.id) as connection:
        return connection.execute(select(Mandate.__table__).order_by(Mandate.id).limit(1)).one()


@pytest.mark.parametrize("days", [0, 40], ids=["still holds", "has ended"])
def test_one_administrator_alone_gives_a_mandate_no_longer_time(town: World, days: int) -> None:
    administer(
        town.services,
        town.people["admin"],
        "orebro",
        "end-mandate",
        {"id": mandate(town).id, "ends_on": "2026-09-30"},
        now=town.now,
    )
    town.later(days=days)
    before = mandate(town)
    with refused(town, Malformed, "seat-longer"):
        given = {"id": before.id, "ends_on": "2036-12-31"}
        administer(town.services, town.people["admin"], "orebro", "end-mandate", given, now=town.now)
    assert mandate(town) == before


def test_a_seat_that_has_ended_is_not_taken_up_again_over_the_days_between(town: World) -> None:
    confirmed(town, proposed(town, "end-appointment"))
    before = seats(town)
    town.later(days=40)
    with refused(town, Malformed, "seat-longer"):
        proposed(town, "end-appointment", ends_on="2036-12-31")
    assert seats(town) == before


def test_a_proposal_of_yesterday_does_not_date_a_seat_back(town: World) -> None:
    id_ = proposed(town, "appoint")
    town.later(days=1)
    with refused(town, Malformed, "field-wrong"):
        confirmed(town, id_)


@pytest.mark.parametrize(
    ("who", "role"),
    [
        ("second", "member"),
        ("auditor", "secretary"),
        ("auditor", "admin"),
        ("chair.executive", "admin"),
        ("manager", "auditor"),
        ("member0", "admin"),
    ],
)
def test_who_decides_who_audits_and_who_administers_are_different_people(town: World, who: str, role: str) -> None:
    with refused(town, Malformed, "seats-apart"):
        proposed(town, "appoint", username=f"{who}@orebro", role=role)


def test_a_seat_taken_meanwhile_is_seen_when_it_is_confirmed(town: World) -> None:
    as_chair = proposed(town, "appoint")
    confirmed(town, proposed(town, "appoint", role="auditor"))
    with refused(town, Malformed, "seats-apart"):
        confirmed(town, as_chair)


@pytest.mark.parametrize("given", [{"engagements": []}, {"all_acts": False}, {"all_engagements": True}])
def test_an_empty_mandate_is_no_mandate_over_everything(town: World, given: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        proposed(town, "give-mandate", **given)


# -- what is done


@pytest.mark.parametrize("kind", GIVEN)
def test_a_second_person_carries_it_out_and_the_journal_names_both(town: World, kind: str) -> None:
    before, id_ = seats(town), proposed(town, kind)
    confirmed(town, id_)
    assert seats(town) != before
    with writing(town.engine, town.tenant.id) as connection:
        public = dict(connection.execute(select(Person.id, Person.public_id)).all())  # type: ignore[arg-type]
        entry = connection.execute(
            select(TrailEntry.action, TrailEntry.actor, TrailEntry.data)
            .where(TrailEntry.stream == "orebro-journal")
            .order_by(TrailEntry.number.desc())
            .limit(1)
        ).one()
    assert (entry.action, entry.actor) == (kind, public[town.people["second"]])
    assert json.loads(entry.data)["proposed_by"] == public[town.people["admin"]]
    assert verify(town.engine).ok


def test_person_and_auditors_are_told_of_a_seat(town: World) -> None:
    confirmed(town, proposed(town, "appoint"))
    with writing(town.engine, town.tenant.id) as connection:
        query = select(AccountNotice.person_id).where(AccountNotice.kind == "seat-given")
        told = set(connection.execute(query).scalars())
    assert {town.people["newcomer"], town.people["auditor"]} <= told


def test_everything_is_written_out_in_a_mandate(town: World) -> None:
    confirmed(town, proposed(town, "give-mandate"))
    with writing(town.engine, town.tenant.id) as connection:
        row = connection.execute(select(Mandate.__table__).order_by(Mandate.id.desc()).limit(1)).one()
    assert row.engagements == ["visit"]
    assert "enter" in row.acts
    assert row.starts_on == date(2026, 9, 15)


def test_what_happens_before_the_first_case_is_marked_as_founding(town: World) -> None:
    assert confirmed(town, proposed(town, "appoint")).data["founding"] is True
    town.open("visit")
    assert "founding" not in confirmed(town, proposed(town, "end-appointment")).data
