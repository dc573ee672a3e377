"""Who sat in a body at a meeting: kept from its first decision on, and who confirms by it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select, update

from models import Appointment, MeetingMember, Person, TrailEntry
from models.database import connect, reading, writing
from tests.databases import as_owner
from tests.workflow.refusals import refused
from tests.workflow.substitutes import let_stand_in
from tests.worlds import MEMBERS, World
from workflow.audit.verify import verify
from workflow.cases import predicates
from workflow.core.errors import NotFound, NotMandated, QuorumMissing
from workflow.trail.entry import from_text

COMMITTEE = "programnamnd-barn"


def entered(world: World, **more: Any) -> str:
    """A case whose decision by the committee waits to be confirmed."""
    number = world.open("visit", responsible=COMMITTEE)
    world.walk(number, "decide:responsible")
    world.act("secretary.committee", number, "enter-decision", world.decision(**more))
    return number


def end_seat(world: World, who: str, role: str = "chair") -> None:
    """A person's seats in a role end today; from tomorrow on they hold them no more."""
    theirs = (Appointment.person_id == world.people[who], Appointment.role == role)
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Appointment).where(*theirs).values(ends_on=world.now.date()))


def new_term(world: World) -> None:
    """The old chair's term ends, and the next day a new one begins."""
    end_seat(world, "chair.committee")
    world.later(days=1)
    world.add("chair.new", ("chair", COMMITTEE), since=world.now.date())


def frozen(world: World) -> list[tuple[str, str]]:
    """User names and roles of the members stored with meetings."""
    query = select(Person.username, MeetingMember.role).join(Person, Person.id == MeetingMember.person_id)
    with reading(world.engine, world.tenant.id) as session:
        return sorted((name.partition("@")[0], role) for name, role in session.execute(query))


def test_members_are_stored_with_the_first_decision_of_a_meeting(orebro: World) -> None:
    first = entered(orebro)
    assert frozen(orebro) == [("chair.committee", "chair"), *((f"member{n}", "member") for n in range(MEMBERS - 1))]
    with reading(orebro.engine, orebro.tenant.id) as session:
        query = select(TrailEntry.data).where(TrailEntry.stream == first, TrailEntry.action == "enter-decision")
        seated = from_text(session.scalars(query).one())["seated"]
    assert {role: len(ids) for role, ids in seated.items()} == {"chair": 1, "member": MEMBERS - 1}
    entered(orebro)
    assert len(frozen(orebro)) == MEMBERS
    assert verify(orebro.engine).faults == ()


def test_members_stay_as_they_were_when_seats_change(orebro: World) -> None:
    entered(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:  # as if six had never sat there
        gone = [orebro.people[f"member{n}"] for n in range(6)]
        connection.execute(delete(Appointment).where(Appointment.person_id.in_(gone)))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    with refused(orebro, QuorumMissing, "not-quorate"):
        orebro.act("secretary.committee", number, "enter-decision", orebro.decision(present=5))
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision(present=6))
    with reading(orebro.engine, orebro.tenant.id) as session:
        query = select(TrailEntry.data).where(TrailEntry.stream == number, TrailEntry.action == "enter-decision")
        assert from_text(session.scalars(query).one())["members"] == MEMBERS


def test_who_presided_confirms_after_the_term_and_the_new_chair_does_not(orebro: World) -> None:
    number = entered(orebro)
    new_term(orebro)
    with refused(orebro, NotMandated, "not-presiding"):
        orebro.act("chair.new", number, "confirm")
    assert not orebro.actions("chair.new", number)["confirm"].allowed
    assert orebro.actions("chair.committee", number)["confirm"].allowed
    orebro.act("chair.committee", number, "confirm")
    assert orebro.row(number).state == "concluded"
    assert verify(orebro.engine).faults == ()


def test_who_presided_returns_the_record_after_the_term(orebro: World) -> None:
    number = entered(orebro)
    new_term(orebro)
    orebro.act("chair.committee", number, "refer-back", comment="The votes are wrong")
    assert orebro.row(number).state == "decide:responsible"


def test_who_presided_without_any_seat_confirms_and_then_sees_nothing_more(orebro: World) -> None:
    number = entered(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        theirs = Appointment.person_id == orebro.people["chair.committee"]
        connection.execute(update(Appointment).where(theirs).values(ends_on=orebro.now.date()))
    orebro.later(days=1)
    assert orebro.look("chair.committee", number).actor.seats == {("presiding", COMMITTEE)}
    orebro.act("chair.committee", number, "confirm")
    with pytest.raises(NotFound):
        orebro.look("chair.committee", number)


def test_chair_who_was_not_seated_at_the_meeting_never_gains_it_by_another_case(orebro: World) -> None:
    """A record of a later meeting is the new chair's."""
    old = entered(orebro)
    new_term(orebro)
    new = entered(orebro)
    with refused(orebro, NotMandated, "not-presiding"):
        orebro.act("chair.new", old, "confirm")
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("chair.committee", new, "confirm")
    orebro.act("chair.new", new, "confirm")


def test_member_of_that_day_who_chairs_the_body_since_confirms(orebro: World) -> None:
    number = entered(orebro)
    end_seat(orebro, "chair.committee")
    orebro.later(days=1)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        of_body = Appointment.body_id == orebro.tenant.body_ids[COMMITTEE]
        theirs = (Appointment.person_id == orebro.people["member3"], of_body)
        connection.execute(update(Appointment).where(*theirs).values(role="chair"))
    orebro.act("member3", number, "confirm")
    assert verify(orebro.engine).faults == ()


def test_substitute_of_who_presided_confirms(orebro: World) -> None:
    number = entered(orebro)
    let_stand_in(orebro, "chair.committee", "member0", "chair", COMMITTEE)
    orebro.act("member0", number, "confirm")
    assert verify(orebro.engine).faults == ()


def test_record_of_a_chair_who_is_gone_is_confirmed_by_the_chair_of_today(orebro: World) -> None:
    number = entered(orebro)
    new_term(orebro)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        gone = Person.id == orebro.people["chair.committee"]
        connection.execute(update(Person).where(gone).values(is_active=False))
    orebro.act("chair.new", number, "confirm")
    assert verify(orebro.engine).faults == ()


def test_meeting_of_the_first_release_is_confirmed_by_the_chair_of_today(orebro: World) -> None:
    number = entered(orebro)
    owner = connect(as_owner(orebro.engine.url.render_as_string(hide_password=False)))
    with writing(owner, orebro.tenant.id) as connection:
        without_triggers(connection)
        connection.execute(delete(MeetingMember))
    owner.dispose()
    new_term(orebro)
    orebro.act("chair.new", number, "confirm")


def without_triggers(connection: Any) -> None:
    """Let a test take away what nobody can."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DROP TRIGGER meeting_member_refuses_delete")
    else:
        connection.exec_driver_sql("ALTER TABLE meeting_member DISABLE TRIGGER USER")


# -- verification


def test_verification_finds_who_confirmed_without_having_been_there(
    orebro: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = entered(orebro)
    new_term(orebro)
    with monkeypatch.context() as without:
        without.setattr(predicates, "capacities_of_presiding", lambda s, seat: s.actor.capacities(seat))
        orebro.act("chair.new", number, "confirm")
    (fault,) = verify(orebro.engine).faults
    assert (fault.code, fault.case, fault.entry) == ("confirmed-by-absent", number, orebro.version(number))


def test_verification_finds_who_confirmed_what_they_prepared(orebro: World, monkeypatch: pytest.MonkeyPatch) -> None:
    orebro.add("both", ("manager", orebro.policy.administration_of(COMMITTEE).key), ("chair", COMMITTEE))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "review")
    orebro.act("both", number, "endorse")
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision())
    with monkeypatch.context() as without:
        without.setattr(predicates, "actor_prepared_or_endorsed", lambda _s, _absent: False)
        orebro.act("both", number, "confirm")
    (fault,) = verify(orebro.engine).faults
    assert (fault.code, fault.case) == ("confirmed-by-preparer", number)


def test_verification_finds_a_member_put_into_a_meeting(orebro: World) -> None:
    number = entered(orebro)
    orebro.add("late", ("member", COMMITTEE))
    with reading(orebro.engine, orebro.tenant.id) as session:
        meeting = session.scalars(select(MeetingMember.meeting_id).distinct()).one()
    row = {"municipality_id": orebro.tenant.id, "meeting_id": meeting, "person_id": orebro.people["late"]}
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(MeetingMember.__table__.insert(), {**row, "role": "member"})
    (fault,) = verify(orebro.engine).faults
    assert (fault.code, fault.case) == ("members-differ", number)


def test_member_of_the_day_of_the_meeting_counts_and_not_of_its_record(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    met_on = orebro.now.date()
    new_term(orebro)
    orebro.later(days=10)
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision(meeting_date=met_on.isoformat()))
    assert ("chair.committee", "chair") in frozen(orebro)
    assert ("chair.new", "chair") not in frozen(orebro)
    orebro.act("chair.committee", number, "confirm")
