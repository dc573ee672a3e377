"""What may a manager do: pass a case on, send it back, give it away, decide it under a mandate?"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models import Decision
from models.database import reading
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.core.errors import ActionNotOpen, Malformed, NotCompetent, NotMandated

COMMITTEE, COMPANY = "programnamnd-barn", "bolagsstyrelsen"


def decisions(world: World, number: str) -> list[Decision]:
    """A case's decisions, oldest first."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(Decision).where(Decision.case_id == world.row(number).id).order_by(Decision.id)
        return list(session.scalars(query))


# -- endorse


def test_manager_makes_a_case_one_of_principle_with_a_reason(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "review")
    with refused(orebro, Malformed, "reason-needed"):
        orebro.act("manager", number, "endorse", {"principal": True})
    orebro.act("manager", number, "endorse", {"principal": True, "reason": "The first visit of its kind"})
    row = orebro.row(number)
    assert (row.principal, row.principal_reason) == (True, "The first visit of its kind")


def test_case_made_one_of_principle_travels_the_councils_way_from_then_on(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "review")
    orebro.act("manager", number, "endorse", {"principal": True}, comment="The first visit of its kind")
    row = orebro.row(number)
    assert (row.state, row.decides, row.route) == ("recommend:responsible", "council", "principal-matter")
    assert "se/kl.5-1" in row.clauses
    assert "se/kl.6-38" not in row.clauses
    with refused(orebro, NotCompetent, "outcome-not-open"):
        orebro.act("secretary.committee", number, "enter-decision", orebro.decision("approve"))
    states = []
    while (state := orebro.row(number).state) != "concluded":
        states.append(state)
        orebro.step(number)
    assert "confirm-decide:council" in states


def test_manager_makes_a_companys_case_one_of_principle_and_the_council_comes_first(orebro: World) -> None:
    number = orebro.open("project", responsible=COMPANY)
    orebro.walk(number, "review")
    orebro.act("manager", number, "endorse", {"principal": True, "reason": "A new line of business"})
    assert orebro.row(number).state == "recommend:executive-board"
    assert orebro.row(number).decides == "company-board"


def test_manager_does_not_lower_a_case_of_principle(orebro: World) -> None:
    fields = orebro.draft("visit")["fields"] | {"principal_reason": "The first of its kind"}
    number = orebro.open("visit", responsible=COMMITTEE, attributes={"principal": True}, fields=fields)
    orebro.walk(number, "review")
    with refused(orebro, Malformed, "only-raised"):
        orebro.act("manager", number, "endorse", {"principal": False, "reason": "It is small"})
    orebro.act("manager", number, "endorse", {"principal": True})
    assert orebro.row(number).decides == "council"


def test_manager_changes_nothing_else_while_endorsing(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "review")
    for payload in ({"attributes": {"scope": "municipality"}}, {"title": "Mine"}, {"goals": []}):
        with refused(orebro, Malformed, "field-unknown"):
            orebro.act("manager", number, "endorse", payload)


def test_prohibited_request_is_no_less_prohibited_for_being_important(stockholm: World) -> None:
    number = stockholm.open("aid-project", attributes={"external_funding": 100, "initiative": "own"})
    stockholm.walk(number, "review")
    stockholm.act("manager", number, "endorse", {"principal": True, "reason": "Important"})
    stockholm.walk(number, "decide:council")
    entered = stockholm.decision("approve-amended", text="The city pays", attributes={"external_funding": 0})
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/aid",)):
        stockholm.act("secretary.council", number, "enter-decision", entered)


# -- refer back


@pytest.mark.parametrize("comment", ["", "   "])
def test_case_is_sent_back_with_reasons(orebro: World, comment: str) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    with refused(orebro, Malformed, "reason-needed"):
        orebro.act("manager", number, "refer-back", comment=comment)


def test_case_sent_back_waits_for_its_officer(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.walk(number, "review")
    orebro.act("manager", number, "refer-back", comment="Say more")
    row = orebro.row(number)
    assert (row.state, row.waits_person_id, row.waits_role) == ("draft", orebro.people["officer"], None)


@pytest.mark.parametrize("action", ["reject", "approve"])
def test_manager_rejects_and_approves_nothing_that_another_body_decides(orebro: World, action: str) -> None:
    number = orebro.open("twin-agreement")
    while orebro.row(number).state != "concluded":
        if orebro.row(number).state != "draft":
            with refused(orebro, ActionNotOpen, "not-open"):
                orebro.act("manager", number, action, comment="For these reasons")
        orebro.step(number)


# -- reassign


def test_case_goes_to_an_officer_of_the_same_administration_alone(orebro: World) -> None:
    orebro.add("elsewhere", ("officer", "kommunstyrelseforvaltningen"))
    orebro.add("no-officer", ("manager", "forvaltningen-barn"))
    orebro.add("later", ("officer", "forvaltningen-barn"), since=orebro.now.date().replace(year=2027))
    number = orebro.open("visit", responsible=COMMITTEE)
    for who in ("elsewhere@orebro", "no-officer@orebro", "later@orebro", "nobody@orebro", "officer@oslo", "officer"):
        with refused(orebro, Malformed, "unknown-person"):
            orebro.act("manager", number, "reassign", {"officer": who})


def test_former_officer_keeps_nothing_but_the_history(orebro: World) -> None:
    second = orebro.add("second", ("officer", "forvaltningen-barn"))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.act("manager", number, "reassign", {"officer": "second@orebro"})
    row = orebro.row(number)
    assert (row.officer_id, row.opened_by_id, row.waits_person_id) == (second, orebro.people["officer"], second)
    for action in ("amend", "submit", "withdraw"):
        with refused(orebro, NotMandated, "not-yours") as caught:
            orebro.act("officer", number, action)
        assert str(caught.value).endswith("; it is with Second.")
    orebro.act("second", number, "submit")


@pytest.mark.parametrize("state", ["draft", "review", "recommend:responsible", "confirm-decide:council", "sign"])
def test_reassigned_case_stays_where_it_is(orebro: World, state: str) -> None:
    orebro.add("second", *(("officer", body.key) for body in orebro.policy.bodies_of("administration")))
    number = orebro.open("twin-agreement")
    orebro.walk(number, state)
    before = orebro.row(number)
    orebro.later(days=3)
    orebro.act("manager", number, "reassign", {"officer": "second@orebro"})
    after = orebro.row(number)
    for column in ("state", "waits_role", "waits_body_id", "due_on", "route", "outcome"):
        assert getattr(after, column) == getattr(before, column)
    assert orebro.walk(number) if state != "draft" else True


def test_officer_does_not_give_a_case_away(orebro: World) -> None:
    orebro.add("second", ("officer", "forvaltningen-barn"))
    number = orebro.open("visit", responsible=COMMITTEE)
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("officer", number, "reassign", {"officer": "second@orebro"})


# -- approve and reject


def test_administration_says_no_with_reasons(odense: World) -> None:
    number = odense.open("visit")
    odense.walk(number, "decide:responsible")
    with refused(odense, Malformed, "reason-needed"):
        odense.act("manager", number, "reject")
    odense.act("manager", number, "reject", comment="It serves no goal")
    assert (odense.row(number).state, odense.row(number).outcome) == ("rejected", "rejected")


def test_administrations_decision_names_its_mandate_and_its_day(odense: World) -> None:
    number = odense.open("visit", text="Let them come")
    odense.walk(number)
    (decision,) = decisions(odense, number)
    assert (decision.outcome, decision.state, decision.text) == ("approve", "confirmed", "Let them come")
    assert decision.mandate_id is not None
    assert decision.decided_on == odense.now.date()
    assert decision.clauses == odense.row(number).clauses
    assert odense.tenant.body_keys[decision.body_id] == odense.tenant.body_keys[odense.row(number).deciding_body_id]


def test_manager_of_a_deciding_administration_sends_back_for_more(odense: World) -> None:
    number = odense.open("visit")
    odense.walk(number, "decide:responsible")
    odense.act("manager", number, "refer-back", comment="Who pays?")
    assert odense.row(number).state == "draft"
    assert decisions(odense, number) == []
    assert odense.walk(number) == "concluded"
