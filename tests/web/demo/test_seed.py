"""The seeded demo: entered through the engine, with something to do for everybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from shutil import copyfile
from typing import Any

import pytest
from sqlalchemy import Engine, event, select

from models import (
    AccessLog,
    Appointment,
    Body,
    Case,
    Consultation,
    Decision,
    Document,
    Engagement,
    Evaluation,
    Installation,
    Mandate,
    Person,
    Proposal,
    TrailEntry,
)
from models.base import Base, OfMunicipality
from models.database import connect, reading
from tests.worlds import MUNICIPALITIES, build, policy_of
from web.auth.session import User
from web.demo.seed import DatabaseInUse, fill
from web.worklist.queries import worklist_page
from workflow.audit.verify import verify
from workflow.cases import gate
from workflow.cases.actor import load_actor
from workflow.cases.authorization import available_actions
from workflow.cases.case_references import dangling
from workflow.core.calendar import local_day
from workflow.engine import services_for
from workflow.policy.competence import look_up
from workflow.policy.model import Policy
from workflow.policy.request_space import requests
from workflow.policy.state_machine import procedure_for

#: A Wednesday after the last day for the revision of Odense's framework.
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
POLICIES = {key: policy_of(key) for key in MUNICIPALITIES}
HASH = "$argon2id$example"
ROLES = ("officer", "manager")
BOARDS = {"committee": "committee", "executive": "executive-board", "council": "council"}


def people_of(policy: Policy) -> list[str]:
    """The user names the demo promises: those whose body the municipality has."""
    boards = [label for label, kind in BOARDS.items() if policy.bodies_of(kind)]
    seated = [f"{role}.{label}" for label in boards for role in ("secretary", "chair")]
    return [f"{who}@{policy.municipality.key}" for who in (*ROLES, *seated, "coordinator", "auditor", "admin")]


WORKING = [
    pytest.param(key, name, id=name)
    for key, policy in POLICIES.items()
    for name in people_of(policy)
    if name.partition("@")[0] not in ("coordinator", "auditor", "admin")
]


def filled(engine: Engine, now: datetime = NOW, municipalities: tuple[str, ...] = MUNICIPALITIES) -> Engine:
    fill(engine, [POLICIES[key] for key in municipalities], now=now, password_hash=HASH)
    return engine


@pytest.fixture(scope="module")
def demo(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The demo on SQLite, filled once for all who only read it."""
    path = tmp_path_factory.mktemp("demo") / "instans.db"
    copyfile(_sqlite_template, path)
    engine = connect(f"sqlite:///{path}")
    yield filled(engine)
    engine.dispose()


def rows(engine: Engine, key: str, *columns: Any) -> list[Any]:
    """Rows of one municipality."""
    with reading(engine, services_for(engine).tenants.tenant(key).id) as session:
        return list(session.execute(select(*columns)).all())


def of(engine: Engine, key: str, noun: Any) -> list[Any]:
    """All rows of a noun in one municipality, without the contents of documents."""
    names = [column.name for column in noun.__table__.columns if column.name != "content"]
    return rows(engine, key, *(getattr(noun, name) for name in names))


def case(engine: Engine, key: str, title: str) -> Any:
    """The one case with a title."""
    (found,) = (row for row in of(engine, key, Case) if row.title == title)
    return found


def everything(engine: Engine, key: str) -> dict[str, Any]:
    """How many rows every table holds for a municipality, and where each case is."""
    nouns = [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, OfMunicipality)]
    counted: dict[str, Any] = {noun.__name__: len(of(engine, key, noun)) for noun in nouns}
    return counted | {"cases": sorted(tuple(row) for row in rows(engine, key, Case.title, Case.state, Case.version))}


def acts(engine: Engine, key: str, number: str) -> list[tuple[str, str]]:
    """What was done on a case, and on which day."""
    entries = sorted(of(engine, key, TrailEntry), key=lambda entry: entry.number)
    return [(entry.action, entry.at[:10]) for entry in entries if entry.stream == number]


# -- Filling ------------------------------------------------------------------------------------------------------


def test_a_database_that_people_work_in_is_not_made_into_a_demo(sqlite_engine: Engine) -> None:
    build(sqlite_engine, "orebro")
    with pytest.raises(DatabaseInUse):
        filled(sqlite_engine)
    with sqlite_engine.connect() as connection:
        assert not any(connection.execute(select(Installation.is_demo)).scalars())


@pytest.mark.slow
@pytest.mark.no_cover
def test_filling_twice_adds_nothing(engine: Engine) -> None:
    filled(engine)
    before = {key: everything(engine, key) for key in MUNICIPALITIES}
    filled(engine, NOW + timedelta(days=9))
    assert before == {key: everything(engine, key) for key in MUNICIPALITIES}


def test_what_people_have_done_in_the_demo_since_is_left_alone(sqlite_engine: Engine) -> None:
    filled(sqlite_engine, municipalities=("orebro",))
    found = case(sqlite_engine, "orebro", "Lärarutbyte med en skola i Estland")
    changed = {"title": "Ett annat namn"}
    services = services_for(sqlite_engine)
    gate.act(services, found.officer_id, found.number, "amend", changed, now=NOW, expected_version=found.version)
    before = everything(sqlite_engine, "orebro")
    filled(sqlite_engine, municipalities=("orebro",))
    assert before == everything(sqlite_engine, "orebro")


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("transactions", [6, 12, 100])
def test_a_filling_that_was_interrupted_is_completed_by_the_next(
    sqlite_engine: Engine, demo: Engine, transactions: int
) -> None:
    class PowerCut(BaseException):
        pass

    left = iter(range(transactions))

    def cut(_connection: object) -> None:
        if next(left, None) is None:
            raise PowerCut

    event.listen(sqlite_engine, "begin", cut)
    with pytest.raises(PowerCut):
        filled(sqlite_engine, municipalities=("orebro",))
    event.remove(sqlite_engine, "begin", cut)
    assert len(of(sqlite_engine, "orebro", TrailEntry)) < len(of(demo, "orebro", TrailEntry))
    filled(sqlite_engine, municipalities=("orebro",))
    assert everything(sqlite_engine, "orebro") == everything(demo, "orebro")
    assert verify(sqlite_engine).ok


@pytest.mark.slow
@pytest.mark.parametrize(
    "now",
    [
        pytest.param(datetime(2027, 1, 1, 0, 5, tzinfo=UTC), id="new year's night"),
        pytest.param(datetime(2026, 3, 29, 1, 30, tzinfo=UTC), id="the hour when summer time begins"),
        pytest.param(datetime(2028, 2, 29, 22, 59, tzinfo=UTC), id="leap day"),
    ],
)
def test_the_demo_can_be_filled_on_any_day(sqlite_engine: Engine, now: datetime) -> None:
    assert verify(filled(sqlite_engine, now)).ok


def test_the_database_carries_the_demo_mark(demo: Engine) -> None:
    with demo.connect() as connection:
        assert connection.execute(select(Installation.is_demo)).scalars().all() == [True]


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_nothing_was_refused_and_the_trail_is_whole(demo: Engine, key: str) -> None:
    assert of(demo, key, AccessLog) == []
    found = verify(demo, municipality=key)
    assert found.faults == ()
    assert found.cases == len(of(demo, key, Case)) > 20


# -- People -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_the_people_of_the_contract_can_log_in_and_nobody_else_can(demo: Engine, key: str) -> None:
    people = of(demo, key, Person)
    assert {row.username for row in people if row.password_hash} == set(people_of(POLICIES[key]))
    assert {row.password_hash for row in people} == {HASH, None}
    assert all(row.is_example and row.language == POLICIES[key].municipality.language for row in people)


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_eleven_members_stand_behind_every_body_that_meets(demo: Engine, key: str) -> None:
    keys = {row.id: row.key for row in of(demo, key, Body)}
    seats = Counter((keys[row.body_id], row.role) for row in of(demo, key, Appointment))
    for body in POLICIES[key].bodies:
        if body.is_collegial:
            assert seats[body.key, "member"] == 10, body.key
            assert seats[body.key, "chair"] == seats[body.key, "secretary"] == 1, body.key
        if body.kind == "administration":
            assert seats[body.key, "officer"] == seats[body.key, "manager"] == 1, body.key


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_appointments_are_older_than_every_act(demo: Engine, key: str) -> None:
    assert {row.starts_on for row in of(demo, key, Appointment)} == {date(2000, 1, 1)}


@pytest.mark.parametrize(("key", "username"), WORKING)
def test_something_waits_for_everybody_who_works_on_cases(demo: Engine, key: str, username: str) -> None:
    services = services_for(demo)
    tenant = services.tenants.tenant(key)
    with reading(demo, tenant.id) as session:
        id_ = session.execute(select(Person.id).where(Person.username == username)).scalar_one()
        actor = load_actor(session.connection(), tenant.id, id_, local_day(NOW, tenant.timezone))
        user = User(id_, actor.public_id, username, actor.name, tenant.language, tenant, actor.seats)
        _id, policy = services.policies.in_force(session.connection(), tenant.id, local_day(NOW, tenant.timezone))
        waiting, _next = worklist_page(session, user, policy, None)
    possible = {
        found.action
        for row in waiting
        for found in available_actions(gate.read_context(services, id_, row.number, now=NOW))
        if found.allowed
    }
    assert possible & {row.next_action for row in waiting}


@pytest.mark.parametrize(("key", "mandated"), [("oslo", 3), ("odense", 3), ("stockholm", 1), ("orebro", 0)])
def test_mandates_are_examples(demo: Engine, key: str, mandated: int) -> None:
    found = of(demo, key, Mandate)
    assert len(found) == mandated
    assert all(row.is_example and row.reference.startswith(("Exempel", "Eksempel")) for row in found)


# -- Cases --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_a_case_stands_in_every_state_that_can_be_reached(demo: Engine, key: str) -> None:
    policy = POLICIES[key]
    answers = ((request, look_up(policy, request)) for request in requests(policy, ("scope", "principal")))
    reachable = {
        state
        for request, answer in answers
        if answer.route is not None
        for state in procedure_for(policy, answer.route, request.responsible).states
    }
    assert {row.state for row in of(demo, key, Case)} == reachable


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_all_but_the_documented_cases_are_marked_as_examples(demo: Engine, key: str) -> None:
    real = {row.title for row in of(demo, key, Case) if not row.is_example}
    expected = {
        "oslo": {"Strategi for Oslo kommunes internasjonale arbeid"},
        "stockholm": {"Internationell strategi för Stockholms stad"},
    }
    assert real == expected.get(key, set())


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_cases_are_numbered_in_the_order_in_which_they_were_opened(demo: Engine, key: str) -> None:
    opened = [row.opened_at for row in sorted(of(demo, key, Case), key=lambda row: row.number)]
    assert opened == sorted(opened)
    assert opened[-1] < NOW


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_every_municipality_has_a_postponement_an_amendment_papers_and_late_cases(demo: Engine, key: str) -> None:
    cases, decisions, today = of(demo, key, Case), of(demo, key, Decision), NOW.date()
    assert any(row.postponements for row in cases)
    assert any(row.due_on is not None and row.due_on < today for row in cases)
    assert any(row.proposal == "amended" or row.outcome == "approve-amended" for row in decisions)
    assert any(entry.action in ("refer-back", "amend") for entry in of(demo, key, TrailEntry))
    papers = of(demo, key, Document)
    assert any(row.case_id is None for row in papers)
    assert any(row.case_id is not None for row in papers)
    assert {row.media_type for row in papers} == {"application/pdf"}


def test_a_body_that_changed_the_text_left_its_own_version_of_it(demo: Engine) -> None:
    found = case(demo, "orebro", "Stöd till återuppbyggnad av skolor")
    texts = [row for row in of(demo, "orebro", Proposal) if row.case_id == found.id]
    assert [row.body_id is None for row in texts] == [True, False]


def test_a_third_of_the_council_sends_a_matter_back_in_sweden(demo: Engine) -> None:
    (sent_back,) = (row for row in of(demo, "orebro", Decision) if row.outcome == "refer-back")
    assert (sent_back.votes_for, sent_back.votes_against, sent_back.present) == (4, 7, 11)


@pytest.mark.parametrize(
    ("key", "outcome", "casting"),
    [
        ("orebro", "approve", "for"),
        ("stockholm", "reject", "against"),
        ("oslo", "approve", "for"),
        ("odense", "reject", ""),
    ],
)
def test_equal_votes_fall_as_the_country_says(demo: Engine, key: str, outcome: str, casting: str) -> None:
    tied = [row for row in of(demo, key, Decision) if row.votes_for and row.votes_for == row.votes_against]
    assert [(row.outcome, row.casting_vote) for row in tied] == [(outcome, casting)]


def test_an_administration_without_a_mandate_is_told_so(demo: Engine) -> None:
    found = case(demo, "orebro", "Förvaltningens medlemskap i ett skolbiblioteksnätverk")
    (manager,) = (row.id for row in of(demo, "orebro", Person) if row.username == "manager@orebro")
    told = {
        a.action: a for a in available_actions(gate.read_context(services_for(demo), manager, found.number, now=NOW))
    }
    assert [why.code for why in told["approve"].reasons] == ["no-mandate"]


# -- What the documents tell --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_the_one_reference_to_a_case_nobody_has_is_that_of_the_document(demo: Engine, key: str) -> None:
    with reading(demo, services_for(demo).tenants.tenant(key).id) as session:
        found = dangling(session)
    if key != "oslo":
        assert found == []
    else:
        assert found == [(case(demo, "oslo", "Strategi for Oslo kommunes internasjonale arbeid").number, "143/19")]


def test_the_city_governments_case_stands_as_its_document_leaves_it(demo: Engine) -> None:
    found = case(demo, "oslo", "Strategi for Oslo kommunes internasjonale arbeid")
    assert (found.external_number, found.origin, found.state) == ("98/23", "other-body", "decide:council")
    assert found.due_on < NOW.date()
    done = dict(acts(demo, "oslo", found.number))
    assert (done["open"], done["enter-decision"], done["confirm"]) == ("2022-05-25", "2023-05-25", "2023-05-25")
    versions = {entry.policy_version for entry in of(demo, "oslo", TrailEntry) if entry.stream == found.number}
    assert versions == {"oslo-law"}


def test_the_strategy_that_it_replaces_is_a_case_and_an_engagement_of_2010(demo: Engine) -> None:
    (older,) = (row for row in of(demo, "oslo", Case) if row.external_number == "143/09")
    assert (older.state, older.outcome, older.is_example) == ("concluded", "noted", True)
    assert {day[:4] for _action, day in acts(demo, "oslo", older.number)} == {"2010"}
    (entered,) = (row for row in of(demo, "oslo", Engagement) if row.kind == "policy")
    assert (entered.entered_by, entered.status) == (older.number, "noted")


def test_stockholms_consultation_is_open_and_late(demo: Engine) -> None:
    found = case(demo, "stockholm", "Internationell strategi för Stockholms stad")
    assert (found.state, found.due_on) == ("consult", date(2016, 10, 17))
    keys = {row.id: row.key for row in of(demo, "stockholm", Body)}
    asked = {keys[row.body_id]: row for row in of(demo, "stockholm", Consultation) if row.case_id == found.id}
    assert {key: row.state for key, row in asked.items()} == {
        "miljo-och-halsoskyddsnamnden": "given",
        "stockholms-stadshus-ab": "asked",
    }
    assert asked["miljo-och-halsoskyddsnamnden"].given_at.date() == date(2016, 10, 13)


def test_odense_has_twenty_twin_towns_and_an_overdue_revision(demo: Engine) -> None:
    register = of(demo, "odense", Engagement)
    towns = [row for row in register if row.kind == "twin-agreement" and row.origin == "register"]
    assert len({row.partner_name for row in towns}) == len(towns) == 20
    assert all("Odense Kommunes venskabsbyer" in row.source and not row.is_example for row in towns)
    assert any("SDEO" in row.partner_name and row.kind == "membership" for row in register)
    (framework,) = (row for row in register if row.kind == "policy")
    (revision,) = (row for row in of(demo, "odense", Evaluation) if row.engagement_id == framework.id)
    assert (revision.rule, revision.state, revision.due_on) == ("revision", "pending", date(2025, 12, 31))
    assert revision.due_at < NOW


def test_orebros_four_nordic_twin_towns_are_named_as_examples(demo: Engine) -> None:
    register = of(demo, "orebro", Engagement)
    nordic = [row for row in register if row.named_nordic_twin]
    assert len(nordic) == 4
    assert all(row.is_example and "example" in row.partner_name for row in nordic)
    (peace,) = (row for row in register if row.partner_name == "Mayors for Peace")
    assert (peace.kind, peace.scope, peace.origin, peace.is_example) == (
        "membership",
        "municipality",
        "register",
        False,
    )


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_evaluations_are_late_due_under_way_reported_and_decided(demo: Engine, key: str) -> None:
    today = local_day(NOW, services_for(demo).tenants.tenant(key).timezone)
    found = of(demo, key, Evaluation)
    states = {row.state for row in found}
    assert {"pending", "under-way", "reported", "decided"} <= states
    assert any(row.state == "pending" and row.due_on < today for row in found)
    assert any(row.state == "pending" and row.due_on == today for row in found)
    (reported,) = (row for row in found if row.state == "reported")
    decides = next(row for row in of(demo, key, Case) if row.number == reported.decided_in)
    assert decides.state == "decide:executive-board"
    (decided,) = (row for row in found if row.state == "decided")
    assert decided.outcome == "continue"
    again = [row for row in found if row.engagement_id == decided.engagement_id and row.state == "pending"]
    assert len(again) == 1
