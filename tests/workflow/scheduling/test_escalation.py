"""Is everybody told once, in order and on the day, of what comes due or is late; and does nothing else happen?"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from models import Appointment, Case, Consultation, Deadline, Engagement, Evaluation, Mandate, Notice, TrailEntry
from models.database import reading, writing
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases import gate
from workflow.core.calendar import Within
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotFound, NotMandated, WorkflowError
from workflow.deadlines import ladder_end
from workflow.people.administration import carry_out
from workflow.policy.pack_rules import Rung
from workflow.register.service import register_engagement
from workflow.scheduling import escalation, expiry
from workflow.scheduling.extensions import record_extension
from workflow.scheduling.heartbeat import last_round, oldest_due
from workflow.scheduling.scheduler import run_round

STOCKHOLM_TIME = ZoneInfo("Europe/Stockholm")


def told(world: World, kind: str = "") -> list[tuple[str, int, str, str]]:
    """Every rung told so far: kind, rung, role and body."""
    with reading(world.engine, world.tenant.id) as session:
        found = session.scalars(select(Notice).where(Notice.deadline_id.is_not(None)).order_by(Notice.id))
        rows = [(one.kind, one.rung, one.role, world.tenant.body_keys[one.body_id]) for one in found]
    return [row for row in rows if row[0].endswith(kind)]  # type: ignore[misc]


def deadline(world: World, subject: str) -> Deadline:
    """The deadline of a case, evaluation or engagement."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Deadline).where(Deadline.subject == subject)).one()


def rounds(world: World, days: int) -> None:
    """Go round once a day at noon for some days."""
    for _ in range(days):
        world.later(days=1)
        run_round(world.services, now=world.now)


def registered(world: World, kind: str, **more: Any) -> str:
    """An engagement from before."""
    given = {"kind": kind, "title": f"An old {kind}", "source": "Archive, box 7", "responsible": _responsible(world)}
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given | more, now=world.now)


def _responsible(world: World) -> str:
    return world.policy.bodies_of(world.policy.default_responsible)[0].key


# -- a case's step


def test_ladder_of_a_step_is_climbed_rung_by_rung(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    rounds(orebro, 80)
    administration = "forvaltningen-barn"
    assert told(orebro) == [
        ("rung-step", 0, "manager", administration),
        ("rung-step", 1, "manager", administration),
        ("rung-step", 2, "manager", administration),
        ("rung-step", 3, "coordinator", "kommunstyrelsen"),
        ("rung-step", 4, "chair", "kommunstyrelsen"),
    ]
    assert verify(orebro.engine).faults == ()


def test_one_round_after_a_long_outage_raises_every_rung_once_and_in_order(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    orebro.later(days=400)
    run_round(orebro.services, now=orebro.now)
    run_round(orebro.services, now=orebro.now)
    assert [rung for _kind, rung, *_seat in told(orebro)] == [0, 1, 2, 3, 4]
    assert verify(orebro.engine).faults == ()


def test_who_acts_in_time_is_not_reminded(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number)
    rounds(orebro, 3)
    orebro.later(days=300)
    run_round(orebro.services, now=orebro.now)
    assert told(orebro, "step") == []


def test_chair_is_reminded_once_the_secretary_has_entered(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="confirm-decide:responsible")
    orebro.later(days=58)
    run_round(orebro.services, now=orebro.now)
    assert told(orebro) == [("rung-step", 0, "chair", "programnamnd-barn")]


def test_being_told_moves_no_case_and_nobody_s_right(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, until="recommend:responsible")
    before = orebro.row(number)
    people = ("officer", "manager", "coordinator", "chair.executive", "secretary.committee", "chair.council")
    may = {who: {name: one.allowed for name, one in orebro.actions(who, number).items()} for who in people}
    orebro.later(days=300)
    run_round(orebro.services, now=orebro.now)
    assert told(orebro)
    assert orebro.row(number) == before
    assert may == {who: {name: one.allowed for name, one in orebro.actions(who, number).items()} for who in people}


def test_step_that_begins_again_has_a_ladder_of_its_own(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    orebro.later(days=20)
    run_round(orebro.services, now=orebro.now)
    orebro.act("manager", number, "refer-back", comment="More, please")
    orebro.later(days=60)
    run_round(orebro.services, now=orebro.now)
    first = told(orebro)
    orebro.step(number)
    orebro.later(days=20)
    run_round(orebro.services, now=orebro.now)
    assert told(orebro)[len(first) :] == first
    assert deadline(orebro, number).cycle == 2


# -- consultations


def test_only_silent_bodies_are_reminded_and_the_clock_closes_the_consultation(stockholm: World) -> None:
    number = _consulting(stockholm)
    with reading(stockholm.engine, stockholm.tenant.id) as session:
        asked = session.scalars(select(Consultation)).all()
    answering = stockholm.tenant.body_keys[asked[0].body_id]
    stockholm.act("secretary.committee", number, "give-opinion", {"opinion": "Fine.", "body": answering})
    due = deadline(stockholm, number).due_on
    _at(stockholm, due - timedelta(days=1))
    run_round(stockholm.services, now=stockholm.now)
    reminded = {body for _kind, _rung, role, body in told(stockholm) if role == "secretary"}
    assert reminded == {stockholm.tenant.body_keys[one.body_id] for one in asked[1:]}
    assert stockholm.row(number).state == "consult"
    _at(stockholm, due + timedelta(days=1))
    counts = run_round(stockholm.services, now=stockholm.now)
    assert counts["closed"] == 1
    assert stockholm.row(number).state != "consult"
    with reading(stockholm.engine, stockholm.tenant.id) as session:
        states = session.scalars(select(Consultation.state).order_by(Consultation.id)).all()
        entry = session.scalars(select(TrailEntry).where(TrailEntry.action == "close-consultation")).one()
    assert states == ["given"] + ["silent"] * (len(asked) - 1)
    assert (entry.actor, entry.actor_role) == ("system", "system")
    assert verify(stockholm.engine).faults == ()


def _consulting(world: World) -> str:
    number = world.open("policy", "revise")
    assert world.walk(number, until="consult") == "consult"
    return number


def test_consultation_is_not_closed_on_its_last_day(stockholm: World) -> None:
    number = _consulting(stockholm)
    _at(stockholm, deadline(stockholm, number).due_on)
    run_round(stockholm.services, now=stockholm.now)
    assert not gate.close_consultation(stockholm.services, stockholm.tenant, number, now=stockholm.now)
    assert stockholm.row(number).state == "consult"


def test_closing_goes_on_where_a_process_died_before_it(stockholm: World) -> None:
    number = _consulting(stockholm)
    _at(stockholm, deadline(stockholm, number).due_on + timedelta(days=1))
    while not escalation.raise_due(stockholm.services, stockholm.tenant, now=stockholm.now).ending:
        pass  # … and here it dies
    run_round(stockholm.services, now=stockholm.now)
    assert stockholm.row(number).state == "consult"
    stockholm.now += escalation.AGAIN
    assert run_round(stockholm.services, now=stockholm.now)["closed"] == 1
    assert stockholm.row(number).state != "consult"


def _at(world: World, day: date) -> None:
    world.now = datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


# -- evaluations and ends


def test_late_evaluation_is_told_to_each_rung(orebro: World) -> None:
    registered(orebro, "membership", scope="municipality", starts_on="2024-09-20")
    rounds(orebro, 120)
    assert [(rung, role) for _kind, rung, role, _body in told(orebro, "evaluation")] == [
        (0, "officer"),
        (1, "manager"),
        (2, "coordinator"),
        (3, "chair"),
    ]
    assert verify(orebro.engine).faults == ()


def test_engagement_nobody_renewed_lapses_after_its_last_day(orebro: World) -> None:
    number = registered(orebro, "cooperation-agreement", starts_on="2024-01-01", ends_on="2026-10-10")
    _at(orebro, date(2026, 10, 10))
    run_round(orebro.services, now=orebro.now)
    assert not expiry.lapse(orebro.services, orebro.tenant, number, now=orebro.now)
    assert _engagement(orebro, number).status == "active"
    assert [rung for _kind, rung, *_seat in told(orebro, "expiry")] == [4]
    _at(orebro, date(2026, 10, 11))
    assert run_round(orebro.services, now=orebro.now)["lapsed"] == 1
    assert _engagement(orebro, number).status == "ended"
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert session.scalars(select(Evaluation.state)).all() == ["cancelled"]
        entry = session.scalars(select(TrailEntry).where(TrailEntry.action == "lapse")).one()
        assert session.scalars(select(Notice.role).where(Notice.kind == "lapsed")).all() == ["officer", "coordinator"]
    assert entry.actor == "system"
    assert run_round(orebro.services, now=orebro.now)["lapsed"] == 0
    assert verify(orebro.engine).faults == ()


def test_renewed_engagement_does_not_lapse(orebro: World) -> None:
    number = registered(orebro, "cooperation-agreement", starts_on="2024-01-01", ends_on="2026-10-10")
    case = orebro.open("cooperation-agreement", "renew", engagement_number=number)
    assert orebro.walk(case) == "concluded"
    _at(orebro, date(2026, 10, 11))
    assert run_round(orebro.services, now=orebro.now)["lapsed"] == 0
    assert not expiry.lapse(orebro.services, orebro.tenant, number, now=orebro.now)
    assert (_engagement(orebro, number).status, deadline(orebro, number).due_on) == ("active", date(2029, 12, 31))


def _engagement(world: World, number: str) -> Engagement:
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Engagement).where(Engagement.number == number)).one()


# -- appointments and mandates


def test_appointment_that_ends_is_told_only_while_a_case_waits_for_it(orebro: World) -> None:
    _end_appointment(orebro, "manager", orebro.now.date() + timedelta(days=40))
    orebro.later(days=15)
    run_round(orebro.services, now=orebro.now)
    assert told(orebro, "appointment") == []
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    orebro.later(days=20)
    run_round(orebro.services, now=orebro.now)
    found = told(orebro, "appointment")
    assert found == [("rung-appointment", 1, "coordinator", "kommunstyrelsen")]


def test_mandate_that_ends_while_cases_wait_is_told(odense: World) -> None:
    number = odense.open("visit")
    odense.walk(number, until="decide:responsible")
    last = odense.now.date() + timedelta(days=40)
    with reading(odense.engine, odense.tenant.id) as session:
        ids = session.scalars(select(Mandate.id).order_by(Mandate.id)).all()
    with writing(odense.engine, odense.tenant.id) as connection:
        for id_ in ids:
            given = {"id": id_, "ends_on": last.isoformat()}
            carry_out(connection, odense.tenant, None, "end-mandate", given, now=odense.now)
    odense.later(days=11)
    run_round(odense.services, now=odense.now)
    assert [(rung, role) for _kind, rung, role, _body in told(odense, "mandate")] == [(0, "coordinator")]


def _end_appointment(world: World, username: str, last: date) -> None:
    with reading(world.engine, world.tenant.id) as session:
        found = select(Appointment.id).where(Appointment.person_id == world.people[username])
        ids = session.scalars(found.order_by(Appointment.id)).all()
    with writing(world.engine, world.tenant.id) as connection:
        for id_ in ids:
            given = {"id": id_, "ends_on": last.isoformat()}
            carry_out(connection, world.tenant, None, "end-appointment", given, now=world.now)


# -- more time


def more_time(world: World, who: str, number: str, until: date, kind: str = "step") -> None:
    """Ask for a later last day."""
    record_extension(
        world.services,
        world.people[who],
        number,
        kind,
        {"until": until.isoformat(), "reason": "The partner's council meets later."},
        now=world.now,
        expected_cycle=deadline(world, number).cycle,
    )


@pytest.mark.parametrize(
    ("who", "days", "error"),
    [
        ("officer", 90, NotMandated),
        ("chair.committee", 90, NotMandated),
        ("admin", 90, NotMandated),
        ("manager", 0, Malformed),
        ("manager", 5, Malformed),
        ("manager", 3000, Malformed),
    ],
)
def test_more_time_is_refused(orebro: World, who: str, days: int, error: type[WorkflowError]) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="decide:responsible")
    before = deadline(orebro, number)
    with pytest.raises(error):
        more_time(orebro, who, number, orebro.now.date() + timedelta(days=days))
    assert deadline(orebro, number).due_on == before.due_on


def test_more_time_asked_of_a_step_is_not_given_to_the_next(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    seen = deadline(orebro, number).cycle
    orebro.walk(number, until="decide:responsible")
    given = {"until": (orebro.now.date() + timedelta(days=300)).isoformat(), "reason": "For the review."}
    with pytest.raises(CaseChanged):
        record_extension(
            orebro.services, orebro.people["manager"], number, "step", given, now=orebro.now, expected_cycle=seen
        )


def test_more_time_ends_with_the_ladder_of_the_first_last_day_however_often_it_is_given(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="decide:responsible")
    due = deadline(orebro, number).due_on
    end = due + timedelta(days=45)  # when the chair is told
    for until in (due + timedelta(days=20), due + timedelta(days=21)):
        more_time(orebro, "manager", number, until)
    with refused(orebro, Malformed, "deadline-too-late"):
        more_time(orebro, "manager", number, end + timedelta(days=1))
    more_time(orebro, "manager", number, end)
    assert deadline(orebro, number).due_on == end
    # a step that follows begins anew
    orebro.walk(number, until="confirm-decide:responsible")
    orebro.act("chair.committee", number, "refer-back", comment="Not so")
    assert verify(orebro.engine).faults == ()


def test_who_a_deadline_binds_does_not_move_it(orebro: World) -> None:
    """A second person does: the coordinator for the manager, the manager for the coordinator."""
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    day = deadline(orebro, number).due_on + timedelta(days=10)
    with refused(orebro, NotMandated, "own-deadline"):
        more_time(orebro, "manager", number, day)
    more_time(orebro, "coordinator", number, day)
    assert deadline(orebro, number).due_on == day


def test_officer_who_coordinates_as_well_does_not_move_a_day_of_their_own(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, until="awaiting-counterpart")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        given = {"username": f"officer@{orebro.tenant.key}", "body": orebro.policy.only("executive-board").key}
        given |= {"role": "coordinator", "starts_on": orebro.now.date().isoformat()}
        carry_out(connection, orebro.tenant, None, "appoint", given, now=orebro.now)
    day = deadline(orebro, number).due_on + timedelta(days=10)
    with refused(orebro, NotMandated, "own-deadline"):
        more_time(orebro, "officer", number, day)
    more_time(orebro, "coordinator", number, day)


@pytest.mark.parametrize(("earliest", "last", "end"), [(-3, 45, 45), (-14, -3, 14), (-14, 0, 14)])
def test_ladder_that_ends_by_the_last_day_is_as_long_again_after_it(earliest: int, last: int, end: int) -> None:
    rungs = tuple(Rung(Within(days, "days"), "turn") for days in (earliest, last))
    assert ladder_end(rungs, date(2026, 9, 15), "se") == date(2026, 9, 15) + timedelta(days=end)


def test_more_time_is_not_given_by_who_may_not_see_the_case(orebro: World) -> None:
    committee = orebro.policy.bodies_of("committee")[0].key
    number = orebro.open("exchange", responsible=committee, secrecy={"law": "OSL 15:1", "note": ""})
    orebro.walk(number, until="review")
    with pytest.raises(NotFound):
        more_time(orebro, "coordinator", number, orebro.now.date() + timedelta(days=90))


def test_what_is_over_gets_no_more_time(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number)
    with pytest.raises(ActionNotOpen):
        more_time(orebro, "manager", number, orebro.now.date() + timedelta(days=90))
    with pytest.raises(NotFound):
        more_time(orebro, "manager", number, orebro.now.date() + timedelta(days=90), kind="expiry")


def test_more_time_moves_the_day_and_begins_the_ladder_anew(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="decide:responsible")
    orebro.later(days=70)
    run_round(orebro.services, now=orebro.now)
    until = orebro.now.date() + timedelta(days=30)
    more_time(orebro, "manager", number, until)
    assert (orebro.row(number).due_on, deadline(orebro, number).due_on) == (until, until)
    before = len(told(orebro))
    orebro.later(days=32)
    run_round(orebro.services, now=orebro.now)
    assert [rung for _kind, rung, *_seat in told(orebro)[before:]] == [0, 1]
    with pytest.raises(CaseChanged):
        record_extension(
            orebro.services,
            orebro.people["manager"],
            number,
            "step",
            {"until": (until + timedelta(days=50)).isoformat(), "reason": "Again"},
            now=orebro.now,
            expected_cycle=0,
        )
    assert verify(orebro.engine).faults == ()


# -- the clock


@pytest.mark.parametrize(
    ("due", "clock"),
    [
        (date(2027, 3, 28), "the hour that is missing"),
        (date(2026, 10, 25), "the hour that comes twice"),
    ],
)
def test_across_daylight_saving_nothing_is_missed_and_nothing_doubled(orebro: World, due: date, clock: str) -> None:
    registered(orebro, "membership", scope="municipality", starts_on=due.replace(year=due.year - 2).isoformat())
    morning = datetime(due.year, due.month, due.day, 7, tzinfo=STOCKHOLM_TIME).astimezone(UTC)
    orebro.now = morning - timedelta(hours=30)
    while orebro.now < morning - timedelta(minutes=30):
        run_round(orebro.services, now=orebro.now)
        orebro.later(minutes=30)
    assert told(orebro, "evaluation") == [], clock
    for step in (0, 60, -60, 0, 60, 30, 60):  # the clock is set back an hour and on again
        run_round(orebro.services, now=morning + timedelta(minutes=step))
    assert len(told(orebro, "evaluation")) == 1
    assert verify(orebro.engine).faults == ()


def test_two_days_without_a_scheduler_lose_nothing(orebro: World) -> None:
    for day in range(4):
        starts = (date(2024, 9, 15) + timedelta(days=day)).isoformat()
        registered(orebro, "membership", scope="municipality", starts_on=starts)
    run_round(orebro.services, now=orebro.now)
    assert len(told(orebro, "evaluation")) == 1
    orebro.later(hours=48)
    run_round(orebro.services, now=orebro.now)
    assert len(told(orebro, "evaluation")) == 3
    with reading(orebro.engine, orebro.tenant.id) as session:
        days = session.scalars(select(Notice.due_on).where(Notice.kind == "rung-evaluation").order_by(Notice.id)).all()
    assert days == sorted(days)  # type: ignore[type-var]


def test_pulse_tells_when_and_since_when(orebro: World) -> None:
    assert last_round(orebro.services) is None
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    assert oldest_due(orebro.services, now=orebro.now) is None
    orebro.later(days=30)
    assert oldest_due(orebro.services, now=orebro.now) is not None
    run_round(orebro.services, now=orebro.now)
    last = last_round(orebro.services)
    assert last is not None
    assert (last.at, oldest_due(orebro.services, now=orebro.now)) == (orebro.now, None)


def test_row_that_moved_meanwhile_stops_the_batch(orebro: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    orebro.later(days=30)
    taken = escalation.pick

    def late(connection: Any, tenant: Any, now: datetime, batch: int, only: int | None) -> Any:
        rows = taken(connection, tenant, now, batch, only)
        connection.execute(update(Deadline).where(Deadline.municipality_id == tenant.id).values(next_rung=3))
        return rows

    monkeypatch.setattr(escalation, "pick", late)
    with pytest.raises(CaseChanged):
        escalation.raise_due(orebro.services, orebro.tenant, now=orebro.now)
    assert told(orebro) == []
    assert deadline(orebro, number).next_rung == 0


def test_case_s_version_is_its_own(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, until="review")
    orebro.later(days=200)
    run_round(orebro.services, now=orebro.now)
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert session.scalars(select(Case.version).where(Case.number == number)).one() == 2
    assert deadline(orebro, number).version == 5
