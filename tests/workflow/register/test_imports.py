"""Does a list come into the register row by row, each once, and is what is wrong told before anything is registered?"""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from sqlalchemy import event, func, select, update

from models import Appointment, Case, Decision, Engagement, ImportRun, TrailEntry
from models.database import reading, writing
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.audit.verify import verify
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated
from workflow.register import imports
from workflow.register.import_rows import faults_of
from workflow.register.imports import advance_import, begin_import, drop_import, running_imports, try_import
from workflow.register.service import register_engagement

HEADING = "kind;title;responsible;source;partner_name;partner_country;starts_on;goals;purpose;latitude;longitude"


def sheet(*rows: str) -> bytes:
    return "\n".join((HEADING, *rows)).encode()


def sound(number: int) -> str:
    return f"exchange;Exchange {number};kommunstyrelsen;Minutes § {number};Lund;SE;1.4.1998;;Learn;55.7;13,19"


def tried(world: World, content: bytes, who: str = "officer") -> int:
    return try_import(world.services, world.people[who], world.tenant.key, content, "list.csv", now=world.now)


def begun(world: World, count: int) -> int:
    run = tried(world, sheet(*(sound(number) for number in range(count))))
    begin_import(world.services, world.people["officer"], world.tenant.key, run, now=world.now)
    return run


def on(world: World, run: int, rows: int = 25) -> bool:
    return advance_import(world.services, world.tenant.key, run, now=world.now, rows=rows)


def row(world: World, run: int) -> Any:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(*ImportRun.__table__.c).select_from(ImportRun).where(ImportRun.id == run)).one()


def titles(world: World) -> list[str]:
    with reading(world.engine, world.tenant.id) as session:
        return list(session.execute(select(Engagement.title).order_by(Engagement.id)).scalars())


# -- refusals


@pytest.mark.parametrize("who", ["manager", "coordinator", "auditor", "admin", "chair.council"])
def test_only_a_case_officer_brings_a_list(orebro: World, who: str) -> None:
    with refused(orebro, NotMandated, "officers-only"):
        tried(orebro, sheet(sound(1)), who)


def test_officer_of_another_municipality_brings_no_list(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    with refused(orebro, NotFound, "no-actor"):
        try_import(orebro.services, other.people["officer"], "orebro", sheet(sound(1)), "x.csv", now=orebro.now)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"kind;title\nvisit;x\n", ["column-missing", "column-missing"]),
        (b"kind;title;responsible;source;status_of_mind\na;b;c;d;e\n", ["column-unknown"]),
        (b"not a table", ["column-unknown"]),
    ],
)
def test_list_without_what_every_engagement_says_is_refused_whole(
    orebro: World, content: bytes, told: list[str]
) -> None:
    with refused(orebro, Malformed, *told):
        tried(orebro, content)


def test_what_is_wrong_is_told_by_row_column_and_rule_and_nothing_is_registered(orebro: World) -> None:
    known = register_engagement(
        orebro.services,
        orebro.people["officer"],
        "orebro",
        {"kind": "visit", "title": "Known", "source": "Minutes", "responsible": "kommunstyrelsen"},
        now=orebro.now,
    )
    content = (
        "number;kind;title;responsible;source;starts_on;ends_on;external_funding;latitude;eu_funded\n"
        ";war;A;kommunstyrelsen;S;;;;;\n"
        ";visit;;kommunstyrelsen;S;;;;;\n"
        ";visit;A;kommunfullmaktige;S;;;;;\n"
        ";visit;A;kommunstyrelsen;;;;;;\n"
        ";visit;A;kommunstyrelsen;S;03/04/2020;;101;;\n"
        ";visit;A;kommunstyrelsen;S;2020-02-02;2020-02-01;;;\n"
        ";visit;A;kommunstyrelsen;S;;;;55;\n"
        ";visit;=A();kommunstyrelsen;S;;;;;\n"
        f"{known};visit;A;kommunstyrelsen;S;;;;;\n"
        ";visit;A;kommunstyrelsen;S;;;ten;;maybe\n"
        ";war;;kommunstyrelsen;=S();01/02/2020;;;;\n"
        ";visit;A;kommunstyrelsen;S;;;;;\n"
    )
    found = faults_of(row(orebro, tried(orebro, content.encode())).faults)
    assert [(fault.row, fault.column, fault.why.code) for fault in found] == [
        (2, "kind", "field-wrong"),
        (3, "title", "field-missing"),
        (4, "responsible", "field-wrong"),
        (5, "source", "field-missing"),
        (6, "starts_on", "cell-date"),
        (6, "external_funding", "field-wrong"),
        (7, "ends_on", "field-wrong"),
        (8, "longitude", "half-a-place"),
        (9, "title", "cell-formula"),
        (10, "number", "already-registered"),
        (11, "eu_funded", "cell-truth"),
        (11, "external_funding", "cell-number"),
        (12, "source", "cell-formula"),
        (12, "starts_on", "cell-date"),
        (12, "kind", "field-wrong"),
        (12, "title", "field-missing"),
    ]
    assert titles(orebro) == ["Known"]


@pytest.mark.parametrize("to", [begin_import, drop_import])
def test_only_whoever_brought_a_list_begins_it_or_gives_it_up(orebro: World, to: Any) -> None:
    run = tried(orebro, sheet(sound(1)))
    other = orebro.add("other", ("officer", "forvaltningen-barn"))
    with refused(orebro, NotFound, "not-found"):
        to(orebro.services, other, "orebro", run, now=orebro.now)


def test_list_is_begun_once_and_not_after_it_was_given_up(orebro: World) -> None:
    run = begun(orebro, 1)
    for end in (lambda: on(orebro, run), lambda: None):
        end()
        with refused(orebro, ActionNotOpen, "import-not-open"):
            begin_import(orebro.services, orebro.people["officer"], "orebro", run, now=orebro.now)
    other = tried(orebro, sheet(sound(2)))
    drop_import(orebro.services, orebro.people["officer"], "orebro", other, now=orebro.now)
    with refused(orebro, ActionNotOpen, "import-not-open"):
        begin_import(orebro.services, orebro.people["officer"], "orebro", other, now=orebro.now)


def test_list_of_errors_alone_is_not_begun(orebro: World) -> None:
    run = tried(orebro, sheet("war;A;kommunstyrelsen;S"))
    with refused(orebro, ActionNotOpen, "import-no-rows"):
        begin_import(orebro.services, orebro.people["officer"], "orebro", run, now=orebro.now)


def test_list_that_was_only_tried_goes_nowhere(orebro: World) -> None:
    run = tried(orebro, sheet(sound(1)))
    assert not on(orebro, run)
    assert running_imports(orebro.services, orebro.tenant, "imports") == []
    assert titles(orebro) == []


def test_run_of_somebody_who_is_no_officer_any_more_is_given_up(orebro: World) -> None:
    run = begun(orebro, 3)
    on(orebro, run, 1)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        mine = (Appointment.municipality_id == orebro.tenant.id, Appointment.person_id == orebro.people["officer"])
        connection.execute(update(Appointment).where(*mine).values(ends_on=orebro.now.date().replace(day=1)))
    assert not on(orebro, run)
    found = row(orebro, run)
    assert (found.state, found.done, len(titles(orebro))) == ("dropped", 1, 1)
    assert [fault.why.code for fault in faults_of(found.faults)] == ["officers-only"]


# -- what is registered


def test_list_is_registered_in_batches_each_row_with_its_source_and_none_a_decision(orebro: World) -> None:
    run = begun(orebro, 7)
    assert [on(orebro, run, 3) for _ in range(4)] == [True, True, False, False]
    found = row(orebro, run)
    assert (found.state, found.done, found.total) == ("done", 7, 7)
    with reading(orebro.engine, orebro.tenant.id) as session:
        engagements = session.scalars(select(Engagement).order_by(Engagement.id)).all()
        assert session.scalars(select(Case)).all() == []
        assert session.scalars(select(Decision)).all() == []
        acts = session.scalars(select(TrailEntry.action).where(TrailEntry.stream == "orebro-journal")).all()
    assert [e.source for e in engagements] == [f"Minutes § {n}" for n in range(7)]
    assert {e.origin for e in engagements} == {"register"}
    assert list(found.numbers.values()) == [e.number for e in engagements]
    first = engagements[0]
    assert (first.starts_on.isoformat(), first.latitude, first.longitude) == ("1998-04-01", 55.7, 13.19)
    assert first.fields == {"purpose": "Learn"}
    assert acts.count("register-engagement") == 7
    assert acts.count("import-engagements") == 2
    assert list(verify(orebro.engine, municipality="orebro").faults) == []


def test_rows_with_errors_are_left_out_and_the_others_registered(orebro: World) -> None:
    run = tried(orebro, sheet(sound(0), "war;A;kommunstyrelsen;S", sound(2)))
    begin_import(orebro.services, orebro.people["officer"], "orebro", run, now=orebro.now)
    on(orebro, run)
    assert titles(orebro) == ["Exchange 0", "Exchange 2"]
    assert list(row(orebro, run).numbers) == ["2", "4"]
    assert len(row(orebro, run).faults) == 1


def test_row_that_is_in_the_register_already_is_not_registered_again(orebro: World) -> None:
    on(orebro, begun(orebro, 1))
    content = f"number;{HEADING}\norebro-e-00001;{sound(0)}\n;{sound(1)}\n"
    run = tried(orebro, content.encode())
    begin_import(orebro.services, orebro.people["officer"], "orebro", run, now=orebro.now)
    on(orebro, run)
    assert titles(orebro) == ["Exchange 0", "Exchange 1"]


def test_list_given_up_under_way_keeps_what_it_has_registered(orebro: World) -> None:
    run = begun(orebro, 4)
    on(orebro, run, 2)
    drop_import(orebro.services, orebro.people["officer"], "orebro", run, now=orebro.now)
    assert not on(orebro, run)
    assert len(titles(orebro)) == 2


def test_the_scheduler_takes_the_oldest_list_on(orebro: World) -> None:
    first, second = begun(orebro, 2), begun(orebro, 2)
    assert running_imports(orebro.services, orebro.tenant, "imports") == [(first, "list.csv"), (second, "list.csv")]
    on(orebro, first)
    assert running_imports(orebro.services, orebro.tenant, "imports") == [(second, "list.csv")]


def test_row_that_fails_unexpectedly_is_noted_and_the_others_are_registered(
    orebro: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, register = begun(orebro, 3), imports.enter_from_before

    def fail_for_one(*given: Any, **more: Any) -> str:
        number = register(*given, **more)  # fails once its rows are written, which are then taken back
        if given[-1]["title"] == "Exchange 1":
            raise OverflowError("date value out of range")
        return number

    monkeypatch.setattr(imports, "enter_from_before", fail_for_one)
    on(orebro, run)
    assert titles(orebro) == ["Exchange 0", "Exchange 2"]
    assert [(fault.row, fault.why.code) for fault in faults_of(row(orebro, run).faults)] == [(3, "import-row-failed")]
    assert row(orebro, run).state == "done"


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("at", range(1, 40, 3))
def test_killed_at_any_statement_no_row_is_lost_or_registered_twice(orebro: World, at: int) -> None:
    run, seen = begun(orebro, 5), 0

    def kill(*_args: object) -> None:
        nonlocal seen
        seen += 1
        if seen == at:
            raise Killed

    event.listen(orebro.engine, "before_cursor_execute", kill)
    try:
        on(orebro, run, 2)
    except Killed:
        pass
    finally:
        event.remove(orebro.engine, "before_cursor_execute", kill)
    while on(orebro, run, 2):
        pass
    assert titles(orebro) == [f"Exchange {number}" for number in range(5)]
    assert sorted(row(orebro, run).numbers, key=int) == ["2", "3", "4", "5", "6"]


def test_several_processes_at_one_list_register_each_row_once(orebro: World) -> None:
    run = begun(orebro, 12)

    def work() -> None:
        while on(orebro, run, 2):
            pass

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert titles(orebro) == [f"Exchange {number}" for number in range(12)]
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert session.execute(select(func.count(Engagement.id))).scalar_one() == 12


def test_the_journal_names_the_list_by_its_digest_and_not_by_its_name(orebro: World) -> None:
    run = begun(orebro, 1)
    with reading(orebro.engine, orebro.tenant.id) as session:
        (entry,) = session.scalars(select(TrailEntry).where(TrailEntry.action == "import-engagements"))
    data = json.loads(entry.data)
    assert (data["digest"], data["list"], data["rows"]) == (row(orebro, run).digest, "running", 1)
    assert "list.csv" not in entry.canonical
