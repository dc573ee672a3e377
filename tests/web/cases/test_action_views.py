"""The action pages: refused with the reason and everything typed kept; a whole case carried along by its forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from models import Consultation, Decision, Disclosure, Engagement, Proposal, TrailEntry
from models.database import reading
from tests.web.clients import PDF, Desk, each_store, engine_of, let_in, section, sit, ticked, values, words
from tests.web.conftest import furnished, serving
from tests.workflow.database_contents import contents, refusals
from tests.worlds import World, end_all_mandates
from workflow.documents.service import Upload, attach
from workflow.trail.entry import from_text

TEXT = "We join for three years."
RECORD = {"meeting_date": "2026-09-15", "paragraph": "§ 12", "present": "11", "text": TEXT}


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


def at(world: World, state: str, kind: str = "twin-agreement", **more: Any) -> str:
    """A case that has come to a state."""
    number = world.open(kind, text=TEXT, **more)
    if state != "draft":
        world.walk(number, state)
    return number


def form(desk: Desk, number: str, action: str) -> dict[str, Any]:
    """What stands in the form of an action when it is opened, as a browser would send it."""
    answer = desk.get(f"/cases/{number}/do/{action}")
    assert answer.status_code == 200
    shown: dict[str, Any] = values(answer.text) | ticked(answer.text)
    return {name: value for name, value in shown.items() if name not in ("csrf_token", "next", "language")}


def do(desk: Desk, number: str, action: str, **typed: Any) -> Any:
    """Open the form, change some of it, send it."""
    return desk.send(f"/cases/{number}/do/{action}", {**form(desk, number, action), **typed})


def rows(world: World, table: Any, *columns: Any) -> list[Any]:
    with reading(world.engine, world.tenant.id) as session:
        return list(session.execute(select(*columns).order_by(table.id)))


def last_entry(world: World, number: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Data of a case's latest trail entry, and the texts it commits to; commitments themselves are salted."""
    with reading(world.engine, world.tenant.id) as session:
        of_case = (TrailEntry.stream == number, TrailEntry.number == world.version(number))
        data = from_text(session.execute(select(TrailEntry.data).where(*of_case)).scalar_one())
        del data["committed"]
        texts = (Disclosure.stream == number, Disclosure.number == world.version(number))
        found = session.execute(select(Disclosure.field, Disclosure.value).where(*texts))
        return data, {row.field: row.value for row in found}


#: A matter of principle, with all that a council asks for.
PRINCIPLE: dict[str, Any] = {
    "fields": {"principal_reason": "New.", "representatives": ["A"], "ends_on": "2029-12-31", "cost": "1"}
}


# -- refusals


@pytest.mark.parametrize("action", ["open", "attach", "postpone", "delete", "../confirm"])
def test_an_action_that_does_not_exist_is_not_found(app: Flask, world: World, action: str) -> None:
    number = at(world, "review")
    desk = sit(app, "officer@orebro")
    assert desk.get(f"/cases/{number}/do/{action}").status_code == 404
    assert desk.send(f"/cases/{number}/do/{action}", version="2").status_code == 404


def test_nobody_acts_on_a_case_they_may_not_see(app: Flask, world: World) -> None:
    number = at(world, "draft")
    desk = sit(app, "secretary.council@orebro")
    assert desk.get(f"/cases/{number}/do/submit").status_code == 404
    assert desk.send(f"/cases/{number}/do/submit", version="1").status_code == 404
    assert world.row(number).version == 1


def test_opening_a_form_changes_nothing_and_neither_does_a_form_of_another_site(app: Flask, world: World) -> None:
    number = at(world, "draft")
    desk = sit(app, "officer@orebro")
    desk.get(f"/cases/{number}/do/submit")
    assert desk.browser.client.post(f"/cases/{number}/do/submit", data={"version": "1"}).status_code == 400
    assert world.row(number).version == 1


def test_whoever_holds_no_such_appointment_is_told_so_and_sees_no_form(app: Flask, world: World) -> None:
    number = at(world, "review")
    desk = sit(app, "auditor@orebro")
    page = desk.get(f"/cases/{number}/do/endorse")
    assert page.status_code == 403
    assert "This is for the Line manager of Children and Education Administration" in words(page.text)
    assert 'class="act' not in page.text
    assert desk.send(f"/cases/{number}/do/endorse", version="2").status_code == 403
    assert world.row(number).state == "review"


def test_what_is_not_open_here_is_a_conflict(app: Flask, world: World) -> None:
    number = at(world, "review")
    answer = sit(app, "officer@orebro").get(f"/cases/{number}/do/submit")
    assert answer.status_code == 409
    assert "cannot be done while the case is at" in words(answer.text)


def test_what_is_missing_is_named_with_its_clause_and_leads_to_the_draft(app: Flask, world: World) -> None:
    number = at(world, "draft", goals=[])
    desk = sit(app, "officer@orebro")
    for page in (desk.get(f"/cases/{number}/do/submit"), desk.send(f"/cases/{number}/do/submit", version="1")):
        assert page.status_code == 422
        assert 'href="/policy#orebro/goals"' in section(page.text, "refused-title")
        assert f'href="/cases/{number}/do/amend"' in page.text


def test_the_officer_does_not_endorse_what_they_submitted(app: Flask, world: World) -> None:
    let_in(world, "both", ("officer", "forvaltningen-barn"), ("manager", "forvaltningen-barn"))
    number = at(world, "review")
    world.act("manager", number, "reassign", {"officer": "both@orebro"})
    world.act("manager", number, "refer-back", comment="More.")
    desk = sit(app, "both@orebro")
    do(desk, number, "submit")
    page = desk.get(f"/cases/{number}/do/endorse")
    assert page.status_code == 403
    assert "You submitted or changed this case" in words(page.text)


@each_store
def test_a_lost_race_shows_what_changed_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    number = at(world, "review")
    desk = sit(app, "manager@orebro")
    before = form(desk, number, "refer-back")
    world.act("manager", number, "reassign", {"officer": "officer@orebro"}, "Meanwhile.")
    answer = desk.send(f"/cases/{number}/do/refer-back", {**before, "comment": "Tell us the cost."})
    assert answer.status_code == 409
    told = words(answer.text)
    assert "The case has changed since you opened this page" in told
    assert "Given to another officer , Manager, 15 September 2026 12:00: “Meanwhile.”" in told
    shown = values(answer.text)
    assert shown["comment"] == "Tell us the cost."
    assert shown["version"] == str(world.version(number))
    assert desk.send(f"/cases/{number}/do/refer-back", {**before, **shown}).status_code == 303


def test_a_race_lost_to_the_same_step_keeps_what_was_typed_to_be_read(app: Flask, world: World) -> None:
    number = at(world, "review")
    desk = sit(app, "manager@orebro")
    before = form(desk, number, "refer-back")
    world.act("manager", number, "endorse")
    answer = desk.send(f"/cases/{number}/do/refer-back", {**before, "comment": "Tell us the cost."})
    assert answer.status_code in (403, 409)
    assert "Endorsed" in words(answer.text)
    assert "Tell us the cost." in answer.text
    assert 'class="act' not in answer.text


@pytest.mark.parametrize("version", ["", "x", "-1", "999999999999", "1"])
def test_a_form_without_the_present_version_is_a_lost_race(app: Flask, world: World, version: str) -> None:
    number = at(world, "review")
    answer = sit(app, "manager@orebro").send(f"/cases/{number}/do/endorse", version=version)
    assert answer.status_code == 409
    assert world.row(number).state == "review"


def test_referring_back_without_reasons_is_refused_beside_the_field(app: Flask, world: World) -> None:
    number = at(world, "review")
    answer = do(sit(app, "manager@orebro"), number, "refer-back", comment="  ")
    assert answer.status_code == 422
    assert 'href="#f-comment"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_principle_without_a_reason_is_refused_beside_the_field(app: Flask, world: World) -> None:
    number = at(world, "review", "membership")
    answer = do(sit(app, "manager@orebro"), number, "endorse", principal="yes")
    assert answer.status_code == 422
    assert 'href="#f-reason"' in answer.text
    assert world.row(number).decides == "committee"


@pytest.mark.parametrize(
    ("typed", "field", "told"),
    [
        ({"outcome": ""}, "#f-outcome", "is needed"),
        ({"paragraph": ""}, "#f-paragraph", "is needed"),
        ({"meeting_date": ""}, "#f-meeting-date", "is needed"),
        ({"meeting_date": "2026-09-16"}, "#f-meeting-date", "has not been held yet"),
        ({"present": "many"}, "#f-present", "not valid"),
        ({"conflicts.others": "nobody@orebro"}, "#f-conflicts", "nobody@orebro"),
        ({"text": "Something else."}, "#f-outcome", "the outcome says that nothing was"),
        ({"outcome": "refer-back"}, "#f-comment", "reasons"),
        ({"outcome": "recommend", "proposal": ""}, "#f-proposal", "is needed"),
    ],
)
def test_a_record_that_cannot_stand_is_refused_beside_its_field(
    app: Flask, world: World, typed: dict[str, str], field: str, told: str
) -> None:
    number = at(world, "recommend:responsible")
    given = {**RECORD, "outcome": "recommend", "proposal": "adopt", "for": "6", "against": "5", **typed}
    answer = do(sit(app, "secretary.committee@orebro"), number, "enter-decision", **given)
    assert answer.status_code == 422
    summary = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert f'href="{field}"' in summary
    assert told in words(f"<main{summary}</main>")
    shown = values(answer.text)
    assert shown["for"] == "6"
    assert shown["paragraph"] == given["paragraph"]
    assert world.row(number).state == "recommend:responsible"


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"present": "5"}, "at least 6 must"),
        ({"present": "12"}, "more than the 11 members"),
        ({"for": "4", "against": "4"}, "add up to 8"),
        ({"for": "5", "against": "6"}, "do not carry"),
    ],
)
def test_a_body_that_could_not_decide_so_is_refused_with_the_numbers(
    app: Flask, world: World, typed: dict[str, str], told: str
) -> None:
    number = at(world, "decide:council")
    answer = do(
        sit(app, "secretary.council@orebro"), number, "enter-decision", **{**RECORD, "outcome": "approve"} | typed
    )
    assert answer.status_code == 422
    assert told in words(answer.text)


def test_a_decision_that_lacks_what_the_policy_demands_names_field_and_clause(app: Flask, world: World) -> None:
    number = at(world, "decide:council", fields={"representatives": ["A"]})
    desk = sit(app, "secretary.council@orebro")
    answer = do(desk, number, "enter-decision", **RECORD, outcome="approve")
    assert answer.status_code == 422
    summary = answer.text.partition('class="error-summary"')[2].partition("</div>")[0]
    assert 'href="#f-fields-ends-on"' in summary
    assert "orebro/twins.time-limited" in summary
    assert '<details class="more" open>' in answer.text
    again = do(desk, number, "enter-decision", **RECORD, outcome="approve-amended", **{"fields.ends_on": "2029-12-31"})
    assert again.status_code == 303
    (changes,) = rows(world, Decision, Decision.changes)[-1]
    assert changes["fields"] == {"representatives": ["A"], "ends_on": "2029-12-31"}
    record = sit(app, "chair.council@orebro").get(f"/cases/{number}/do/confirm").text
    told = words("<main" + section(record, "record-title") + "</main>")
    assert "Changes: Last day 31 December 2029" in told
    assert told.count("Changes:") == 1


def test_whoever_entered_the_record_does_not_confirm_it(app: Flask, world: World) -> None:
    let_in(world, "both", ("secretary", "programnamnd-barn"), ("chair", "programnamnd-barn"))
    number = at(world, "recommend:responsible")
    desk = sit(app, "both@orebro")
    given = {**RECORD, "present": "11", "outcome": "recommend", "proposal": "adopt"}
    assert do(desk, number, "enter-decision", **given).status_code == 303
    page = desk.get(f"/cases/{number}/do/confirm")
    assert page.status_code == 403
    assert "You entered this decision" in words(page.text)


def test_no_mandate_no_decision(app: Flask, world: World) -> None:
    number = at(world, "decide:responsible", "exchange", responsible="forvaltningen-barn")
    end_all_mandates(world, date(2026, 9, 14))
    page = sit(app, "manager@orebro").get(f"/cases/{number}/do/approve")
    assert page.status_code == 403
    assert "decides only under a recorded mandate" in words(page.text)


def test_a_digest_of_another_paper_is_no_signature(app: Flask, world: World) -> None:
    number = at(world, "sign")
    answer = do(sit(app, "chair.executive@orebro"), number, "sign", document_digest="0" * 64)
    assert answer.status_code == 422
    assert 'href="#f-document-digest"' in answer.text


def test_saving_a_draft_that_nobody_changed_is_refused(app: Flask, world: World) -> None:
    number = at(world, "draft")
    answer = do(sit(app, "officer@orebro"), number, "amend")
    assert answer.status_code == 422
    assert "Nothing was changed." in words(answer.text)
    assert world.row(number).version == 1


@each_store
@pytest.mark.parametrize(
    ("state", "kind", "who", "action", "typed"),
    [
        ("draft", "membership", "officer", "amend", {}),
        (
            "decide:council",
            "twin-agreement",
            "secretary.council",
            "enter-decision",
            {**RECORD, "outcome": "approve", "text": "Something else."},
        ),
        (
            "decide:council",
            "twin-agreement",
            "secretary.council",
            "enter-decision",
            {**RECORD, "outcome": "approve", "fields.cost": "Twice as much."},
        ),
    ],
)
def test_a_form_that_contradicts_the_case_leaves_nothing_and_no_line_in_the_access_log(
    app: Flask, world: World, state: str, kind: str, who: str, action: str, typed: dict[str, str]
) -> None:
    number = at(world, state, kind)
    desk = sit(app, f"{who}@orebro")
    before = contents(world.engine, world.tenant.id, but=())
    answer = do(desk, number, action, **typed)
    assert answer.status_code == 422
    assert "error-summary" in answer.text
    assert contents(world.engine, world.tenant.id, but=()) == before


def test_a_refusal_is_logged_once(app: Flask, world: World) -> None:
    number = at(world, "review")
    sit(app, "auditor@orebro").send(f"/cases/{number}/do/endorse", version="2")
    (line,) = refusals(world.engine, world.tenant.id)
    assert (line.subject, line.action) == (number, "endorse")


def test_a_record_that_lost_the_race_to_the_same_step_is_kept_to_be_read(app: Flask, world: World) -> None:
    number = at(world, "decide:council")
    desk = sit(app, "secretary.council@orebro")
    before = form(desk, number, "enter-decision")
    world.walk(number, "sign")
    typed = {**before, **RECORD, "outcome": "approve-amended", "text": "Our own words.", "conflicts.others": "a@b"}
    answer = desk.send(f"/cases/{number}/do/enter-decision", typed)
    assert answer.status_code == 409
    assert "Our own words." in answer.text
    assert "The case has changed since you opened this page" in answer.text
    assert world.row(number).state == "sign"


def test_a_draft_that_lost_a_race_shows_what_changed_and_keeps_what_was_typed(app: Flask, world: World) -> None:
    number = at(world, "draft", "membership")
    desk = sit(app, "officer@orebro")
    before = form(desk, number, "amend")
    world.act("officer", number, "amend", {"title": "Meanwhile"})
    typed = {**before, "title": "Mine", "goals": [], "attributes.eu_funded": "yes", "secrecy.note": "Hush."}
    answer = desk.send(f"/cases/{number}/do/amend", typed)
    assert answer.status_code == 409
    shown = values(answer.text)
    assert (shown["title"], shown["attributes.eu_funded"], shown["secrecy.note"]) == ("Mine", "yes", "Hush.")
    assert "goals" not in ticked(answer.text)
    assert world.row(number).title == "Meanwhile"


# -- permissions


def test_the_page_of_an_action_shows_all_that_is_needed_to_decide(app: Flask, world: World) -> None:
    number = at(world, "decide:council", fields={"cost": "40 000 a year", "representatives": ["A"]})
    page = words(sit(app, "secretary.council@orebro").get(f"/cases/{number}/do/enter-decision").text)
    for told in (
        TEXT,
        "Municipal executive board: Recommend – adopt it",
        "Cost 40 000 a year",
        "orebro/levels.council",
        "Missing Last day",
        "The body has 11 members today; at least 6 must take part.",
        "Yes, to the proposal as it stands.",
    ):
        assert told in page, told


@each_store
def test_a_draft_is_changed_and_judged_again(app: Flask, world: World) -> None:
    number = at(world, "draft", "membership")
    desk = sit(app, "officer@orebro")
    typed = {"attributes.scope": "municipality", "fields.operating_plan_ref": "", "partner.name": "Aarhus"}
    assert do(desk, number, "amend", **typed, comment="The whole town now.").status_code == 303
    case = world.row(number)
    assert (case.scope, case.decides, case.partner_name, case.partner_country) == (
        "municipality",
        "executive-board",
        "Aarhus",
        "FI",
    )
    assert "operating_plan_ref" not in case.fields
    assert case.fields["purpose"] == "Learn how others prepare for floods"
    assert case.proposal_version == 1
    assert do(desk, number, "amend", text="We join.\r\nFor good.").status_code == 303
    assert [row[0] for row in rows(world, Proposal, Proposal.text)] == [TEXT, "We join.\nFor good."]


def test_boxes_that_nobody_ticks_are_changes(app: Flask, world: World) -> None:
    number = at(world, "draft", "membership", attributes={"eu_funded": True})
    desk = sit(app, "officer@orebro")
    assert world.row(number).goals
    typed = {name: value for name, value in form(desk, number, "amend").items() if name != "goals"}
    del typed["attributes.eu_funded"]
    assert desk.send(f"/cases/{number}/do/amend", typed).status_code == 303
    case = world.row(number)
    assert (case.eu_funded, case.goals) == (False, [])


def test_a_country_is_taken_out_of_a_draft(app: Flask, world: World) -> None:
    number = at(world, "draft", "membership")
    assert do(sit(app, "officer@orebro"), number, "amend", **{"partner.country": ""}).status_code == 303
    case = world.row(number)
    assert (case.partner_name, case.partner_country) == ("Turku", "")


def test_only_what_differs_is_in_the_trail(app: Flask, world: World) -> None:
    number = at(world, "draft", "membership")
    desk = sit(app, "officer@orebro")
    assert do(desk, number, "amend", title="Another").status_code == 303
    by_screen = last_entry(world, number)
    other = at(world, "draft", "membership")
    world.act("officer", other, "amend", {"title": "Another"})
    assert by_screen == last_entry(world, other)
    assert by_screen[1] == {"title": "Another"}


def test_a_body_that_changes_nothing_leaves_the_request_as_it_was(app: Flask, world: World) -> None:
    number = at(world, "decide:council", attributes={"principal": True, "eu_funded": True}, **PRINCIPLE)
    desk = sit(app, "secretary.council@orebro")
    assert do(desk, number, "enter-decision", **RECORD, outcome="approve").status_code == 303
    (changes,) = rows(world, Decision, Decision.changes)[-1]
    assert changes == {}


def test_a_draft_can_be_asked_who_would_decide_it_without_being_changed(app: Flask, world: World) -> None:
    number = at(world, "draft", "membership")
    typed = {"attributes.scope": "municipality", "do": "preview", "title": "New title"}
    answer = do(sit(app, "officer@orebro"), number, "amend", **typed)
    assert answer.status_code == 200
    assert "With these changes Municipal executive board decides" in words(answer.text)
    assert values(answer.text)["title"] == "New title"
    assert world.row(number).version == 1


@each_store
def test_a_twin_town_is_carried_from_draft_to_signature_by_its_forms(app: Flask, world: World) -> None:
    number = at(world, "draft")
    officer, manager = sit(app, "officer@orebro"), sit(app, "manager@orebro")
    assert do(officer, number, "submit").headers["Location"] == f"/cases/{number}"
    assert do(manager, number, "endorse", comment="Well prepared.").status_code == 303
    changed = {"outcome": "recommend", "proposal": "amended", "text": "We join for two years."}
    conflicts = ["member1@orebro", "member2@orebro"]
    votes = {"for": "5", "against": "3", "abstained": "1", "conflicts": conflicts}
    for body, record in (
        ("committee", changed | votes),
        ("executive", {"outcome": "recommend", "proposal": "adopt", "text": "We join for two years."}),
        ("council", {"outcome": "approve", "text": "We join for two years."}),
    ):
        entered = do(sit(app, f"secretary.{body}@orebro"), number, "enter-decision", **{**RECORD, **record})
        assert entered.status_code == 303, words(entered.text)
        assert do(sit(app, f"chair.{body}@orebro"), number, "confirm").status_code == 303
    world.later(days=3)
    signed = {"counter_signed_on": "2026-09-18", "signatories": "Chair\r\nVice chair", "method": "electronic"}
    assert do(sit(app, "chair.executive@orebro"), number, "sign", **signed).status_code == 303
    case = world.row(number)
    assert (case.state, case.outcome, case.proposal_version) == ("concluded", "approved", 2)
    decisions = rows(world, Decision, Decision.outcome, Decision.votes_for, Decision.abstained, Decision.conflicts)
    assert decisions[0] == ("recommend", 5, 1, conflicts)
    assert [row.outcome for row in decisions] == ["recommend", "recommend", "approve"]
    (signature,) = rows(world, Engagement, Engagement.signature)[0]
    assert signature["method"] == "electronic"
    assert "Vice chair" in signature["signatories"]
    assert signature["in_force_on"] == "2026-09-18"


def test_the_chair_sees_the_record_and_the_change_it_makes(app: Flask, world: World) -> None:
    number = at(world, "recommend:responsible")
    given = {**RECORD, "outcome": "recommend", "proposal": "amended", "text": "We join for two years."}
    do(sit(app, "secretary.committee@orebro"), number, "enter-decision", **given)
    page = sit(app, "chair.committee@orebro").get(f"/cases/{number}/do/confirm").text
    record = section(page, "record-title")
    assert "§ 12" in record
    assert "two</ins>" in record
    assert "three</del>" in record


def test_a_record_is_returned_and_corrected_with_what_stood_in_it(app: Flask, world: World) -> None:
    number = at(world, "recommend:responsible")
    secretary, chair = sit(app, "secretary.committee@orebro"), sit(app, "chair.committee@orebro")
    given = {**RECORD, "outcome": "recommend", "proposal": "decline", "conflicts.others": "member4@orebro"}
    do(secretary, number, "enter-decision", **given)
    shown = form(secretary, number, "enter-decision")
    assert (shown["outcome"], shown["proposal"], shown["paragraph"]) == ("recommend", "decline", "§ 12")
    assert (shown["conflicts"], shown["conflicts.others"]) == (["member4@orebro"], "")
    assert do(secretary, number, "enter-decision", paragraph="§ 13", **{"conflicts.others": ""}).status_code == 303
    assert do(chair, number, "refer-back", comment="Wrong date.").status_code == 303
    assert world.row(number).state == "recommend:responsible"


def test_a_manager_raises_a_matter_of_principle_to_the_council(app: Flask, world: World) -> None:
    number = at(world, "review", "membership", fields={"operating_plan_ref": "3.2"})
    answer = do(sit(app, "manager@orebro"), number, "endorse", principal="yes", reason="A new line for the town.")
    assert answer.status_code == 303
    case = world.row(number)
    assert (case.principal, case.decides, case.principal_reason) == (True, "council", "A new line for the town.")


def test_a_reason_without_the_tick_changes_nothing(app: Flask, world: World) -> None:
    number = at(world, "review", "membership")
    assert do(sit(app, "manager@orebro"), number, "endorse", reason="None.").status_code == 303
    assert not world.row(number).principal


@each_store
def test_a_case_is_given_to_an_officer_chosen_from_a_list(app: Flask, world: World) -> None:
    id_ = let_in(world, "next", ("officer", "forvaltningen-barn"))
    let_in(world, "elsewhere", ("officer", "bolagsledningen"))
    number = at(world, "review")
    desk = sit(app, "manager@orebro")
    page = desk.get(f"/cases/{number}/do/reassign").text
    assert 'value="next@orebro"' in page
    assert 'value="elsewhere@orebro"' not in page
    assert 'value="officer@orebro"' not in page
    assert do(desk, number, "reassign", officer="").status_code == 422
    assert do(desk, number, "reassign", officer="next@orebro").status_code == 303
    assert world.row(number).officer_id == id_


def test_a_manager_decides_under_the_mandate_that_is_shown(app: Flask, world: World) -> None:
    number = at(world, "decide:responsible", "visit", responsible="forvaltningen-barn")
    desk = sit(app, "manager@orebro")
    page = words(desk.get(f"/cases/{number}/do/approve").text)
    assert "Delegation order, 4.1: given by Committee for Children and Education" in page
    assert do(desk, number, "reject", comment="").status_code == 422
    assert do(desk, number, "approve").status_code == 303
    assert "Mandate Delegation order, 4.1" in sit(app, "auditor@orebro").read(f"/cases/{number}")


def test_what_was_signed_is_a_paper_of_the_case(app: Flask, world: World) -> None:
    number = at(world, "sign")
    upload = Upload(PDF, "agreement.pdf", "The agreement", "drawn-up", "", world.now.date())
    version = world.version(number)
    attach(world.services, world.people["officer"], number, upload, now=world.now, expected_version=version)
    desk = sit(app, "chair.executive@orebro")
    page = desk.get(f"/cases/{number}/do/sign").text
    digest = page.partition("The agreement (orebro-l-")[0].rpartition('value="')[2].partition('"')[0]
    assert "added after the decision" in page
    signed = {"document_digest": digest, "counter_signed_on": world.now.date().isoformat()}
    answer = do(desk, number, "sign", **signed)
    assert answer.status_code == 422
    assert "The document was added after the decision." in words(answer.text)
    signed["derived_from"] = "decided-text"
    shown = words(do(desk, number, "sign", **signed, do="compare").text)
    assert "What is signed beside what was before the body" in shown
    assert "To be signed The agreement (orebro-l-2026-00001), " in shown
    assert "Their texts cannot be compared here." in shown
    assert world.row(number).state == "sign"
    assert do(desk, number, "sign", **signed).status_code == 422  # nobody has said what differs
    assert do(desk, number, "sign", **signed, difference="Both seals").status_code == 303
    assert rows(world, Engagement, Engagement.signature)[0][0]["digest"] == digest


def test_a_request_is_withdrawn_by_who_asked(app: Flask, world: World) -> None:
    number = at(world, "review")
    assert do(sit(app, "officer@orebro"), number, "withdraw", comment="No longer needed.").status_code == 303
    assert world.row(number).state == "withdrawn"


# -- consultation


@pytest.fixture
def stockholm(engine: Engine) -> World:
    return furnished(engine, "stockholm")


@pytest.fixture
def stockholm_app(stockholm: World) -> Iterator[Flask]:
    yield from serving(stockholm)


@each_store
def test_bodies_answer_and_silence_is_recorded_as_silence(stockholm_app: Flask, stockholm: World) -> None:
    number = stockholm.open("policy", "adopt", attributes={"initiative": "own"})
    stockholm.walk(number, "consult")
    secretary = sit(stockholm_app, "secretary.committee@stockholm")
    shown = form(secretary, number, "give-opinion")
    assert do(secretary, number, "give-opinion", opinion=" ").status_code == 422
    assert do(secretary, number, "give-opinion", opinion="In favour, with care.").status_code == 303
    again = secretary.send(
        f"/cases/{number}/do/give-opinion",
        {**shown, "version": str(stockholm.version(number)), "opinion": "Twice."},
    )
    assert again.status_code == 422
    coordinator = sit(stockholm_app, "coordinator@stockholm")
    page = words(coordinator.get(f"/cases/{number}/do/close-consultation").text)
    assert "In favour, with care." in page
    states = {row[0] for row in rows(stockholm, Consultation, Consultation.state)}
    assert ("recorded as silent" in page) == ("asked" in states)
    assert do(coordinator, number, "close-consultation").status_code == 303
    assert "asked" not in {row[0] for row in rows(stockholm, Consultation, Consultation.state)}
    told = sit(stockholm_app, "auditor@stockholm").read(f"/cases/{number}")
    assert ("Silent." in told) == ("asked" in states)


@pytest.mark.parametrize(("typed", "type_"), [("15/9 2026", "text"), ("2026-02-31", "text"), ("2026-09-16", "date")])
def test_day_that_was_refused_stays_as_it_was_typed(app: Flask, world: World, typed: str, type_: str) -> None:
    number = at(world, "sign")
    answer = do(sit(app, "chair.executive@orebro"), number, "sign", signed_on=typed)
    assert answer.status_code == 422
    field = next(tag for tag in re.findall(r"<input [^>]*>", answer.text) if 'name="signed_on"' in tag)
    assert f'type="{type_}"' in field
    assert f'value="{typed}"' in field
