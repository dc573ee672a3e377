"""Is the gate the only way in, and in which order does it refuse?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from models import Appointment, Person, Proposal
from models.database import writing
from tests.workflow.database_contents import contents, refusals
from tests.workflow.refusals import refused
from tests.worlds import World, build
from workflow.cases import gate
from workflow.cases.actions.context import ActionContext
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotFound, NotMandated, RequirementMissing


def today(world: World) -> date:
    """The day on which the tests act."""
    return world.now.date()


def deactivate(world: World, who: str) -> None:
    """Make a person's account inactive."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Person).where(Person.id == world.people[who]).values(is_active=False))


def dated(world: World, who: str, *, starts: date | None = None, ends: date | None = None) -> None:
    """Move the beginning or the end of all of a person's appointments."""
    changes = {name: day for name, day in (("starts_on", starts), ("ends_on", ends)) if day}
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Appointment).where(Appointment.person_id == world.people[who]).values(changes))


# -- who is let in at all


def test_case_nobody_has_is_not_found(orebro: World) -> None:
    with refused(orebro, NotFound, "not-found"):
        gate.act(
            orebro.services,
            orebro.people["officer"],
            "orebro-2026-99999",
            "submit",
            {},
            now=orebro.now,
            expected_version=1,
        )


def test_number_of_no_municipality_is_not_found(orebro: World) -> None:
    with pytest.raises(NotFound):
        gate.act(
            orebro.services,
            orebro.people["officer"],
            "atlantis-2026-00001",
            "submit",
            {},
            now=orebro.now,
            expected_version=1,
        )


def test_person_of_another_municipality_does_not_find_the_case(orebro: World) -> None:
    other = build(orebro.engine, "stockholm")
    number = orebro.open("visit")
    orebro.walk(number, "review")
    for who in ("manager", "officer", "chair.council", "auditor", "admin"):
        with refused(orebro, NotFound, "no-actor"):
            gate.act(orebro.services, other.people[who], number, "endorse", {}, now=orebro.now, expected_version=2)
        with pytest.raises(NotFound):
            gate.read_context(orebro.services, other.people[who], number, now=orebro.now)


def test_person_without_an_account_that_is_active_is_not_found(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    deactivate(orebro, "manager")
    with refused(orebro, NotFound, "no-actor"):
        orebro.act("manager", number, "endorse")


def test_person_who_holds_no_office_does_not_find_a_case(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    orebro.add("passer-by")
    with refused(orebro, NotFound, "not-found"):
        orebro.act("passer-by", number, "endorse")


@pytest.mark.parametrize("who", ["coordinator", "auditor", "admin", "chair.executive", "secretary.council", "member0"])
def test_draft_is_not_found_by_strangers_before_it_is_submitted(orebro: World, who: str) -> None:
    number = orebro.open("visit")
    with refused(orebro, NotFound, "not-found"):
        orebro.act(who, number, "amend", {"title": "Mine"})
    orebro.act("officer", number, "submit")
    assert orebro.look(who, number).state == "review"


def test_draft_is_seen_by_its_author_and_their_manager(orebro: World) -> None:
    number = orebro.open("visit")
    assert orebro.look("officer", number).state == "draft"
    assert orebro.look("manager", number).state == "draft"


def test_draft_of_one_administration_is_not_found_by_the_manager_of_another(orebro: World) -> None:
    orebro.add("other.manager", ("manager", "kommunstyrelseforvaltningen"))
    orebro.add("other.officer", ("officer", "forvaltningen-barn"))
    number = orebro.open("visit", responsible="programnamnd-barn")
    for who in ("other.manager", "other.officer"):
        with refused(orebro, NotFound, "not-found"):
            orebro.act(who, number, "reassign", {"officer": "officer@orebro"})


def test_draft_that_was_submitted_once_stays_visible(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.act("officer", number, "submit")
    orebro.act("manager", number, "refer-back", comment="Say more")
    assert orebro.look("auditor", number).state == "draft"


# -- secrecy


def secret(world: World, engagement: str, **more: object) -> str:
    """A submitted case that is kept secret."""
    number = world.open(engagement, **{"secrecy": {"law": "OSL 15:1", "note": "Foreign affairs"}, **more})
    world.act("officer", number, "submit")
    return number


def test_secret_case_is_not_found_by_those_who_have_no_part_in_it(orebro: World) -> None:
    orebro.add("other.officer", ("officer", "kommunstyrelseforvaltningen"))
    orebro.add("councillor", ("member", "kommunfullmaktige"))
    number = secret(orebro, "visit", responsible="programnamnd-barn")
    for who in ("other.officer", "councillor", "chair.council", "secretary.council", "chair.executive", "coordinator"):
        with refused(orebro, NotFound, "not-found"):
            orebro.act(who, number, "withdraw")


@pytest.mark.parametrize("who", ["officer", "manager", "secretary.committee", "chair.committee", "auditor", "member0"])
def test_secret_case_is_seen_by_those_on_its_way_and_by_the_auditor(orebro: World, who: str) -> None:
    number = secret(orebro, "visit", responsible="programnamnd-barn")
    assert orebro.look(who, number).state == "review"


def test_case_made_secret_in_the_draft_is_secret_from_then_on(orebro: World) -> None:
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.act("officer", number, "amend", {"secrecy": {"law": "OSL 15:1", "note": ""}})
    orebro.act("officer", number, "submit")
    with refused(orebro, NotFound, "not-found"):
        orebro.act("chair.council", number, "confirm")


def test_secret_case_reaches_its_end(orebro: World) -> None:
    number = secret(orebro, "twin-agreement")
    assert orebro.walk(number) == "concluded"


def test_signatory_of_a_secret_case_sees_it(odense: World) -> None:
    # the manager approves, so the chair of the economy committee, who is on no other step, must sign
    number = secret(odense, "project")
    odense.walk(number, "sign")
    assert odense.actions("chair.executive", number)["sign"].allowed
    assert odense.walk(number) == "concluded"


def test_bodies_asked_for_their_opinion_see_a_secret_case(stockholm: World) -> None:
    stockholm.add("secretary.company", ("secretary", "stockholms-stadshus-ab"))
    number = secret(stockholm, "policy", act="adopt", attributes={})
    stockholm.walk(number, "consult")
    stockholm.act("secretary.company", number, "give-opinion", {"opinion": "In favour"})
    assert stockholm.walk(number) == "concluded"


# -- the order of refusals: 404, 422 malformed, 403, 409 stale, 409 not open, 422 missing


def test_what_cannot_be_seen_is_not_found_however_malformed_the_request(orebro: World) -> None:
    number = orebro.open("visit")
    with refused(orebro, NotFound, "not-found"):
        orebro.act("auditor", number, "amend", {"colour": "red"})


def test_unknown_action_is_malformed(orebro: World) -> None:
    number = orebro.open("visit")
    for action in ("to_concluded", "conclude", "open", "register", "", "submit "):
        with refused(orebro, Malformed, "unknown-action"):
            orebro.act("officer", number, action)


def test_malformed_request_of_a_stranger_is_malformed_first(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with refused(orebro, Malformed, "field-unknown"):
        orebro.act("auditor", number, "submit", {"colour": "red"})


def test_malformed_request_names_every_wrong_field(orebro: World) -> None:
    number = orebro.open("visit")
    payload = {"title": "", "colour": "red", "attributes": {"external_funding": 101}, "fields": {"ends_on": "soon"}}
    with refused(orebro, Malformed, "field-wrong", "field-wrong", "field-wrong", "field-unknown") as caught:
        orebro.act("officer", number, "amend", payload)
    assert {why.values["field"] for why in caught.value.reasons} == {
        *("title", "colour", "attributes.external_funding", "fields.ends_on")
    }


def test_stranger_with_a_stale_page_is_told_that_they_may_not(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with refused(orebro, NotMandated, "not-appointed"):
        gate.act(orebro.services, orebro.people["auditor"], number, "endorse", {}, now=orebro.now, expected_version=1)


def test_stale_page_comes_before_the_action_being_closed(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with refused(orebro, CaseChanged, "changed"):
        gate.act(orebro.services, orebro.people["officer"], number, "submit", {}, now=orebro.now, expected_version=1)
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act("officer", number, "submit")


def test_stale_page_comes_before_what_is_missing(orebro: World) -> None:
    number = orebro.open("visit", goals=[])
    orebro.act("officer", number, "amend", {"title": "Another"})
    with refused(orebro, CaseChanged, "changed"):
        gate.act(orebro.services, orebro.people["officer"], number, "submit", {}, now=orebro.now, expected_version=1)
    with refused(orebro, RequirementMissing, "missing", "missing"):
        orebro.act("officer", number, "submit")


@pytest.mark.parametrize("version", [0, 1, 3, -1])
def test_only_the_present_version_is_acted_on(orebro: World, version: int) -> None:
    number = orebro.open("visit")
    orebro.act("officer", number, "amend", {"title": "Another"})
    with refused(orebro, CaseChanged, "changed"):
        gate.act(
            orebro.services, orebro.people["officer"], number, "submit", {}, now=orebro.now, expected_version=version
        )


def test_stranger_to_an_action_that_is_closed_is_told_that_it_is_not_theirs(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number)
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("auditor", number, "endorse")
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act("manager", number, "endorse")


# -- appointments are those of the day


def test_appointment_that_ended_yesterday_gives_no_right(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    orebro.add("second", ("manager", "kommunstyrelseforvaltningen"))  # so that the case is still seen
    dated(orebro, "manager", ends=today(orebro) - timedelta(days=1))
    with refused(orebro, NotFound, "not-found"):
        orebro.act("manager", number, "endorse")


def test_appointment_that_begins_tomorrow_gives_no_right_yet(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    orebro.add("next", ("manager", "forvaltningen-barn"), since=today(orebro) + timedelta(days=1))
    orebro.add("auditor2", ("auditor", "kommunfullmaktige"))
    with refused(orebro, NotFound, "not-found"):
        orebro.act("next", number, "endorse")
    orebro.later(days=1)
    orebro.act("next", number, "endorse")


def test_appointment_holds_on_its_first_and_on_its_last_day(orebro: World) -> None:
    number = orebro.open("visit")
    dated(orebro, "officer", starts=today(orebro), ends=today(orebro))
    orebro.act("officer", number, "submit")
    dated(orebro, "manager", ends=today(orebro))
    orebro.act("manager", number, "endorse")


def test_last_day_ends_at_midnight_in_the_municipality_and_not_in_utc(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    dated(orebro, "manager", ends=today(orebro))
    orebro.now = orebro.now.replace(hour=22, minute=30)  # half past midnight in Örebro
    with refused(orebro, NotFound, "not-found"):
        orebro.act("manager", number, "endorse")
    orebro.now -= timedelta(hours=1)
    orebro.act("manager", number, "endorse")


def test_deputys_appointment_gives_none_of_the_members_rights_outside_a_meeting(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "confirm-decide:responsible")
    deputy = orebro.add("deputy", ("auditor", "kommunfullmaktige"))
    row = {
        "municipality_id": orebro.tenant.id,
        "person_id": deputy,
        "body_id": orebro.tenant.body_ids["programnamnd-barn"],
        "role": "chair",
        "starts_on": date(2026, 1, 1),
        "deputy_for_id": orebro.people["chair.committee"],
    }
    with writing(orebro.engine, orebro.tenant.id) as connection:
        connection.execute(insert(Appointment), row)
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("deputy", number, "confirm")


def test_role_in_another_body_is_no_role_here(orebro: World) -> None:
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.walk(number, "review")
    orebro.add("other", ("manager", "kommunstyrelseforvaltningen"))
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("other", number, "endorse")


def test_administrator_decides_no_case(orebro: World) -> None:
    number = orebro.open("visit")
    while (state := orebro.row(number).state) != "concluded":
        for action in ("endorse", "enter-decision", "confirm", "reassign", "withdraw"):
            payload = {"enter-decision": orebro.decision(), "reassign": {"officer": "admin@orebro"}}.get(action, {})
            if state == "draft":
                with refused(orebro, NotFound, "not-found"):
                    orebro.act("admin", number, action, payload)
            elif action in orebro.actions("officer", number):
                with refused(orebro, NotMandated, "not-appointed"):
                    orebro.act("admin", number, action, payload)
        orebro.step(number)


# -- what an act leaves behind


def test_act_counts_the_version_up_by_one_and_returns_it(orebro: World) -> None:
    number = orebro.open("visit")
    assert orebro.version(number) == 1
    assert orebro.act("officer", number, "amend", {"title": "Another"}) == 2
    assert orebro.act("officer", number, "submit") == 3


def test_act_changes_no_other_case(orebro: World) -> None:
    number, other = orebro.open("visit"), orebro.open("visit")
    before = orebro.row(other)
    orebro.walk(number)
    assert orebro.row(other) == before


def test_reading_changes_nothing(orebro: World) -> None:
    number = orebro.open("visit")
    before = contents(orebro.engine, orebro.tenant.id, but=())
    for who in ("officer", "manager"):
        orebro.actions(who, number)
    assert contents(orebro.engine, orebro.tenant.id, but=()) == before


def test_refusal_says_who_tried_what_and_when(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("auditor", number, "endorse")
    (line,) = refusals(orebro.engine, orebro.tenant.id)
    assert (line.person_id, line.subject, line.action) == (orebro.people["auditor"], number, "endorse")
    assert line.at == orebro.now


def test_failure_that_is_no_refusal_leaves_nothing(orebro: World) -> None:
    number = orebro.open("visit")
    before = contents(orebro.engine, orebro.tenant.id, but=())
    with pytest.raises(AttributeError):
        gate.act(
            orebro.services,
            orebro.people["officer"],
            number,
            "amend",
            {"title": "Another"},
            now=orebro.now,
            expected_version=1,
            comment=None,  # type: ignore[arg-type]  # a fault of the edge
        )
    assert contents(orebro.engine, orebro.tenant.id, but=()) == before


# -- payloads settled in the transaction


def settled(world: World, who: str, number: str, version: int, payload: gate.Payload, action: str = "amend") -> None:
    """An act whose payload is settled in its transaction."""
    gate.act(world.services, world.people[who], number, action, payload, now=world.now, expected_version=version)


def unsettled(_context: ActionContext) -> Mapping[str, Any]:
    """A payload that cannot be settled."""
    raise LookupError


def test_payload_is_settled_by_the_case_as_it_is_in_the_transaction(orebro: World) -> None:
    number = orebro.open("visit", text="We receive them.")

    def longer(context: ActionContext) -> Mapping[str, Any]:
        return {"title": f"{context.case.title}, again", "text": f"{context.proposal()} Twice."}

    settled(orebro, "officer", number, 1, longer)
    assert orebro.row(number).title == "A visit, again"
    with writing(orebro.engine, orebro.tenant.id) as connection:
        texts = connection.execute(select(Proposal.text).order_by(Proposal.version)).scalars().all()
    assert texts == ["We receive them.", "We receive them. Twice."]


def test_settled_payload_is_read_like_any_other(orebro: World) -> None:
    number = orebro.open("visit")
    with refused(orebro, Malformed, "field-unknown"):
        settled(orebro, "officer", number, 1, lambda _context: {"castle": "x"})


def test_payload_that_cannot_be_settled_leaves_nothing(orebro: World) -> None:
    number = orebro.open("visit")
    before = contents(orebro.engine, orebro.tenant.id, but=())
    with pytest.raises(LookupError):
        settled(orebro, "officer", number, 1, unsettled)
    assert contents(orebro.engine, orebro.tenant.id, but=()) == before


def test_payload_is_settled_only_for_who_may_see_the_case(orebro: World) -> None:
    number = orebro.open("visit")
    with refused(orebro, NotFound, "not-found"):
        settled(orebro, "secretary.council", number, 1, unsettled)


def test_payload_is_settled_before_it_is_asked_who_may_act(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with pytest.raises(LookupError):
        settled(orebro, "auditor", number, 1, unsettled, "endorse")
    with refused(orebro, NotMandated, "not-appointed"):
        settled(orebro, "auditor", number, 1, lambda _context: {}, "endorse")


def test_draft_is_settled_in_the_transaction_of_its_opening(orebro: World) -> None:
    def open_settled(settle: gate.Settle) -> str:
        draft = {"municipality": "orebro"}
        return gate.open_case(orebro.services, orebro.people["officer"], draft, now=orebro.now, settle=settle)

    number = open_settled(lambda _connection, draft: {**orebro.draft("visit"), **draft, "title": "Settled"})
    assert orebro.row(number).title == "Settled"
    before = contents(orebro.engine, orebro.tenant.id, but=())

    def stop(connection: Connection, _draft: Mapping[str, Any]) -> Mapping[str, Any]:
        connection.execute(update(Person).values(is_active=False))
        raise LookupError

    with pytest.raises(LookupError):
        open_settled(stop)
    assert contents(orebro.engine, orebro.tenant.id, but=()) == before


def test_case_waits_for_who_acts_next_until_the_day_the_route_gives(orebro: World) -> None:
    number = orebro.open("visit", responsible="programnamnd-barn")
    row = orebro.row(number)
    assert (row.waits_person_id, row.waits_role, row.due_on) == (orebro.people["officer"], None, None)
    orebro.act("officer", number, "submit")  # Tuesday 15 September; ten working days
    row = orebro.row(number)
    assert (row.waits_role, orebro.tenant.body_keys[row.waits_body_id]) == ("manager", "forvaltningen-barn")
    assert (row.waits_person_id, row.due_on) == (None, date(2026, 9, 29))
    orebro.act("manager", number, "endorse")  # sixty days
    row = orebro.row(number)
    assert (row.waits_role, orebro.tenant.body_keys[row.waits_body_id]) == ("secretary", "programnamnd-barn")
    assert row.due_on == date(2026, 11, 14)
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision())
    row = orebro.row(number)
    assert (row.waits_role, row.due_on) == ("chair", date(2026, 11, 14))
    orebro.act("chair.committee", number, "confirm")
    row = orebro.row(number)
    assert (row.waits_role, row.waits_body_id, row.waits_person_id, row.due_on) == (None, None, None, None)
    assert row.closed_at == orebro.now
