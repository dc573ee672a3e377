"""May this person do this now? Four eyes, conflict of interest, mandates, and what must hold before a step."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from models import Appointment, Mandate, Recusal
from models.database import writing
from tests.workflow.refusals import refused
from tests.worlds import World, end_all_mandates
from workflow.cases.gate import open_case
from workflow.core.errors import ActionNotOpen, NotMandated, RequirementMissing
from workflow.register.service import register_engagement

CHILDREN, COMMITTEE = "forvaltningen-barn", "programnamnd-barn"


def only_mandate(world: World, **changes: Any) -> None:
    """Give every mandate other limits."""
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(update(Mandate).where(Mandate.municipality_id == world.tenant.id).values(changes))


def recuse(world: World, number: str, who: str) -> None:
    """Record a conflict of interest."""
    row = {
        "municipality_id": world.tenant.id,
        "case_id": world.row(number).id,
        "person_id": world.people[who],
        "recorded_at": world.now,
    }
    with writing(world.engine, world.tenant.id) as connection:
        connection.execute(insert(Recusal), row)


# -- four eyes


def test_who_submitted_does_not_endorse(orebro: World) -> None:
    both = orebro.add("both", ("officer", CHILDREN), ("manager", CHILDREN))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.act("manager", number, "reassign", {"officer": "both@orebro"})
    orebro.act("both", number, "submit")
    with refused(orebro, NotMandated, "four-eyes-submitted"):
        orebro.act("both", number, "endorse")
    assert orebro.row(number).officer_id == both
    orebro.act("manager", number, "endorse")


def test_who_amended_does_not_endorse_though_another_submitted(orebro: World) -> None:
    orebro.add("both", ("officer", CHILDREN), ("manager", CHILDREN))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.act("manager", number, "reassign", {"officer": "both@orebro"})
    orebro.act("both", number, "amend", {"text": "My words"})
    orebro.act("manager", number, "reassign", {"officer": "officer@orebro"})
    orebro.act("officer", number, "submit")
    with refused(orebro, NotMandated, "four-eyes-submitted"):
        orebro.act("both", number, "endorse")


def test_who_opened_does_not_endorse_though_another_submitted(orebro: World) -> None:
    orebro.add("second", ("officer", CHILDREN))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.act("manager", number, "reassign", {"officer": "second@orebro"})
    orebro.act("second", number, "submit")
    with writing(orebro.engine, orebro.tenant.id) as connection:
        row = {
            "municipality_id": orebro.tenant.id,
            "person_id": orebro.people["officer"],
            "body_id": orebro.tenant.body_ids[CHILDREN],
            "role": "manager",
            "starts_on": date(2026, 1, 1),
        }
        connection.execute(insert(Appointment), row)
    with refused(orebro, NotMandated, "four-eyes-submitted"):
        orebro.act("officer", number, "endorse")


def test_who_amended_before_it_was_sent_back_does_not_endorse_later(orebro: World) -> None:
    orebro.add("both", ("officer", CHILDREN), ("manager", CHILDREN))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.act("manager", number, "reassign", {"officer": "both@orebro"})
    orebro.act("both", number, "submit")
    orebro.act("manager", number, "refer-back", comment="Say more")
    orebro.act("manager", number, "reassign", {"officer": "officer@orebro"})
    orebro.act("officer", number, "submit")
    with refused(orebro, NotMandated, "four-eyes-submitted"):
        orebro.act("both", number, "endorse")


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_who_submitted_does_not_decide_for_an_administration(odense: World, action: str) -> None:
    administration = odense.policy.bodies_of("administration")[0].key
    odense.add("both", ("officer", administration), ("manager", administration))
    number = odense.open("visit", responsible=administration)
    odense.act("manager", number, "reassign", {"officer": "both@odense"})
    odense.act("both", number, "submit")
    with refused(odense, NotMandated, "four-eyes-submitted"):
        odense.act("both", number, action, comment="For these reasons")


def test_who_endorsed_does_not_sign(orebro: World) -> None:
    number = orebro.open("project", responsible=COMMITTEE)
    orebro.walk(number, "sign")
    with refused(orebro, NotMandated, "four-eyes-acted"):
        orebro.act("manager", number, "sign")
    orebro.add("second", ("manager", CHILDREN))
    orebro.act("second", number, "sign")


def test_who_approved_does_not_sign(odense: World) -> None:
    number = odense.open("project")
    odense.walk(number, "sign")
    with refused(odense, NotMandated, "four-eyes-acted"):
        odense.act("manager", number, "sign")
    odense.act("chair.executive", number, "sign")


def test_manager_may_endorse_again_after_the_case_went_back_to_the_draft(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    refer_back = orebro.decision("refer-back", text="Ask the schools")
    orebro.act("secretary.committee", number, "enter-decision", refer_back)
    orebro.act("chair.committee", number, "confirm")
    orebro.act("officer", number, "submit")
    orebro.act("manager", number, "endorse")
    assert orebro.row(number).state == "decide:responsible"


def test_who_entered_a_decision_does_not_confirm_it(orebro: World) -> None:
    orebro.add("both", ("secretary", COMMITTEE), ("chair", COMMITTEE))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    orebro.act("both", number, "enter-decision", orebro.decision())
    with refused(orebro, NotMandated, "four-eyes-entered"):
        orebro.act("both", number, "confirm")
    orebro.act("chair.committee", number, "confirm")


def test_who_corrected_a_decision_does_not_confirm_it(orebro: World) -> None:
    orebro.add("both", ("secretary", COMMITTEE), ("chair", COMMITTEE))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "confirm-decide:responsible")
    orebro.act("both", number, "enter-decision", orebro.decision(paragraph="§ 13"))
    with refused(orebro, NotMandated, "four-eyes-entered"):
        orebro.act("both", number, "confirm")


def test_member_of_two_bodies_acts_for_both(orebro: World) -> None:
    """Acting for one body is no bar to acting for the next."""
    board = orebro.policy.only("executive-board").key
    orebro.add("twice", ("secretary", COMMITTEE), ("chair", board))
    number = orebro.open("twin-agreement", responsible=COMMITTEE)
    orebro.walk(number, "recommend:responsible")
    orebro.act("twice", number, "enter-decision", orebro.decision("recommend"))
    orebro.act("chair.committee", number, "confirm")
    orebro.act("secretary.executive", number, "enter-decision", orebro.decision("recommend"))
    orebro.act("twice", number, "confirm")
    assert orebro.row(number).state == "decide:council"


def test_who_handled_it_as_an_employee_is_excluded_from_a_norwegian_body(oslo: World) -> None:
    oslo.add("both", ("manager", "byradslederens-kontor"), ("chair", "byradet"))
    number = oslo.open("visit", responsible="byradet")
    oslo.walk(number, "review")
    oslo.act("both", number, "endorse")
    oslo.act("secretary.executive", number, "enter-decision", oslo.decision())
    with refused(oslo, NotMandated, "prepared-it", clauses=("no/koml.11-10", "no/fvl.2")):
        oslo.act("both", number, "confirm")
    oslo.act("chair.executive", number, "confirm")


@pytest.mark.parametrize("prepared_as", ["officer", "manager"])
def test_who_prepared_or_endorsed_it_never_confirms_it(orebro: World, prepared_as: str) -> None:
    """Whatever seats they have gained since; no law of Sweden says so, four eyes do."""
    orebro.add("both", (prepared_as, CHILDREN), ("chair", COMMITTEE))
    if prepared_as == "officer":
        draft = orebro.draft("visit", responsible=COMMITTEE)
        number = open_case(orebro.services, orebro.people["both"], draft, now=orebro.now)
        orebro.act("both", number, "submit")
        orebro.act("manager", number, "reassign", {"officer": f"officer@{orebro.tenant.key}"})
        orebro.act("manager", number, "endorse")
    else:
        number = orebro.open("visit", responsible=COMMITTEE)
        orebro.walk(number, "review")
        orebro.act("both", number, "endorse")
    with writing(orebro.engine, orebro.tenant.id) as connection:  # no employee of the administration any more
        theirs = (Appointment.person_id == orebro.people["both"], Appointment.role == prepared_as)
        connection.execute(delete(Appointment).where(*theirs))
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision())
    with refused(orebro, NotMandated, "prepared-it"):
        orebro.act("both", number, "confirm")
    orebro.act("chair.committee", number, "confirm")


# -- conflict of interest


@pytest.mark.parametrize(
    ("state", "who", "action"),
    [
        ("review", "manager", "endorse"),
        ("review", "manager", "refer-back"),
        ("recommend:responsible", "secretary.committee", "enter-decision"),
        ("confirm-recommend:responsible", "chair.committee", "confirm"),
        ("confirm-recommend:responsible", "chair.committee", "refer-back"),
        ("sign", "chair.executive", "sign"),
    ],
)
def test_who_has_a_conflict_of_interest_takes_no_part(orebro: World, state: str, who: str, action: str) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, state)
    recuse(orebro, number, who)
    payload = orebro.decision("recommend") if action == "enter-decision" else {}
    with refused(orebro, NotMandated, "recused"):
        orebro.act(who, number, action, payload, "For these reasons")


@pytest.mark.parametrize("action", ["amend", "submit"])
def test_officer_with_a_conflict_of_interest_hands_the_case_over(orebro: World, action: str) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.add("second", ("officer", CHILDREN))
    recuse(orebro, number, "officer")
    with refused(orebro, NotMandated, "recused"):
        orebro.act("officer", number, action)
    orebro.act("manager", number, "reassign", {"officer": "second@orebro"})
    orebro.act("second", number, action)


def test_chair_who_left_the_room_does_not_confirm(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    entered = orebro.decision(conflicts=["chair.committee@orebro"])
    orebro.act("secretary.committee", number, "enter-decision", entered)
    with refused(orebro, NotMandated, "recused"):
        orebro.act("chair.committee", number, "confirm")


def test_who_left_the_room_in_one_body_has_a_conflict_in_the_next(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "recommend:responsible")
    entered = orebro.decision("recommend", conflicts=["chair.council@orebro"])
    orebro.act("secretary.committee", number, "enter-decision", entered)
    orebro.act("chair.committee", number, "confirm")
    orebro.walk(number, "confirm-decide:council")
    with refused(orebro, NotMandated, "recused"):
        orebro.act("chair.council", number, "confirm")


def test_conflict_in_one_case_is_none_in_another(orebro: World) -> None:
    one, other = orebro.open("visit"), orebro.open("visit")
    recuse(orebro, one, "manager")
    orebro.walk(other, "review")
    orebro.act("manager", other, "endorse")


# -- mandates


@pytest.mark.parametrize("action", ["approve", "reject"])
def test_administration_without_a_mandate_decides_nothing(oslo: World, action: str) -> None:
    number = oslo.open("visit")
    oslo.walk(number, "decide:responsible")
    with writing(oslo.engine, oslo.tenant.id) as connection:
        connection.execute(delete(Mandate))
    with refused(oslo, NotMandated, "no-mandate", clauses=("no/koml.10-2",)):
        oslo.act("manager", number, action, comment="For these reasons")


def test_mandate_that_ended_yesterday_is_none(odense: World) -> None:
    number = odense.open("visit")
    odense.walk(number, "decide:responsible")
    end_all_mandates(odense, odense.now.date() - timedelta(days=1))
    with refused(odense, NotMandated, "no-mandate"):
        odense.act("manager", number, "approve")


def test_mandate_holds_on_its_last_and_on_its_first_day(odense: World) -> None:
    one, other = odense.open("visit"), odense.open("visit")
    only_mandate(odense, starts_on=odense.now.date(), ends_on=odense.now.date())
    assert odense.walk(one) == "concluded"
    odense.walk(other, "decide:responsible")
    odense.later(days=1)
    with refused(odense, NotMandated, "no-mandate"):
        odense.act("manager", other, "approve")


def test_mandate_that_begins_tomorrow_is_none_yet(odense: World) -> None:
    number = odense.open("visit")
    odense.walk(number, "decide:responsible")
    only_mandate(odense, starts_on=odense.now.date() + timedelta(days=1))
    with refused(odense, NotMandated, "no-mandate"):
        odense.act("manager", number, "approve")


@pytest.mark.parametrize(
    ("engagements", "acts", "covers"),
    [
        ([], [], True),
        (["visit"], [], True),
        (["exchange", "visit"], ["enter"], True),
        (["exchange"], [], False),
        ([], ["renew", "terminate"], False),
        (["visit"], ["terminate"], False),
        (["exchange"], ["enter"], False),
    ],
)
def test_mandate_covers_what_it_names(odense: World, engagements: list[str], acts: list[str], covers: bool) -> None:
    number = odense.open("visit")
    odense.walk(number, "decide:responsible")
    only_mandate(odense, engagements=engagements, acts=acts)
    if covers:
        odense.act("manager", number, "approve")
    else:
        with refused(odense, NotMandated, "no-mandate"):
            odense.act("manager", number, "approve")


def test_mandate_of_another_administration_is_none(odense: World) -> None:
    administrations = [body.key for body in odense.policy.bodies_of("administration")]
    number = odense.open("visit", responsible=administrations[0])
    odense.walk(number, "decide:responsible")
    only_mandate(odense, to_body_id=odense.tenant.body_ids[administrations[1]])
    with refused(odense, NotMandated, "no-mandate"):
        odense.act("manager", number, "approve")


def test_manager_needs_no_mandate_to_pass_a_case_on_or_send_it_back(oslo: World) -> None:
    end_all_mandates(oslo, date(2020, 1, 1))
    number, other = oslo.open("twin-agreement"), oslo.open("visit")
    oslo.walk(number, "review")
    oslo.act("manager", number, "endorse")
    oslo.walk(other, "decide:responsible")
    oslo.act("manager", other, "refer-back", comment="Nobody may decide this now")


def test_council_needs_no_mandate(oslo: World) -> None:
    end_all_mandates(oslo, date(2020, 1, 1))
    number = oslo.open("twin-agreement")
    assert oslo.walk(number) == "concluded"


# -- what must hold before a step


def missing(world: World, number: str, who: str, action: str, *fields: str) -> None:
    """The action is refused for exactly these fields."""
    with refused(world, RequirementMissing, *("missing" for _ in fields)) as caught:
        world.act(who, number, action)
    assert [why.values["field"] for why in caught.value.reasons] == list(fields)
    assert all(why.clauses for why in caught.value.reasons)


def without(world: World, *fields: str) -> dict[str, Any]:
    """Complete fields but these."""
    return {name: value for name, value in world.draft("visit")["fields"].items() if name not in fields}


def test_draft_that_lacks_everything_can_be_opened(orebro: World) -> None:
    number = orebro.open("exchange", attributes={}, fields={}, goals=[], text="")
    assert orebro.row(number).state == "draft"


def test_what_the_policy_demands_before_review_refuses_submit(orebro: World) -> None:
    number = orebro.open("exchange", fields={}, goals=[])
    missing(orebro, number, "officer", "submit", "goals", "goals", "operating_plan_ref", "knowledge_plan")
    orebro.act("officer", number, "amend", {"goals": ["develop-operations"]})
    missing(orebro, number, "officer", "submit", "goals", "operating_plan_ref", "knowledge_plan")
    orebro.act("officer", number, "amend", {"goals": orebro.goals(), "fields": {"operating_plan_ref": "Plan, 3"}})
    missing(orebro, number, "officer", "submit", "knowledge_plan")
    orebro.act("officer", number, "amend", {"fields": {"knowledge_plan": "A seminar"}})
    orebro.act("officer", number, "submit")


def test_missing_requirement_names_its_clause(orebro: World) -> None:
    number = orebro.open("visit", goals=["strategy-budget"])
    with refused(orebro, RequirementMissing, "missing", clauses=("orebro/goals",)):
        orebro.act("officer", number, "submit")


def test_what_is_demanded_before_the_decision_does_not_hold_up_the_draft(orebro: World) -> None:
    number = orebro.open("cooperation-agreement", fields=without(orebro, "ends_on"))
    orebro.act("officer", number, "submit")
    orebro.act("manager", number, "endorse")
    assert orebro.row(number).state == "recommend:responsible"


def test_what_is_demanded_before_the_decision_refuses_the_step_into_it(orebro: World) -> None:
    board = orebro.policy.only("executive-board").key
    number = orebro.open("cooperation-agreement", responsible=board, fields=without(orebro, "ends_on"))
    orebro.act("officer", number, "submit")
    missing(orebro, number, "manager", "endorse", "ends_on")


def test_recommendation_is_a_fact_and_not_refused_for_what_a_later_step_needs(orebro: World) -> None:
    number = orebro.open("cooperation-agreement", fields=without(orebro, "ends_on"))
    assert orebro.walk(number, "decide:executive-board") == "decide:executive-board"


@pytest.mark.parametrize("outcome", ["approve", "approve-amended"])
def test_body_approves_nothing_that_lacks_what_the_policy_demands(orebro: World, outcome: str) -> None:
    number = orebro.open("cooperation-agreement", fields=without(orebro, "ends_on"))
    orebro.walk(number, "decide:executive-board")
    with refused(orebro, RequirementMissing, "missing", clauses=("orebro/twins.time-limited",)):
        orebro.act("secretary.executive", number, "enter-decision", orebro.decision(outcome, text="Yes, and soon"))


@pytest.mark.parametrize("outcome", ["reject", "refer-back", "postpone"])
def test_body_may_always_say_no_or_not_now(orebro: World, outcome: str) -> None:
    number = orebro.open("cooperation-agreement", fields=without(orebro, "ends_on"))
    orebro.walk(number, "decide:executive-board")
    against = {"for": 0, "against": 11, "abstained": 0} if outcome == "reject" else {}
    entered = orebro.decision(outcome, text="There is no end to it", **against)
    orebro.act("secretary.executive", number, "enter-decision", entered)
    orebro.act("chair.executive", number, "confirm")


def test_body_supplies_itself_what_was_missing(orebro: World) -> None:
    number = orebro.open("cooperation-agreement", fields=without(orebro, "ends_on"))
    orebro.walk(number, "decide:executive-board")
    entered = orebro.decision("approve-amended", text="For three years", fields={"ends_on": "2029-09-30"})
    orebro.act("secretary.executive", number, "enter-decision", entered)
    orebro.act("chair.executive", number, "confirm")
    assert orebro.row(number).fields["ends_on"] == "2029-09-30"


def test_administration_that_decides_needs_everything_when_the_case_is_submitted(odense: World) -> None:
    number = odense.open("visit", fields=without(odense, "local_partners", "principle_reputation"))
    missing(odense, number, "officer", "submit", "principle_reputation", "local_partners")


def test_initiative_must_be_said_where_a_clause_asks_for_it(stockholm: World) -> None:
    number = stockholm.open("visit", attributes={})
    missing(stockholm, number, "officer", "submit", "initiative")
    stockholm.act("officer", number, "amend", {"attributes": {"initiative": "external"}})
    stockholm.act("officer", number, "submit")


def test_initiative_need_not_be_said_where_no_clause_asks(orebro: World) -> None:
    number = orebro.open("visit", attributes={})
    orebro.act("officer", number, "submit")


@pytest.mark.parametrize("blank", ["", "   ", None])
def test_blank_answer_is_no_answer(odense: World, blank: str | None) -> None:
    number = odense.open("visit", fields=odense.draft("visit")["fields"] | {"expected_result": blank or ""})
    missing(odense, number, "officer", "submit", "expected_result")


def test_nordic_twin_towns_named_by_the_policy_need_no_end(orebro: World) -> None:
    def registered(name: str) -> str:
        given = {
            "kind": "twin-agreement",
            "title": name,
            "partner_name": name,
            "source": "The policy, page 4",
            "responsible": orebro.policy.only("executive-board").key,
        }
        return register_engagement(orebro.services, orebro.people["officer"], "orebro", given, now=orebro.now)

    fields = without(orebro, "ends_on")
    twin, other = registered("nordic twin town  A (example)"), registered("Another Nordic town")
    one = orebro.open("twin-agreement", "renew", engagement_number=twin, fields=fields)
    assert orebro.walk(one) == "concluded"
    two = orebro.open("twin-agreement", "renew", engagement_number=other, fields=fields)
    orebro.walk(two, "decide:council")
    with refused(orebro, RequirementMissing, "missing", clauses=("orebro/twins.time-limited",)):
        orebro.act("secretary.council", two, "enter-decision", orebro.decision())


def test_withdrawing_is_refused_once_a_body_has_acted(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision("postpone"))
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act("officer", number, "withdraw")
    orebro.act("chair.committee", number, "confirm")
    with refused(orebro, ActionNotOpen, "body-has-acted"):
        orebro.act("officer", number, "withdraw")
