"""The new-request page: told at once who decides, refused with the clause, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from models import Case, Document
from models.database import reading
from tests.web.clients import PDF, Desk, counted, each_store, engine_of, let_in, section, sit, values, words
from tests.web.conftest import furnished, serving
from tests.workflow.database_contents import contents
from tests.worlds import World
from workflow.documents.service import Upload, register_letter
from workflow.register.service import register_engagement

TWIN = {"engagement": "twin-agreement", "act": "enter", "responsible": "programnamnd-barn"}
ASKED = {"attributes.scope": "own-area", "attributes.initiative": "own", "attributes.external_funding": "0"}
TOLD: dict[str, Any] = {
    "title": "Twin town: Novi Sad",
    "partner.name": "Novi Sad",
    "partner.country": "RS",
    "text": "We enter a twin-town agreement.\r\nIt is evaluated.",
    "goals": ["develop-operations", "strategy-budget"],
    "fields.representatives": "A. Andersson\r\nB. Berg",
    "fields.ends_on": "2029-12-31",
    "fields.cost": "40 000",
    "origin": "own",
}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def how_many(world: World, table: type[Case] | type[Document] = Case) -> int:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(func.count(table.id))).scalar_one()


def only_case(world: World) -> Any:
    with reading(world.engine, world.tenant.id) as session:
        return session.execute(select(*Case.__table__.c).select_from(Case)).one()


def registered(world: World, title: str, **more: Any) -> str:
    given = {"kind": "membership", "title": title, "source": "Minutes 1993", "responsible": "programnamnd-barn"}
    return register_engagement(world.services, world.people["officer"], "orebro", given | more, now=world.now)


# -- refusals


def test_a_stranger_is_sent_to_the_log_in_page(app: Flask) -> None:
    assert app.test_client().get("/cases/new").headers["Location"].startswith("/login")


@pytest.mark.parametrize("who", ["manager", "auditor", "admin", "secretary.council", "member1"])
def test_nobody_but_an_officer_starts_a_request(app: Flask, world: World, who: str) -> None:
    desk = sit(app, f"{who}@orebro")
    assert desk.get("/cases/new").status_code == 403
    assert desk.send("/cases/new", {**TWIN, **ASKED, **TOLD}, do="create").status_code == 403
    assert how_many(world) == 0


def test_a_form_of_another_site_opens_nothing(officer: Desk, world: World) -> None:
    answer = officer.browser.client.post("/cases/new", data={**TWIN, **ASKED, **TOLD, "do": "create"})
    assert answer.status_code == 400
    assert how_many(world) == 0


@pytest.mark.parametrize(
    ("sent", "field", "told"),
    [
        ({}, "f-engagement", "Choose what it is about."),
        ({"engagement": "castle", "act": "enter"}, "f-engagement", "Choose what it is about."),
        ({"engagement": "visit"}, "f-act", "Choose what is to be done."),
        ({"engagement": "visit", "act": "adopt"}, "f-act", "Choose what is to be done."),
        ({"engagement": "policy", "act": "enter"}, "f-act", "Choose what is to be done."),
        ({**TWIN, "attributes.external_funding": "101"}, "f-attributes-external-funding", "from 0 to 100"),
        ({**TWIN, "attributes.external_funding": "half"}, "f-attributes-external-funding", "from 0 to 100"),
    ],
)
def test_what_is_not_answered_is_named_and_linked(officer: Desk, sent: dict[str, str], field: str, told: str) -> None:
    answer = officer.send("/cases/new", sent, do="preview")
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    assert told in words(answer.text)
    assert "decides this" not in answer.text


def test_a_missing_title_is_said_beside_its_field_and_everything_typed_stays(officer: Desk, world: World) -> None:
    answer = officer.send("/cases/new", {**TWIN, **ASKED, **TOLD, "title": " "}, do="create")
    assert answer.status_code == 422
    assert 'href="#f-title"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    shown = values(answer.text)
    assert shown["partner.name"] == "Novi Sad"
    assert shown["partner.country"] == "RS"
    assert shown["text"] == "We enter a twin-town agreement.\nIt is evaluated."
    assert shown["fields.representatives"] == "A. Andersson\nB. Berg"
    assert shown["fields.ends_on"] == "2029-12-31"
    assert answer.text.count('name="goals" value="develop-operations" checked') == 1
    assert how_many(world) == 0


def test_an_impossible_day_is_said_beside_its_field(officer: Desk, world: World) -> None:
    answer = officer.send("/cases/new", {**TWIN, **ASKED, **TOLD, "fields.ends_on": "2029-02-30"}, do="create")
    assert answer.status_code == 422
    assert 'href="#f-fields-ends-on"' in answer.text
    assert values(answer.text)["fields.ends_on"] == "2029-02-30"
    assert how_many(world) == 0


def test_principle_without_a_reason_is_refused(officer: Desk, world: World) -> None:
    answer = officer.send("/cases/new", {**TWIN, **ASKED, **TOLD, "attributes.principal": "yes"}, do="create")
    assert answer.status_code == 422
    assert 'href="#f-fields-principal-reason"' in answer.text
    assert how_many(world) == 0


def test_what_is_typed_is_shown_as_text_and_never_as_marks(officer: Desk) -> None:
    answer = officer.send(
        "/cases/new", {**TWIN, **ASKED, **TOLD, "title": "", "text": "</textarea><script>x"}, do="create"
    )
    assert "<script>x" not in answer.text


def test_answers_that_the_page_no_longer_asks_are_kept(officer: Desk) -> None:
    sent = {"engagement": "visit", "act": "enter", **ASKED, **TOLD}
    shown = values(officer.send("/cases/new", sent, do="preview").text)
    assert shown["fields.representatives"].splitlines() == ["A. Andersson", "B. Berg"]


def test_another_bodys_matter_is_refused_with_the_reason(app: Flask, world: World) -> None:
    let_in(world, "elsewhere", ("officer", "bolagsledningen"))
    desk = sit(app, "elsewhere@orebro")
    answer = desk.send("/cases/new", {**TWIN, **ASKED, **TOLD}, do="create")
    assert answer.status_code == 403
    assert "Case officer of Children and Education Administration" in words(answer.text)
    assert how_many(world) == 0


@pytest.fixture
def stockholm(sqlite_engine: Engine) -> Iterator[Flask]:
    yield from serving(furnished(sqlite_engine, "stockholm"))


@pytest.mark.parametrize("do", ["preview", "create"])
def test_what_the_policy_forbids_is_refused_with_its_clause(stockholm: Flask, do: str) -> None:
    desk = sit(stockholm, "officer@stockholm")
    sent = {"engagement": "twin-agreement", "act": "enter", **ASKED, "title": "A twin"}
    answer = desk.send("/cases/new", sent, do=do)
    assert answer.status_code == 422
    shown = section(answer.text, "answer-title")
    assert "Nobody may decide this" in shown
    assert 'href="/policy#stockholm/no-twins"' in shown
    assert "Open the draft" not in answer.text


# -- permissions


def test_the_answer_names_body_clause_way_and_demands_and_writes_nothing(officer: Desk, world: World) -> None:
    answer = officer.send("/cases/new", {**TWIN, **ASKED}, do="preview")
    assert answer.status_code == 200
    shown = section(answer.text, "answer-title")
    assert "Municipal council decides this" in shown
    assert 'href="/policy#orebro/levels.council"' in shown
    assert "<svg" in shown
    assert [step for step in ("Draft", "Review", "Recommendation", "Decision", "Signature") if step in shown]
    assert "orebro/twins.time-limited" in shown
    assert "Assumed:" in shown
    assert how_many(world) == 0


def test_required_fields_are_marked_with_step_and_clause(officer: Desk) -> None:
    page = officer.send("/cases/new", {**TWIN, **ASKED}, do="preview").text
    field = page.partition('id="f-fields-ends-on-demand"')[2].partition("</div>")[0]
    assert "Required before the decision" in field
    assert "orebro/twins.time-limited" in field


def test_a_link_with_kind_and_act_is_answered_at_once(officer: Desk) -> None:
    page = officer.read("/cases/new?engagement=membership&act=enter&attributes.scope=municipality")
    assert "Municipal executive board decides this" in page


@each_store
def test_the_draft_holds_everything_that_was_typed(officer: Desk, world: World) -> None:
    answer = officer.send("/cases/new", {**TWIN, **ASKED, **TOLD}, do="create")
    case = only_case(world)
    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/cases/{case.number}"
    assert (case.title, case.state, case.decides) == ("Twin town: Novi Sad", "draft", "council")
    assert (case.partner_name, case.partner_country) == ("Novi Sad", "RS")
    assert case.goals == ["develop-operations", "strategy-budget"]
    assert case.fields == {
        "representatives": ["A. Andersson", "B. Berg"],
        "ends_on": "2029-12-31",
        "cost": "40 000",
    }
    assert "is open" in officer.get(answer.headers["Location"]).text


def test_a_request_changed_after_the_answer_is_answered_again_before_it_opens(officer: Desk, world: World) -> None:
    page = officer.send("/cases/new", {**TWIN, **ASKED}, do="preview").text
    sent = {**TWIN, **ASKED, **TOLD, "judged": values(page)["judged"], "engagement": "exchange"}
    answer = officer.send("/cases/new", sent, do="create")
    assert answer.status_code == 200
    assert "Nothing has been opened yet" in answer.text
    assert "Committee for Children and Education decides this" in words(answer.text)
    assert how_many(world) == 0
    again = officer.send("/cases/new", {**sent, "judged": values(answer.text)["judged"]}, do="create")
    assert again.status_code == 303


def test_an_administration_is_told_of_its_mandate(officer: Desk, world: World) -> None:
    sent = {"engagement": "exchange", "act": "enter", "responsible": "forvaltningen-barn", **ASKED}
    assert "under the mandate Delegation order, 4.1" in words(officer.send("/cases/new", sent, do="preview").text)


def test_answers_to_what_is_not_asked_any_more_are_not_in_the_draft(officer: Desk, world: World) -> None:
    sent = {"engagement": "visit", "act": "enter", "responsible": "programnamnd-barn", **ASKED, **TOLD}
    assert officer.send("/cases/new", {**sent, "fields.knowledge_plan": "Kept."}, do="create").status_code == 303
    fields = only_case(world).fields
    assert "knowledge_plan" not in fields
    assert fields["cost"] == "40 000"


def test_boxes_that_nobody_ticks_are_noes(officer: Desk, world: World) -> None:
    told = {name: value for name, value in TOLD.items() if name != "goals"}
    assert officer.send("/cases/new", {**TWIN, **ASKED, **told}, do="create").status_code == 303
    case = only_case(world)
    assert (case.goals, case.eu_funded, case.principal) == ([], False, False)


@pytest.mark.parametrize(
    "sent",
    [
        {**TWIN, "judged": "another answer", "title": "A"},
        {"engagement": "visit", "title": "A"},
        {**TWIN, "attributes.external_funding": "101", "title": "A"},
        {"engagement": "membership", "act": "renew", "title": "A"},
    ],
)
def test_a_request_that_is_not_ready_leaves_nothing_and_no_line_in_the_access_log(
    officer: Desk, world: World, sent: dict[str, str]
) -> None:
    before = contents(world.engine, world.tenant.id, but=())
    assert officer.send("/cases/new", sent, do="create").status_code in (200, 422)
    assert contents(world.engine, world.tenant.id, but=()) == before


# -- the register


@each_store
def test_renewing_first_asks_which_and_then_takes_everything_from_the_register(officer: Desk, world: World) -> None:
    number = registered(world, "Cities for Water", scope="municipality", partner_name="CfW", external_funding=20)
    sent = {"engagement": "membership", "act": "renew", **ASKED}
    asked = officer.send("/cases/new", sent, do="preview")
    assert asked.status_code == 200
    assert "Which one in the register?" in asked.text
    assert "error-summary" not in asked.text
    sent |= {"picker": "shown", "engagement_number": number, "attributes.scope": "own-area"}
    assert "Municipal executive board decides this" in officer.send("/cases/new", sent, do="preview").text
    assert officer.send("/cases/new", {**sent, "title": "Stay in it"}, do="create").status_code == 303
    case = only_case(world)
    assert (case.scope, case.external_funding, case.partner_name) == ("municipality", 20, "CfW")


def test_the_register_must_be_chosen_from_once_it_is_shown(officer: Desk, world: World) -> None:
    registered(world, "Cities for Water")
    answer = officer.send("/cases/new", {"engagement": "membership", "act": "renew", "picker": "shown"}, do="preview")
    assert answer.status_code == 422
    assert 'href="#f-engagement-number"' in answer.text


def test_an_engagement_of_another_kind_cannot_be_chosen(officer: Desk, world: World) -> None:
    number = registered(world, "A twin", kind="twin-agreement")
    sent = {"engagement": "membership", "act": "renew", "picker": "shown", "engagement_number": number, "title": "x"}
    assert officer.send("/cases/new", sent, do="create").status_code == 422
    assert how_many(world) == 0


@each_store
def test_the_register_is_searched_by_typing_and_pages_by_key(officer: Desk, world: World) -> None:
    for index in range(27):
        registered(world, f"Network {index:02}", partner_name="Aarhus" if index == 26 else "Turku")
    sent = {"engagement": "membership", "act": "renew", "picker": "shown"}
    first = officer.send("/cases/new", sent, do="find").text
    assert "Network 24" in first
    assert "Network 25" not in first
    after = first.partition('name="after" value="')[2].partition('"')[0]
    more = officer.send("/cases/new", sent, after=after).text
    assert "Network 26" in more
    assert "Network 24" not in more
    found = officer.send("/cases/new", {**sent, "find": "aarh"}, do="find").text
    assert "Network 26" in found
    assert "Network 25" not in found


# -- from a letter


@each_store
def test_a_request_begun_from_a_letter_comes_from_outside_and_takes_the_letter_along(
    officer: Desk, world: World
) -> None:
    upload = Upload(PDF, "invitation.pdf", "Invitation to Turku", "incoming", "City of Turku", world.now.date())
    letter = register_letter(world.services, world.people["officer"], "orebro", upload, now=world.now)
    first = officer.get(f"/cases/new?letter={letter}").text
    assert values(first)["attributes.initiative"] == "external"
    sent = {"engagement": "visit", "act": "enter", "responsible": "programnamnd-barn", "letter": letter}
    shown = values(officer.send("/cases/new", {**sent, "attributes.initiative": "external"}, do="preview").text)
    assert (shown["title"], shown["partner.name"], shown["origin"]) == (
        "Invitation to Turku",
        "City of Turku",
        "outside",
    )
    told = {"title": shown["title"], "origin": shown["origin"], "attributes.initiative": "external"}
    answer = officer.send("/cases/new", {**sent, **told, "take_letter": "yes"}, do="create")
    assert answer.status_code == 303
    case = only_case(world)
    assert (case.origin, case.initiative, case.version) == ("outside", "external", 2)
    assert f"Invitation to Turku ({letter})" in officer.get(f"/cases/{case.number}").text


def test_the_page_of_a_request_takes_few_statements(app: Flask, officer: Desk, world: World) -> None:
    registered(world, "Cities for Water")
    officer.get("/cases/new")
    with counted(app) as seen:
        officer.get("/cases/new?engagement=membership&act=renew")
    assert len(seen) <= 5
