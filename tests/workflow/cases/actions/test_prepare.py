"""What may an officer do with a case: change it, hand it in, take it back?"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from models import Document, Proposal
from models.database import reading
from tests.workflow.documents.test_service import pdf
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.cases.gate import open_case
from workflow.cases.proposals import digest_of
from workflow.core.errors import ActionNotOpen, Malformed, NotCompetent, NotFound, NotMandated
from workflow.documents.service import attach
from workflow.register.service import register_engagement

COMMITTEE, COMPANY = "programnamnd-barn", "bolagsstyrelsen"
PRINCIPAL = {"attributes": {"principal": True}, "fields": {"principal_reason": "The first of its kind"}}


def registered(world: World, kind: str, **more: Any) -> str:
    """An engagement from before."""
    given = {
        "kind": kind,
        "title": f"An old {kind}",
        "source": "Minutes of 1998, § 4",
        "responsible": world.policy.only("executive-board").key,
    } | more
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)


# -- amend


def test_submitted_case_is_not_amended(orebro: World) -> None:
    number = orebro.open("visit")
    while orebro.row(number).state != "concluded":
        orebro.step(number)
        with refused(orebro, ActionNotOpen, "not-open"):
            orebro.act("officer", number, "amend", {"title": "Another"})


def test_case_is_amended_by_its_own_officer_alone(orebro: World) -> None:
    orebro.add("second", ("officer", "forvaltningen-barn"))
    number = orebro.open("visit", responsible=COMMITTEE)
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("manager", number, "amend", {"title": "Another"})
    orebro.act("officer", number, "submit")
    orebro.act("manager", number, "refer-back", comment="Say more")
    with refused(orebro, NotMandated, "not-yours"):
        orebro.act("second", number, "amend", {"title": "Another"})


@pytest.mark.parametrize(
    "payload",
    [
        {"named_nordic_twin": True},
        {"attributes": {"named_nordic_twin": True}},
        {"attributes": {"engagement": "visit"}},
        {"attributes": {"responsible": "council"}},
        {"engagement": "visit"},
        {"act": "terminate"},
        {"responsible": "kommunstyrelsen"},
        {"engagement_number": "orebro-e-00001"},
        {"state": "concluded"},
        {"route": "own-matter"},
        {"decides": "administration"},
        {"version": 7},
        {"origin": "own"},
    ],
)
def test_what_is_not_the_officers_to_change_is_refused(orebro: World, payload: dict[str, Any]) -> None:
    number = orebro.open("twin-agreement")
    with refused(orebro, Malformed, "field-unknown"):
        orebro.act("officer", number, "amend", payload)


def test_amended_case_is_judged_again_and_gets_the_route_of_what_it_now_is(orebro: World) -> None:
    number = orebro.open("membership", responsible=COMMITTEE)
    assert (orebro.row(number).decides, orebro.row(number).route) == ("committee", "own-matter")
    orebro.act("officer", number, "amend", {"attributes": {"scope": "municipality"}})
    row = orebro.row(number)
    assert (row.decides, row.route, row.clauses) == (
        *("executive-board", "executive-matter"),
        ["orebro/levels.executive-board"],
    )
    assert orebro.tenant.body_keys[row.deciding_body_id] == "kommunstyrelsen"
    orebro.act("officer", number, "amend", {"attributes": {"scope": "own-area"}})
    assert orebro.tenant.body_keys[orebro.row(number).deciding_body_id] == COMMITTEE


def test_case_made_one_of_principle_goes_to_the_council(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.act("officer", number, "amend", PRINCIPAL)
    row = orebro.row(number)
    assert (row.decides, row.route) == ("council", "principal-matter")
    assert "se/kl.5-1" in row.clauses
    assert "se/kl.6-38" not in row.clauses
    assert orebro.walk(number, "decide:council") == "decide:council"


def test_case_is_made_one_of_principle_with_a_reason(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    with refused(orebro, Malformed, "field-missing"):
        orebro.act("officer", number, "amend", {"attributes": {"principal": True}})


def test_case_keeps_the_reason_its_manager_gave_when_it_comes_back(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "review")
    orebro.act("manager", number, "endorse", {"principal": True, "reason": "The first of its kind"})
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision("refer-back", text="Ask the schools"))
    orebro.act("chair.committee", number, "confirm")
    orebro.act("officer", number, "amend", {"title": "Another"})
    assert orebro.row(number).principal_reason == "The first of its kind"
    orebro.act("officer", number, "amend", {"fields": {"principal_reason": "The second, in truth"}})
    assert orebro.row(number).principal_reason == "The second, in truth"


def test_company_decides_a_matter_of_principle_after_the_council(orebro: World) -> None:
    number = orebro.open("project", responsible=COMPANY)
    assert orebro.row(number).decides == "company-board"
    orebro.act("officer", number, "amend", PRINCIPAL)
    row = orebro.row(number)
    assert (row.decides, row.route) == ("company-board", "company-principal-agreement")
    assert "se/kl.10-3" in row.clauses
    states = ["draft"]
    while states[-1] != "concluded":
        states.append(orebro.step(number))
    assert states.index("recommend:council") < states.index("decide:responsible")


def test_amendment_that_the_policy_forbids_is_refused_with_its_clause(stockholm: World) -> None:
    number = stockholm.open("aid-project", attributes={"external_funding": 100, "initiative": "own"})
    for percent in (0, 50, 99):
        with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/aid",)):
            stockholm.act("officer", number, "amend", {"attributes": {"external_funding": percent}})
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/aid",)):
        stockholm.act(
            "officer", number, "amend", PRINCIPAL | {"attributes": {"external_funding": 1, "principal": True}}
        )


def test_register_decides_what_it_knows_of_an_engagement(orebro: World) -> None:
    engagement = registered(orebro, "membership", scope="municipality")
    number = orebro.open("membership", "renew", engagement_number=engagement)
    for attributes in ({"scope": "own-area"}, {"eu_funded": True}, {"external_funding": 50}):
        with refused(orebro, Malformed, "derived"):
            orebro.act("officer", number, "amend", {"attributes": attributes})
    orebro.act("officer", number, "amend", {"attributes": {"scope": "municipality", "initiative": "external"}})
    assert orebro.row(number).decides == "executive-board"


@pytest.mark.parametrize("goals", [["invented"], ["develop-operations", "vision-2040"]])
def test_goal_the_policy_does_not_have_is_refused(orebro: World, goals: list[str]) -> None:
    number = orebro.open("visit")
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("officer", number, "amend", {"goals": goals})


def test_amended_fields_join_the_others_and_an_empty_one_goes(orebro: World) -> None:
    number = orebro.open("visit", fields={"purpose": "Learn", "cost": "SEK 20 000"})
    orebro.act("officer", number, "amend", {"fields": {"cost": "", "ends_on": "2027-01-31"}})
    assert orebro.row(number).fields == {"purpose": "Learn", "ends_on": "2027-01-31"}


def test_every_text_stays_with_its_author_and_digest(orebro: World) -> None:
    number = orebro.open("visit", text="One")
    orebro.act("officer", number, "amend", {"text": "Två"})
    with reading(orebro.engine, orebro.tenant.id) as session:
        texts = session.scalars(select(Proposal).order_by(Proposal.version)).all()
    assert [(text.version, text.text) for text in texts] == [(1, "One"), (2, "Två")]
    assert texts[1].digest == digest_of("Två")
    assert {text.author_id for text in texts} == {orebro.people["officer"]}
    assert orebro.row(number).proposal_version == 2


# -- submit


def test_case_is_submitted_once(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.act("officer", number, "submit")
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act("officer", number, "submit")
    assert orebro.row(number).submitted_by_id == orebro.people["officer"]


def test_manager_submits_nothing(orebro: World) -> None:
    number = orebro.open("visit")
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("manager", number, "submit")


# -- withdraw


@pytest.mark.parametrize("state", ["draft", "review", "recommend:responsible"])
def test_requester_withdraws_until_the_first_body_has_acted(orebro: World, state: str) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, state)
    orebro.act("officer", number, "withdraw")
    row = orebro.row(number)
    assert (row.state, row.outcome, row.number) == ("withdrawn", "withdrawn", number)


@pytest.mark.parametrize(
    "state", ["confirm-recommend:responsible", "recommend:executive-board", "decide:council", "sign", "concluded"]
)
def test_requester_does_not_withdraw_afterwards(orebro: World, state: str) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, state)
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act("officer", number, "withdraw")


def test_requester_does_not_withdraw_what_a_body_sent_back(orebro: World) -> None:
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "decide:responsible")
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision("refer-back", text="Ask the schools"))
    orebro.act("chair.committee", number, "confirm")
    assert orebro.row(number).state == "draft"
    with refused(orebro, ActionNotOpen, "body-has-acted"):
        orebro.act("officer", number, "withdraw")


def test_first_body_lets_a_matter_be_withdrawn(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "recommend:responsible")
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision("withdraw"))
    orebro.act("chair.committee", number, "confirm")
    assert orebro.row(number).state == "withdrawn"


def test_later_recommending_body_cannot_end_a_matter_by_letting_it_be_withdrawn(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "recommend:executive-board")
    with refused(orebro, NotCompetent, "outcome-not-open"):
        orebro.act("secretary.executive", number, "enter-decision", orebro.decision("withdraw"))


def test_only_the_officer_who_has_the_case_withdraws_it(orebro: World) -> None:
    orebro.add("second", ("officer", "forvaltningen-barn"))
    number = orebro.open("visit", responsible=COMMITTEE)
    orebro.walk(number, "review")
    for who, code in (("manager", "not-appointed"), ("second", "not-yours"), ("admin", "not-appointed")):
        with refused(orebro, NotMandated, code):
            orebro.act(who, number, "withdraw")


def test_withdrawn_case_keeps_its_number_its_documents_and_its_trail(orebro: World) -> None:
    number = orebro.open("visit")
    attach(orebro.services, orebro.people["officer"], number, pdf(), now=orebro.now, expected_version=1)
    orebro.act("officer", number, "withdraw")
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert session.scalars(select(Document.title)).all() == ["An invitation"]
    assert orebro.version(number) == 3
    assert orebro.open("visit") != number


def test_withdrawn_draft_was_never_seen_by_strangers_and_is_not_seen_afterwards(orebro: World) -> None:
    number = orebro.open("visit")
    orebro.act("officer", number, "withdraw")
    with refused(orebro, NotFound, "not-found"):
        orebro.act("auditor", number, "submit")


def test_request_that_ends_before_it_starts_is_refused(orebro: World) -> None:
    backwards = {"starts_on": "2027-05-01", "ends_on": "2027-01-01"}
    draft = orebro.draft("cooperation-agreement")
    draft["fields"] = {**draft["fields"], **backwards}
    with refused(orebro, Malformed, "field-wrong") as why:
        open_case(orebro.services, orebro.people["officer"], draft, now=orebro.now)
    assert why.value.reasons[0].values["field"] == "fields.ends_on"
    number = orebro.open("cooperation-agreement")
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("officer", number, "amend", {"fields": backwards})
