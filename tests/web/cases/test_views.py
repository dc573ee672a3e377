"""The case page and the list: hidden from whoever may not see, and telling at a glance to whoever may."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select, update

from models import AccessLog, Appointment, Case
from models.database import reading, writing
from tests.web.clients import counted, each_store, engine_of, let_in, section, sit, words
from tests.web.conftest import furnished
from tests.worlds import World
from workflow.policy.actions import ACTIONS

TEXT = "We join for three years.\n\nThe fee is 40 000 a year; see case 143/19."


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


def at_council(world: World, **more: object) -> str:
    """A twin-town agreement that the committee has changed, on its way to the council's decision."""
    number = world.open("twin-agreement", text=TEXT, **more)
    world.walk(number, "recommend:responsible")
    changed = TEXT.replace("three", "two")
    votes = {"for": 6, "against": 4}
    decision = world.decision("recommend", proposal="amended", text=changed, conflicts=["member3@orebro"], **votes)
    world.act("secretary.committee", number, "enter-decision", decision, "A shorter time.")
    world.step(number)
    world.walk(number, "decide:council")
    return number


# -- refusals


@each_store
def test_a_draft_is_seen_by_its_officer_and_manager_alone(app: Flask, world: World) -> None:
    number = world.open("visit")
    for who in ("auditor", "secretary.council", "coordinator", "admin", "chair.committee"):
        assert sit(app, f"{who}@orebro").get(f"/cases/{number}").status_code == 404
    for who in ("officer", "manager"):
        assert sit(app, f"{who}@orebro").get(f"/cases/{number}").status_code == 200


@each_store
def test_a_secret_case_is_seen_on_its_way_and_by_auditors_alone(app: Flask, world: World) -> None:
    number = world.open("visit", secrecy={"law": "OSL 15:1", "note": ""}, title="Kept quiet")
    world.walk(number, "review")
    let_in(world, "elsewhere", ("secretary", "bolagsstyrelsen"))
    for who, status in (("elsewhere", 404), ("secretary.committee", 200), ("auditor", 200), ("officer", 200)):
        desk = sit(app, f"{who}@orebro")
        assert desk.get(f"/cases/{number}").status_code == status, who
        assert ("Kept quiet" in desk.read("/cases")) == (status == 200), who


@each_store
def test_whoever_reads_a_secret_case_stands_in_the_access_log(app: Flask, world: World) -> None:
    open_, secret = world.open("visit"), world.open("visit", secrecy={"law": "OSL 15:1", "note": ""})
    for number in (open_, secret):
        world.walk(number, "review")
    desk = sit(app, "manager@orebro")
    paths = ("", "/do/endorse", "/documents")
    for number in (open_, secret):
        for path in paths:
            assert desk.get(f"/cases/{number}{path}").status_code == 200
    with reading(world.engine, world.tenant.id) as session:
        logged = session.execute(select(AccessLog.person_id, AccessLog.subject).where(AccessLog.what == "read")).all()
    assert logged == [(world.people["manager"], secret)] * len(paths)


@each_store
def test_another_municipality_has_no_such_case(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "review")
    furnished(world.engine, "oslo")
    stranger = sit(app, "officer@oslo")
    for path in (f"/cases/{number}", f"/cases/{number}/documents", f"/cases/{number}/do/endorse"):
        assert stranger.get(path).status_code == 404
    assert number not in stranger.read("/cases?show=all")


@pytest.mark.parametrize("number", ["orebro-2026-00099", "nowhere-2026-00001", "x", "orebro-2026-00001%27"])
def test_a_number_that_nothing_bears_is_not_found(app: Flask, world: World, number: str) -> None:
    assert sit(app, "officer@orebro").get(f"/cases/{number}").status_code == 404


@each_store
def test_the_list_leaves_out_other_peoples_drafts(app: Flask, world: World) -> None:
    world.open("visit", title="Still a draft")
    submitted = world.open("visit", title="Handed in")
    world.walk(submitted, "review")
    assert "Still a draft" not in sit(app, "auditor@orebro").read("/cases")
    assert "Handed in" in sit(app, "auditor@orebro").read("/cases")
    assert "Still a draft" in sit(app, "officer@orebro").read("/cases")
    assert "Still a draft" in sit(app, "manager@orebro").read("/cases")


def test_what_people_wrote_is_text_and_never_marks(app: Flask, world: World) -> None:
    evil = "<script>alert(1)</script><img src=x>"
    number = world.open("twin-agreement", title=evil, text=evil, partner={"name": evil, "country": ""})
    world.walk(number, "recommend:responsible")
    decision = world.decision("recommend", proposal="amended", text=f"{evil} and more", paragraph=evil[:90])
    world.act("secretary.committee", number, "enter-decision", decision, evil)
    for path in (f"/cases/{number}", "/cases", f"/cases/{number}/do/confirm"):
        page = sit(app, "chair.committee@orebro").get(path).text
        assert "<script" not in page
        assert "<img" not in page


def test_no_button_leads_to_an_action_that_is_refused(app: Flask, world: World) -> None:
    numbers = [world.open("twin-agreement", fields={}), world.open("exchange"), at_council(world)]
    world.walk(numbers[1], "sign")
    for who in ("officer", "manager", "secretary.committee", "chair.executive", "secretary.council", "auditor"):
        desk = sit(app, f"{who}@orebro")
        for number in numbers:
            page = desk.get(f"/cases/{number}")
            if page.status_code == 404:
                continue
            offered = set(re.findall(rf'href="/cases/{number}/do/([a-z-]+)"', page.text))
            open_ = {action for action, told in world.actions(who, number).items() if told.allowed}
            assert offered == open_, (who, number)
            for action in ACTIONS:
                status = desk.get(f"/cases/{number}/do/{action}").status_code
                assert (status == 200) == (action in open_), (who, number, action)


# -- at a glance


def test_the_page_tells_where_it_is_who_has_it_until_when_and_who_decides(app: Flask, world: World) -> None:
    number = at_council(world)
    page = sit(app, "officer@orebro").get(f"/cases/{number}").text
    glance = words("<main" + page.partition('<dl class="glance">')[2].partition("</dl>")[0] + "</main>")
    assert "Decision: Municipal council" in glance
    assert "Secretary, Municipal council Secretary.Council" in glance
    assert "14 December 2026 90 days left" in glance
    assert 'href="/policy#orebro/levels.council"' in page
    assert "The council settles the policy" in page


def test_a_late_case_says_how_late_in_words(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "review")
    due = world.row(number).due_on
    world.now += timedelta(days=(due - world.now.date()).days + 3)
    page = sit(app, "manager@orebro").get(f"/cases/{number}").text
    assert re.search(r'class="late"[^>]*>3 days late', page)
    assert "3 days late" in sit(app, "manager@orebro").read("/cases")


def test_a_seat_that_nobody_holds_is_said(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "review")
    with writing(world.engine, world.tenant.id) as connection:
        body = world.tenant.body_ids["bolagsledningen"]
        connection.execute(update(Case).where(Case.number == number).values(waits_role="chair", waits_body_id=body))
    assert "Nobody holds this seat today." in sit(app, "officer@orebro").read(f"/cases/{number}")


def test_what_cannot_be_done_is_told_with_the_reason_and_clause(app: Flask, world: World) -> None:
    number = world.open("twin-agreement", goals=[])
    page = sit(app, "officer@orebro").get(f"/cases/{number}").text
    doing = section(page, "doing-title")
    assert ">Change the draft</a>" in doing
    assert "What I cannot do now, and why" in doing
    why = doing.partition("<dt>Submit</dt>")[2].partition("</dd>")[0]
    assert "“Goals” is required before this step." in why
    assert 'href="/policy#orebro/goals"' in why


def test_somebody_elses_case_names_its_officer(app: Flask, world: World) -> None:
    number = world.open("visit")
    let_in(world, "manager2", ("manager", "forvaltningen-barn"), ("officer", "forvaltningen-barn"))
    assert "it is with Officer" in sit(app, "manager2@orebro").read(f"/cases/{number}")


def test_the_way_is_a_picture_with_words_for_who_cannot_see_it(app: Flask, world: World) -> None:
    number = at_council(world)
    way = section(sit(app, "officer@orebro").get(f"/cases/{number}").text, "way-title")
    assert f'<title id="route-title">The way of the case {number}</title>' in way
    assert "5. Decision: Municipal council (Here now)." in way
    assert "3. Recommendation: Committee for Children and Education (Done 15 Sept)." in way
    assert way.count('aria-current="step"') == 1
    assert way.count('class="stop stop-here"') == 1


def test_every_change_of_the_text_is_seen_word_by_word(app: Flask, world: World) -> None:
    number = at_council(world)
    shown = section(sit(app, "auditor@orebro").get(f"/cases/{number}").text, "proposal-title")
    plain = re.sub(r'<span class="visually-hidden">[^<]*</span>', "", shown)
    assert "<del>three</del><ins>two</ins> years" in plain
    assert "as changed by Committee for Children and Education" in shown
    assert "written by Officer" not in shown.partition("How it came about")[0]


def test_decisions_tell_meeting_votes_conflicts_and_who_wrote_and_confirmed(app: Flask, world: World) -> None:
    number = at_council(world)
    page = sit(app, "auditor@orebro").get(f"/cases/{number}").text
    told = words("<main" + section(page, "decisions-title") + "</main>")
    assert "Committee for Children and Education: Recommend – adopt it with changes" in told
    assert "Decided on 15 September 2026, § 12" in told
    assert "11 of 11 members" in told
    assert "6 for, 4 against, 0 abstained" in told
    assert "Left for conflict of interest Member 3" in told
    assert "Written down Secretary.Committee" in told
    assert "Confirmed Chair.Committee" in told


def test_a_record_that_waits_is_marked_as_not_confirmed(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "decide:responsible")
    world.step(number)
    assert "Not confirmed yet." in sit(app, "auditor@orebro").read(f"/cases/{number}")


def test_requirements_are_shown_as_there_or_missing_with_step_and_clause(app: Flask, world: World) -> None:
    number = world.open("twin-agreement", fields={"representatives": ["A"]})
    page = sit(app, "officer@orebro").get(f"/cases/{number}").text
    told = words("<main" + section(page, "demands-title") + "</main>")
    assert "There Representatives , before the decision" in told
    assert re.search(r"Missing Last day\s*, before the decision orebro/twins.time-limited", told)
    assert "Assumed:" in told


def test_a_mention_of_no_case_here_is_a_warning(app: Flask, world: World) -> None:
    number = world.open("visit", text=TEXT)
    assert "It mentions a case that is not here: 143/19" in sit(app, "officer@orebro").read(f"/cases/{number}")
    world.open("visit", title="The old one", external_number="143/19")
    assert "It mentions a case" not in sit(app, "officer@orebro").read(f"/cases/{number}")


def test_history_tells_who_in_which_role_when_and_what_they_said(app: Flask, world: World) -> None:
    number = at_council(world)
    page = sit(app, "auditor@orebro").get(f"/cases/{number}").text
    told = words("<main" + section(page, "history-title") + "</main>")
    entry = told.partition("Decision entered: recommend 15 September 2026 12:00 Secretary.Committee, secretary,")[2]
    assert entry.startswith(" Committee for Children and Education")
    assert "A shorter time." in entry
    assert told.endswith("Opened 15 September 2026 12:00 Officer, case officer, Children and Education Administration")


def test_a_closed_case_says_how_it_ended_and_offers_nothing(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number)
    page = sit(app, "officer@orebro").get(f"/cases/{number}").text
    assert "Nothing more can be done with it." in page
    assert "/do/" not in page
    assert "Approved" in words(page)


def test_an_example_and_a_secret_are_marked(app: Flask, world: World) -> None:
    number = world.open("visit", secrecy={"law": "OSL 15:1", "note": "foreign relations"})
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Case).where(Case.number == number).values(is_example=True))
    page = sit(app, "officer@orebro").read(f"/cases/{number}")
    assert "Example" in page
    assert "Secret under OSL 15:1. foreign relations" in page


@each_store
def test_a_long_history_takes_no_more_statements_than_a_short_one(app: Flask, world: World) -> None:
    short, long = world.open("twin-agreement"), at_council(world)
    for index in range(6):
        world.act("officer", short, "amend", {"text": f"{TEXT} {index}"})
    desk = sit(app, "officer@orebro")
    counts = []
    for number in (short, long):
        desk.get(f"/cases/{number}")
        with counted(app) as seen:
            desk.get(f"/cases/{number}")
        counts.append(len(seen))
    assert max(counts) <= 16
    assert abs(counts[0] - counts[1]) <= 1  # a draft waits for its officer: nobody is looked up


def test_old_versions_and_entries_are_left_to_the_trail(app: Flask, world: World) -> None:
    number = world.open("visit")
    for index in range(110):
        world.act("officer", number, "amend", {"text": f"Text {index}"})
    page = sit(app, "officer@orebro").read(f"/cases/{number}")
    assert "Version 111 against version 110" in page
    assert "Version 100 against version 99" in page
    assert "Version 99 against version 98" not in page
    assert "What is older stands in the trail." in page


# -- the list


@each_store
def test_the_list_pages_by_key_newest_first(app: Flask, world: World) -> None:
    numbers = [world.open("visit", title=f"Visit {index:02}") for index in range(27)]
    desk = sit(app, "officer@orebro")
    first = desk.get("/cases").text
    assert "Visit 26" in first
    assert "Visit 02" in first
    assert "Visit 01" not in first
    following = re.search(r'href="(/cases\?[^"]*after=[\w-]+)"', first)
    assert following is not None
    second = desk.read(following.group(1).replace("&amp;", "&"))
    assert "Visit 01" in second
    assert "Visit 02" not in second
    assert len(numbers) == 27
    with counted(app) as seen:
        desk.get("/cases")
    assert len(seen) <= 5


def test_the_list_shows_open_closed_or_mine(app: Flask, world: World) -> None:
    closed, open_ = world.open("visit", title="Over"), world.open("visit", title="Under way")
    world.walk(closed)
    world.walk(open_, "review")
    desk = sit(app, "auditor@orebro")
    assert "Over" not in section_of_rows(desk.get("/cases").text)
    assert "Over" in section_of_rows(desk.get("/cases?show=closed").text)
    assert section_of_rows(desk.get("/cases?show=mine").text) == ""
    assert desk.get("/cases?show=nonsense&after=x").status_code == 200


def section_of_rows(page: str) -> str:
    return page.partition('<ul class="case-list">')[2].partition("</main>")[0]


@each_store
def test_a_number_leads_straight_to_its_case(app: Flask, world: World) -> None:
    number = world.open("visit", external_number="98/23")
    desk = sit(app, "officer@orebro")
    for wanted in (number, number.upper(), "98/23"):
        assert desk.get(f"/cases?number={wanted}").headers["Location"] == f"/cases/{number}"
    assert "No case that you may see" in sit(app, "auditor@orebro").read(f"/cases?number={number}")


@pytest.mark.parametrize("language", ["sv", "nb", "da"])
def test_the_pages_stand_in_every_language(app: Flask, world: World, language: str) -> None:
    number = at_council(world)
    desk = sit(app, "officer@orebro")
    desk.send("/language", {"language": language})
    page = desk.get(f"/cases/{number}")
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text
    assert desk.get("/cases/new?engagement=visit&act=enter").status_code == 200


# -- what was sent back, and what waits


def test_case_that_was_referred_back_says_on_top_what_was_asked_and_by_whom(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "review")
    world.act("manager", number, "refer-back", comment="Say who pays the travel.")
    desk = sit(app, "officer@orebro")
    for path in (f"/cases/{number}", f"/cases/{number}/do/submit"):
        page = desk.read(path)
        asked = page.index("Say who pays the travel.")
        assert page.index("Referred back") < asked < page.index("Manager, line manager") < page.index("Where it is")
    assert "It was referred back: answer what was asked" in desk.read("/")
    world.act("officer", number, "submit")
    assert 'id="referral-title"' not in desk.get(f"/cases/{number}").text


def test_case_that_a_body_referred_back_says_what_the_body_asked(app: Flask, world: World) -> None:
    number = world.open("visit", responsible="programnamnd-barn")
    world.walk(number, "decide:responsible")
    decision = world.decision("refer-back", text="Ask the schools first.")
    world.act("secretary.committee", number, "enter-decision", decision)
    world.act("chair.committee", number, "confirm")
    page = sit(app, "officer@orebro").read(f"/cases/{number}")
    assert (
        page.index("Decision confirmed: refer back") < page.index("Ask the schools first.") < page.index("Where it is")
    )


def test_record_that_the_chair_returned_says_why_to_the_secretary(app: Flask, world: World) -> None:
    number = world.open("visit", responsible="programnamnd-barn")
    world.walk(number, "confirm-decide:responsible")
    world.act("chair.committee", number, "refer-back", comment="We were ten, not eleven.")
    page = sit(app, "secretary.committee@orebro").read(f"/cases/{number}")
    assert page.index("Record returned to the secretary") < page.index("We were ten") < page.index("Where it is")


def test_fresh_draft_was_referred_back_by_nobody(app: Flask, world: World) -> None:
    number = world.open("visit")
    desk = sit(app, "officer@orebro")
    assert 'id="referral-title"' not in desk.get(f"/cases/{number}").text
    assert "Complete the draft and submit it" in desk.read("/")


def test_next_step_stands_before_everything_else_of_the_case(app: Flask, world: World) -> None:
    number = world.open("visit")
    world.walk(number, "review")
    assert words_in_order(sit(app, "manager@orebro").read(f"/cases/{number}"), "What can I do now?", "Where it is")
    assert words_in_order(sit(app, "auditor@orebro").read(f"/cases/{number}"), "Where it is", "What can I do now?")


def words_in_order(page: str, *words: str) -> bool:
    """Whether some words of a page come in this order."""
    found = [page.index(word) for word in words]
    return found == sorted(found)


def test_agreement_that_waits_for_the_other_party_says_so(app: Flask, world: World) -> None:
    number = world.open("twin-agreement")
    world.walk(number, "awaiting-counterpart")
    page = sit(app, "officer@orebro").read(f"/cases/{number}")
    assert "Waits for the other party’s signature" in page
    assert "Signature recorded. The other party’s day is not known" in page
    assert "Record when the other party signed" in page
    assert "We signed 15 September 2026 The partner signed Not known In force since Not known" in page
    world.walk(number)
    page = sit(app, "officer@orebro").read(f"/cases/{number}")
    assert "The partner signed 15 September 2026 In force since 15 September 2026" in page


def test_who_presided_finds_and_confirms_the_record_after_the_term(app: Flask, world: World) -> None:
    number = world.open("visit", responsible="programnamnd-barn", title="A visit from Lahti")
    world.walk(number, "confirm-decide:responsible")
    with writing(world.engine, world.tenant.id) as connection:
        theirs = Appointment.person_id == world.people["chair.committee"]
        connection.execute(update(Appointment).where(theirs).values(ends_on=world.now.date()))
    world.later(days=1)
    desk = sit(app, "chair.committee@orebro")
    waiting = desk.read("/")
    assert "A visit from Lahti" in waiting
    assert "Confirm what was entered" in waiting
    assert "Chair.Committee" in desk.read(f"/cases/{number}")
    form = desk.get(f"/cases/{number}/do/confirm")
    assert form.status_code == 200
    assert desk.send(f"/cases/{number}/do/confirm", {"version": str(world.version(number))}).status_code == 303
    assert world.row(number).state == "concluded"
    assert desk.get(f"/cases/{number}").status_code == 403  # no seat is left
