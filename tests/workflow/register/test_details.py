"""Who may keep an engagement's details up to date, what may never be changed so, and what does the journal say?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, insert, select

from models import Disclosure, Document, Engagement, FundingLine, TrailEntry
from models.database import reading, writing
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.audit.verify import verify
from workflow.core.errors import CaseChanged, Malformed, NotFound, NotMandated
from workflow.documents.service import Upload, register_engagement_document
from workflow.register.details import MOST_CONTACTS, MOST_LINES, change_details
from workflow.register.service import register_engagement

PLACE = {"partner_kind": "city", "latitude": "55.70393", "longitude": 13.19321, "participants": 12, "place": "Lund"}
LINE = {"year": 2026, "funding_source": "eu-programme", "funder": "CERV", "amount": 250_000, "currency": "EUR"}
ADA = {"name": "Ada Lund", "role": "Head of office", "email": "ada@example.org"}


@pytest.fixture
def number(orebro: World) -> str:
    return registered(orebro)


def registered(world: World, responsible: str = "kommunstyrelsen") -> str:
    given = {"kind": "twin-agreement", "title": "Twin town Lund", "source": "Minutes 1998", "responsible": responsible}
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)


def keep(world: World, number: str, part: str, given: Any, who: str = "officer", version: int | None = None) -> int:
    known = row(world, number).details_version if version is None else version
    return change_details(world.services, world.people[who], number, part, given, now=world.now, expected_version=known)


def row(world: World, number: str) -> Any:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(
            select(*Engagement.__table__.c).select_from(Engagement).where(Engagement.number == number)
        ).one()


def entries(world: World) -> list[TrailEntry]:
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry).where(TrailEntry.action == "keep-engagement").order_by(TrailEntry.number)
        return list(session.scalars(query))


# -- refusals


@pytest.mark.parametrize("who", ["manager", "chair.executive", "secretary.council", "auditor", "admin", "member1"])
def test_only_officers_there_and_the_coordinator_keep_details(orebro: World, number: str, who: str) -> None:
    with refused(orebro, NotMandated, "not-appointed"):
        keep(orebro, number, "partner", PLACE, who)
    assert row(orebro, number).latitude is None


def test_officer_of_another_administration_keeps_nothing_here(orebro: World, number: str) -> None:
    orebro.add("other", ("officer", "forvaltningen-barn"))
    with refused(orebro, NotMandated, "not-appointed"):
        keep(orebro, number, "contacts", {"contacts": [ADA]}, "other")


def test_officer_of_another_municipality_finds_nothing(orebro: World, number: str) -> None:
    other = build(orebro.engine, "stockholm")
    with refused(orebro, NotFound, "no-actor"):
        change_details(
            orebro.services, other.people["officer"], number, "partner", PLACE, now=orebro.now, expected_version=0
        )


def test_what_is_not_in_the_register_is_not_found(orebro: World) -> None:
    with refused(orebro, NotFound, "not-found"):
        change_details(
            orebro.services,
            orebro.people["officer"],
            "orebro-e-99999",
            "partner",
            PLACE,
            now=orebro.now,
            expected_version=0,
        )


@pytest.mark.parametrize(
    "name",
    [
        *("kind", "title", "partner_name", "partner_country", "starts_on", "ends_on", "notice_on", "responsible"),
        *("goals", "status", "scope", "named_nordic_twin", "eu_funded", "external_funding", "fields", "signature"),
    ],
)
def test_what_was_agreed_or_decided_cannot_be_changed_here(orebro: World, number: str, name: str) -> None:
    with refused(orebro, Malformed, "field-unknown"):
        keep(orebro, number, "partner", PLACE | {name: "x"})


@pytest.mark.parametrize(
    ("part", "given", "code"),
    [
        ("partner", PLACE | {"partner_kind": "planet"}, "field-wrong"),
        ("partner", PLACE | {"latitude": 90.1}, "field-wrong"),
        ("partner", PLACE | {"longitude": "-180.5"}, "field-wrong"),
        ("partner", PLACE | {"latitude": "NaN"}, "field-wrong"),
        ("partner", PLACE | {"latitude": None}, "half-a-place"),
        ("partner", PLACE | {"longitude": None}, "half-a-place"),
        ("partner", PLACE | {"participants": -1}, "field-wrong"),
        ("partner", PLACE | {"participants": 1.5}, "field-wrong"),
        ("contacts", {"contacts": [{"name": ""}]}, "field-wrong"),
        ("contacts", {"contacts": [ADA | {"email": "not an address"}]}, "field-wrong"),
        ("contacts", {"contacts": [ADA | {"email": "a@b.c\nBcc: x@y.z"}]}, "field-wrong"),
        ("contacts", {"contacts": [ADA | {"mandate": "all"}]}, "field-unknown"),
        ("contacts", {"contacts": [ADA] * (MOST_CONTACTS + 1)}, "field-wrong"),
        ("contacts", {}, "field-missing"),
        ("add-funding", LINE | {"year": 1949}, "field-wrong"),
        ("add-funding", LINE | {"amount": -1}, "field-wrong"),
        ("add-funding", LINE | {"amount": 2**31}, "field-wrong"),
        ("add-funding", LINE | {"currency": "kr"}, "field-wrong"),
        ("add-funding", LINE | {"funding_source": "luck"}, "field-wrong"),
        ("add-funding", LINE | {"report_due_on": "later"}, "field-wrong"),
        ("remove-funding", {"id": 1}, "field-wrong"),
        ("remove-funding", {"id": "one"}, "field-wrong"),
        ("everything", {}, "unknown-action"),
    ],
)
def test_what_cannot_be_is_malformed_and_nothing_changes(
    orebro: World, number: str, part: str, given: Any, code: str
) -> None:
    with refused(orebro, Malformed, code):
        keep(orebro, number, part, given)
    assert row(orebro, number).details_version == 0
    assert entries(orebro) == []


def test_the_second_of_two_who_change_the_same_is_told(orebro: World, number: str) -> None:
    keep(orebro, number, "partner", PLACE)
    with refused(orebro, CaseChanged, "details-changed"):
        keep(orebro, number, "contacts", {"contacts": [ADA]}, "coordinator", version=0)
    assert row(orebro, number).contacts == []


def test_line_of_another_engagement_is_not_taken_away(orebro: World, number: str) -> None:
    other = registered(orebro)
    keep(orebro, other, "add-funding", LINE)
    with reading(orebro.engine, orebro.tenant.id) as session:
        line = session.execute(select(FundingLine.id)).scalar_one()
    with refused(orebro, Malformed, "field-wrong"):
        keep(orebro, number, "remove-funding", {"id": line})


def test_lines_of_funding_have_an_end(orebro: World, number: str) -> None:
    line = {"municipality_id": orebro.tenant.id, "engagement_id": row(orebro, number).id, "year": 2020}
    line |= {"source": "own", "funder": "", "amount": 1, "currency": "SEK", "report_due_on": None}
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(insert(FundingLine), [line] * MOST_LINES)
    with refused(orebro, Malformed, "too-many-lines"):
        keep(orebro, number, "add-funding", LINE)


@pytest.mark.parametrize("who", ["manager", "auditor"])
def test_nobody_else_adds_a_document(orebro: World, number: str, who: str) -> None:
    with refused(orebro, NotMandated, "not-appointed"):
        register_engagement_document(orebro.services, orebro.people[who], number, paper(orebro), now=orebro.now)


def paper(world: World) -> Upload:
    return Upload(b"%PDF-1.4 agreement", "agreement.pdf", "Agreement", "incoming", "Lund", world.now.date())


# -- what is kept


@pytest.mark.parametrize("who", ["officer", "coordinator"])
def test_place_is_kept_and_the_journal_tells_it(orebro: World, number: str, who: str) -> None:
    assert keep(orebro, number, "partner", PLACE, who) == 1
    kept = row(orebro, number)
    assert (kept.partner_kind, kept.latitude, kept.longitude, kept.participants) == ("city", 55.70393, 13.19321, 12)
    (entry,) = entries(orebro)
    data = json.loads(entry.data)
    assert (entry.stream, entry.actor_role) == ("orebro-journal", who)
    assert (data["engagement"], data["part"], data["latitude"]) == (number, "partner", "55.70393")
    assert "Lund" not in entry.canonical
    assert kept.title == "Twin town Lund"


def test_contact_persons_are_kept_and_stand_in_no_trail_in_clear(orebro: World, number: str) -> None:
    keep(orebro, number, "contacts", {"contacts": [ADA, {"name": "Bo"}]})
    assert row(orebro, number).contacts == [ADA, {"name": "Bo", "role": "", "email": ""}]
    (entry,) = entries(orebro)
    assert json.loads(entry.data)["contacts"] == 2
    assert "Ada" not in entry.canonical
    with reading(orebro.engine, orebro.tenant.id) as session:
        disclosed = session.scalars(select(Disclosure.value).where(Disclosure.stream == "orebro-journal")).all()
    assert "Ada Lund (Head of office); Bo" in disclosed
    assert not [text for text in disclosed if "@example.org" in text]


def test_a_line_of_funding_comes_and_goes(orebro: World, number: str) -> None:
    keep(orebro, number, "add-funding", LINE | {"report_due_on": "2027-03-31"})
    with reading(orebro.engine, orebro.tenant.id) as session:
        line = session.execute(select(*FundingLine.__table__.c).select_from(FundingLine)).one()
    assert (line.source, line.funder, line.amount, line.currency) == ("eu-programme", "CERV", 250_000, "EUR")
    assert keep(orebro, number, "remove-funding", {"id": line.id}, "coordinator") == 2
    added, removed = (json.loads(entry.data) for entry in entries(orebro))
    assert added["report_due_on"] == removed["report_due_on"] == "2027-03-31"
    assert (added["part"], removed["part"]) == ("add-funding", "remove-funding")
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert session.execute(select(func.count(FundingLine.id))).scalar_one() == 0


def test_document_is_registered_with_its_digest_in_the_journal(orebro: World, number: str) -> None:
    given = register_engagement_document(
        orebro.services, orebro.people["coordinator"], number, paper(orebro), now=orebro.now
    )
    with reading(orebro.engine, orebro.tenant.id) as session:
        document = session.execute(
            select(Document.number, Document.case_id, Document.engagement_id, Document.digest)
        ).one()
    assert (document.number, document.case_id, document.engagement_id) == (given, None, row(orebro, number).id)
    (entry,) = entries(orebro)
    assert json.loads(entry.data)["digest"] == document.digest


def test_trail_of_a_register_that_is_kept_up_to_date_verifies(orebro: World, number: str) -> None:
    keep(orebro, number, "partner", PLACE)
    keep(orebro, number, "contacts", {"contacts": [ADA]})
    keep(orebro, number, "add-funding", LINE)
    register_engagement_document(orebro.services, orebro.people["officer"], number, paper(orebro), now=orebro.now)
    assert list(verify(orebro.engine, municipality="orebro").faults) == []
