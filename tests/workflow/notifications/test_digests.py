"""Does everybody who sits where a notice is addressed get one mail of it, and nobody else any?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from models.database import writing
from tests.workflow.digest_processes import digested, dispatched
from tests.workflow.notices import mails, notice, stand_in, waiting, wants
from tests.workflow.race_processes import together
from tests.worlds import World
from workflow.notifications.digests import digest, dispatch, make_mails, next_morning

BOARD = "kommunstyrelsen"


def told(world: World) -> list[tuple[str, str]]:
    """Who is told, and in which way."""
    names = {id_: name for name, id_ in world.people.items()}
    return sorted((names[mail.person_id], mail.state) for mail in mails(world))


def end_seat(world: World, who: str, day: date) -> None:
    from models import Appointment

    with writing(world.engine, world.tenant.id) as connection:
        ending = update(Appointment).where(Appointment.person_id == world.people[who])
        connection.execute(ending.values(ends_on=day))


# -- nobody


def test_somebody_in_another_seat_is_not_told(orebro: World) -> None:
    for who in ("chair.executive", "secretary.council", "officer", "auditor", "admin"):
        wants(orebro, who)
    notice(orebro, "coordinator", BOARD)
    assert dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10) == 1
    assert told(orebro) == []
    assert waiting(orebro) == 0


def test_who_has_no_address_or_wants_no_mail_is_not_told_by_mail(orebro: World) -> None:
    wants(orebro, "coordinator", "none")
    orebro.add("second", ("coordinator", BOARD))
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == []


def test_a_closed_account_is_not_told(orebro: World) -> None:
    wants(orebro, "coordinator", is_active=False)
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == []


def test_whose_appointment_has_ended_is_not_told(orebro: World) -> None:
    wants(orebro, "coordinator")
    end_seat(orebro, "coordinator", orebro.now.date() - timedelta(days=1))
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == []


def test_nobody_stands_in_for_a_seat_that_is_not_held_today(orebro: World) -> None:
    wants(orebro, "chair.executive")
    stand_in(orebro, "coordinator", "chair.executive", "coordinator", BOARD)
    end_seat(orebro, "coordinator", orebro.now.date() - timedelta(days=1))
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == []


def test_nobody_stands_in_for_a_closed_account(orebro: World) -> None:
    wants(orebro, "chair.executive")
    stand_in(orebro, "coordinator", "chair.executive", "coordinator", BOARD)
    wants(orebro, "coordinator", is_active=False)
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == []


@pytest.mark.parametrize("days", [-1, 1])
def test_nobody_stands_in_before_or_after_their_days(orebro: World, days: int) -> None:
    wants(orebro, "chair.executive")
    day = orebro.now.date() + timedelta(days=days)
    stand_in(orebro, "coordinator", "chair.executive", "coordinator", BOARD, starts_on=day, ends_on=day)
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == []


def test_with_mail_off_notices_stay_on_the_screens_and_nothing_queues(orebro: World) -> None:
    wants(orebro, "coordinator")
    notice(orebro, "coordinator", BOARD)
    make_mails(orebro.services, orebro.tenant, now=orebro.now, limit=10, by_mail=False)
    assert (told(orebro), waiting(orebro)) == ([], 0)


def test_what_was_queued_before_mail_was_switched_off_is_given_up_and_seen(orebro: World) -> None:
    wants(orebro, "coordinator")
    orebro.add("second", ("coordinator", BOARD))
    wants(orebro, "second", "daily")
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    done = make_mails(orebro.services, orebro.tenant, now=orebro.now, limit=10, by_mail=False)
    assert done == {"notices": 0, "mails-given-up": 2}
    assert [mail.error for mail in mails(orebro)] == ["mail is switched off"] * 2
    assert told(orebro) == [("coordinator", "failed"), ("second", "failed")]


# -- everybody


def test_everybody_who_holds_the_seat_and_whoever_stands_in_is_told(orebro: World) -> None:
    orebro.add("second", ("coordinator", BOARD))
    for who in ("coordinator", "second", "chair.executive"):
        wants(orebro, who)
    stand_in(orebro, "coordinator", "chair.executive", "coordinator", BOARD)
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == [("chair.executive", "queued"), ("coordinator", "queued"), ("second", "queued")]
    assert {mail.next_at for mail in mails(orebro)} == {orebro.now}


def test_a_second_round_tells_nobody_again(orebro: World) -> None:
    wants(orebro, "coordinator")
    notice(orebro, "coordinator", BOARD)
    assert dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10) == 1
    assert dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10) == 0
    assert told(orebro) == [("coordinator", "queued")]


def test_a_notice_that_comes_up_again_makes_no_second_mail(orebro: World) -> None:
    """The unique (notice, person) holds even where a notice is taken for one nobody has looked at."""
    from models import Notice

    wants(orebro, "coordinator")
    notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(update(Notice).values(is_dispatched=False))
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    assert told(orebro) == [("coordinator", "queued")]


def test_a_round_takes_no_more_notices_than_it_is_told_oldest_first(orebro: World) -> None:
    wants(orebro, "coordinator")
    ids = [notice(orebro, "coordinator", BOARD) for _ in range(5)]
    assert [dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert [mail.notice_id for mail in mails(orebro)] == ids


def test_another_municipalitys_notices_are_left_alone(orebro: World) -> None:
    wants(orebro, "coordinator")
    notice(orebro, "coordinator", BOARD)
    elsewhere = replace(orebro.tenant, id=orebro.tenant.id + 1)
    assert dispatch(orebro.services, elsewhere, now=orebro.now, limit=10) == 0
    assert waiting(orebro) == 1


@pytest.mark.slow
def test_four_processes_make_each_mail_once(orebro: World) -> None:
    orebro.add("second", ("coordinator", BOARD))
    orebro.add("third", ("coordinator", BOARD))
    for who, way in (("coordinator", "each"), ("second", "each"), ("third", "daily")):
        wants(orebro, who, way)
    for _ in range(60):
        notice(orebro, "coordinator", BOARD)
    orebro.engine.dispose()
    url = orebro.engine.url.render_as_string(hide_password=False)
    done = together(dispatched, [(url, orebro.tenant.key, 7, orebro.now)] * 4)
    assert sum(done) == 60
    found = mails(orebro)
    assert len(found) == len({(mail.notice_id, mail.person_id) for mail in found}) == 180
    morning = next_morning(orebro.tenant, orebro.now)
    orebro.engine.dispose()
    assert sum(together(digested, [(url, orebro.tenant.key, morning)] * 4)) == 1
    assert [mail.state for mail in mails(orebro)].count("gathered") == 60


# -- the day's digest


def held(world: World, count: int = 3) -> None:
    """Notices for the coordinator, who wants one mail a day."""
    wants(world, "coordinator", "daily")
    for _ in range(count):
        notice(world, "coordinator", BOARD)
    dispatch(world.services, world.tenant, now=world.now, limit=100)


def test_what_is_held_goes_out_at_seven_the_next_morning(orebro: World) -> None:
    held(orebro)
    assert told(orebro) == [("coordinator", "held")] * 3
    seven = datetime(2026, 9, 16, 7, 0, tzinfo=ZoneInfo("Europe/Stockholm"))
    assert digest(orebro.services, orebro.tenant, now=orebro.now) == 0
    assert digest(orebro.services, orebro.tenant, now=seven - timedelta(seconds=1)) == 0
    assert digest(orebro.services, orebro.tenant, now=seven) == 1
    assert digest(orebro.services, orebro.tenant, now=seven) == 0
    *gathered, one = mails(orebro)
    assert [(mail.state, mail.digest_id) for mail in gathered] == [("gathered", one.id)] * 3
    assert (one.state, one.digest_on, one.notice_id) == ("queued", date(2026, 9, 16), None)


def test_with_nothing_new_there_is_no_digest(orebro: World) -> None:
    wants(orebro, "coordinator", "daily")
    assert digest(orebro.services, orebro.tenant, now=orebro.now + timedelta(days=1)) == 0
    assert mails(orebro) == []


def test_after_days_of_downtime_there_is_one_digest_of_everything(orebro: World) -> None:
    held(orebro, 2)
    orebro.later(days=2)
    held(orebro, 2)
    orebro.later(days=3)
    assert digest(orebro.services, orebro.tenant, now=orebro.now) == 1
    assert digest(orebro.services, orebro.tenant, now=orebro.now + timedelta(hours=1)) == 0
    *gathered, one = mails(orebro)
    assert {mail.digest_id for mail in gathered} == {one.id}
    assert one.digest_on == date(2026, 9, 20)


def test_started_in_the_night_after_downtime_the_digest_still_waits_for_the_morning(orebro: World) -> None:
    held(orebro)
    night = datetime(2026, 9, 19, 2, 0, tzinfo=UTC)
    assert digest(orebro.services, orebro.tenant, now=night) == 0
    assert digest(orebro.services, orebro.tenant, now=night + timedelta(hours=3)) == 1


def test_a_clock_that_is_set_back_makes_no_second_digest_on_a_day(orebro: World) -> None:
    held(orebro)
    morning = next_morning(orebro.tenant, orebro.now)
    assert digest(orebro.services, orebro.tenant, now=morning + timedelta(hours=1)) == 1
    orebro.now = morning - timedelta(minutes=30)  # it was wrong, and is put right
    held(orebro)
    assert digest(orebro.services, orebro.tenant, now=morning + timedelta(minutes=30)) == 0
    assert digest(orebro.services, orebro.tenant, now=morning + timedelta(days=1)) == 1
    assert {mail.state for mail in mails(orebro) if mail.notice_id} == {"gathered"}


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [(date(2026, 3, 28), 6), (date(2026, 3, 29), 5), (date(2026, 10, 24), 5), (date(2026, 10, 25), 6)],
)
def test_seven_in_the_morning_is_the_municipalitys_across_the_change_of_clocks(
    orebro: World, day: date, utc_hour: int
) -> None:
    midnight = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
    assert next_morning(orebro.tenant, midnight) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)


def test_who_wants_no_mail_any_more_gets_no_digest(orebro: World) -> None:
    held(orebro)
    wants(orebro, "coordinator", "none")
    assert digest(orebro.services, orebro.tenant, now=orebro.now + timedelta(days=1)) == 0
    assert mails(orebro) == []


def test_digests_of_more_people_than_fit_a_batch_are_all_made(orebro: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workflow.notifications.digests.BATCH", 4)
    for number in range(6):
        orebro.add(f"c{number}", ("coordinator", BOARD))
        wants(orebro, f"c{number}", "daily")
    for _ in range(3):
        notice(orebro, "coordinator", BOARD)
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=100)
    assert digest(orebro.services, orebro.tenant, now=orebro.now + timedelta(days=1)) == 6
    assert [mail.state for mail in mails(orebro)].count("gathered") == 18


def test_a_round_is_cheap_when_there_is_nothing_to_tell(orebro: World) -> None:
    from sqlalchemy import event

    sent: list[str] = []
    event.listen(orebro.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    dispatch(orebro.services, orebro.tenant, now=orebro.now, limit=10)
    digest(orebro.services, orebro.tenant, now=orebro.now)
    assert len([one for one in sent if one.startswith(("SELECT mail", "SELECT notice", "UPDATE", "INSERT"))]) <= 2


def test_nothing_of_it_stands_in_the_trail_or_touches_a_case(orebro: World) -> None:
    from models import TrailEntry

    number = orebro.open("visit")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        before = connection.execute(select(func.count()).select_from(TrailEntry)).scalar_one()
    held(orebro)
    digest(orebro.services, orebro.tenant, now=orebro.now + timedelta(days=1))
    with writing(orebro.engine, orebro.tenant.id) as connection:
        assert connection.execute(select(func.count()).select_from(TrailEntry)).scalar_one() == before
    assert orebro.version(number) == 1
