"""How does a body's decision come in, what is refused, and when is it the body's act?"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models import Appointment, Case, Decision, Engagement, Meeting, Proposal, Recusal
from models.database import reading, writing
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.core.errors import Malformed, NotCompetent, NotMandated, QuorumMissing, RequirementMissing

COMMITTEE, COMPANY = "programnamnd-barn", "bolagsstyrelsen"


def decisions(world: World, number: str) -> list[Decision]:
    """A case's decisions, oldest first."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(Decision).join(Case, Case.id == Decision.case_id).where(Case.number == number)
        return list(session.scalars(query.order_by(Decision.id)))


def texts(world: World, number: str) -> list[tuple[int, str, int | None]]:
    """A case's texts: version, text, the body that proposed it."""
    with reading(world.engine, world.tenant.id) as session:
        query = select(Proposal).join(Case, Case.id == Proposal.case_id).where(Case.number == number)
        return [(one.version, one.text, one.body_id) for one in session.scalars(query.order_by(Proposal.version))]


def at(world: World, state: str, engagement: str = "twin-agreement", **more: Any) -> str:
    """A case brought to a state."""
    number = world.open(engagement, **more)
    assert world.walk(number, state) == state
    return number


def at_since(world: World, days: int, state: str, engagement: str, **more: Any) -> str:
    """A case that came to a state some days ago."""
    world.later(days=-days)
    number = at(world, state, engagement, **more)
    world.later(days=days)
    return number


def enter(world: World, number: str, outcome: str, *, comment: str = "", **more: Any) -> None:
    """What the secretary whose turn it is enters."""
    row = world.row(number)
    body = world.tenant.body_keys[row.waits_body_id]
    world.act(world.seated("secretary", body), number, "enter-decision", world.decision(outcome, **more), comment)


def confirm(world: World, number: str) -> str:
    """The chair confirms; the state it leads to."""
    body = world.tenant.body_keys[world.row(number).waits_body_id]
    world.act(world.seated("chair", body), number, "confirm")
    return str(world.row(number).state)


# -- outcomes


@pytest.mark.parametrize("outcome", ["approve", "approve-amended", "reject", "take-note"])
def test_recommending_body_decides_nothing(orebro: World, outcome: str) -> None:
    number = at(orebro, "recommend:responsible")
    with refused(orebro, NotCompetent, "outcome-not-open"):
        enter(orebro, number, outcome, text="Yes")


@pytest.mark.parametrize("proposal", ["adopt", "decline", "none"])
def test_recommendation_of_any_kind_carries_the_case_onward(orebro: World, proposal: str) -> None:
    number = at(orebro, "recommend:responsible")
    enter(orebro, number, "recommend", proposal=proposal)
    assert confirm(orebro, number) == "recommend:executive-board"
    assert orebro.row(number).outcome is None
    assert len(texts(orebro, number)) == 1


def test_recommendation_says_what_it_proposes(orebro: World) -> None:
    number = at(orebro, "recommend:responsible")
    with refused(orebro, Malformed, "field-missing"):
        enter(orebro, number, "recommend", proposal=None)


def test_deciding_body_recommends_nothing(orebro: World) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, NotCompetent, "outcome-not-open"):
        enter(orebro, number, "recommend")


@pytest.mark.parametrize("outcome", ["adopted", "", "concluded", "approve "])
def test_outcome_that_does_not_exist_is_malformed(orebro: World, outcome: str) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, "field-wrong"):
        enter(orebro, number, outcome)


@pytest.mark.parametrize(
    ("outcome", "state", "ends_as"), [("approve", "sign", "approved"), ("reject", *["rejected"] * 2)]
)
def test_deciding_body_says_yes_or_no(orebro: World, outcome: str, state: str, ends_as: str) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, outcome)
    assert confirm(orebro, number) == state
    assert orebro.row(number).outcome == ends_as


def test_body_refers_back_with_reasons(orebro: World) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, "reason-needed"):
        enter(orebro, number, "refer-back")
    enter(orebro, number, "refer-back", comment="Ask the schools")
    assert confirm(orebro, number) == "draft"
    row = orebro.row(number)
    assert (row.waits_person_id, row.outcome) == (orebro.people["officer"], None)
    assert orebro.walk(number) == "concluded"


def test_postponements_are_counted_and_the_case_stays(orebro: World) -> None:
    number = at(orebro, "decide:council")
    due = orebro.row(number).due_on
    for times in (1, 2, 3):
        enter(orebro, number, "postpone")
        assert confirm(orebro, number) == "decide:council"
        assert orebro.row(number).postponements == times
    assert orebro.row(number).due_on == due
    assert orebro.walk(number) == "concluded"


# -- not raised


def test_first_body_leaves_a_matter_unraised_with_reasons(orebro: World) -> None:
    number = at(orebro, "recommend:responsible")
    with refused(orebro, Malformed, "reason-needed"):
        enter(orebro, number, "not-raised")
    enter(orebro, number, "not-raised", comment="Not our business")
    assert confirm(orebro, number) == "not-raised"
    assert orebro.row(number).outcome == "not-raised"
    assert decisions(orebro, number)[0].reason == "Not our business"


@pytest.mark.parametrize("state", ["recommend:executive-board", "decide:council"])
def test_later_body_raises_what_came_to_it(orebro: World, state: str) -> None:
    number = at(orebro, state)
    with refused(orebro, NotCompetent, "not-first-body"):
        enter(orebro, number, "not-raised", comment="Not our business")


@pytest.mark.parametrize("origin", ["motion", "citizens-proposal", "other-body", "outside"])
def test_motion_or_request_of_others_is_answered(orebro: World, origin: str) -> None:
    number = at(orebro, "recommend:responsible", origin=origin)
    with refused(orebro, NotCompetent, "must-be-answered"):
        enter(orebro, number, "not-raised", comment="Not our business")


def test_request_from_outside_is_answered(orebro: World) -> None:
    number = at(orebro, "recommend:responsible", attributes={"initiative": "external"})
    with refused(orebro, NotCompetent, "must-be-answered"):
        enter(orebro, number, "not-raised", comment="Not our business")


# -- take note


def test_council_of_oslo_takes_note_of_a_strategy(oslo: World) -> None:
    number = at(oslo, "decide:council", "policy", act="adopt", attributes={})
    enter(oslo, number, "take-note")
    assert confirm(oslo, number) == "concluded"
    assert oslo.row(number).outcome == "noted"
    with reading(oslo.engine, oslo.tenant.id) as session:
        assert session.scalars(select(Engagement.status)).all() == ["noted"]


def test_taking_note_of_an_agreement_gives_nobody_the_right_to_enter_it(oslo: World) -> None:
    number = at(oslo, "decide:council")
    with refused(oslo, NotCompetent, "note-is-no-answer"):
        enter(oslo, number, "take-note")


# -- amended


def test_amended_approval_says_what_it_changes(orebro: World) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, "field-missing"):
        enter(orebro, number, "approve-amended")


def test_amended_text_becomes_the_next_version_when_the_chair_confirms(orebro: World) -> None:
    number = at(orebro, "decide:council", text="For ten years")
    enter(orebro, number, "approve-amended", text="For five years")
    assert [text for _, text, _ in texts(orebro, number)] == ["For ten years"]
    confirm(orebro, number)
    council = orebro.tenant.body_ids["kommunfullmaktige"]
    assert texts(orebro, number) == [(1, "For ten years", None), (2, "For five years", council)]
    assert orebro.row(number).proposal_version == 2


def test_amended_recommendation_is_what_the_next_body_has_before_it(orebro: World) -> None:
    number = at(orebro, "recommend:responsible", text="For ten years")
    enter(orebro, number, "recommend", proposal="amended", text="For five years")
    confirm(orebro, number)
    enter(orebro, number, "recommend")
    assert decisions(orebro, number)[-1].text == "For five years"


def test_change_that_makes_another_body_competent_is_refused(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "membership", responsible=COMMITTEE)
    with refused(orebro, NotCompetent, "other-body", clauses=("orebro/levels.executive-board",)):
        enter(orebro, number, "approve-amended", text="For all of us", attributes={"scope": "municipality"})
    enter(orebro, number, "refer-back", text="The executive board must decide this")
    assert confirm(orebro, number) == "draft"


def test_change_that_makes_it_a_matter_of_principle_is_refused_to_a_lower_body(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    with refused(orebro, NotCompetent, "other-body", clauses=("se/kl.5-1", "se/kl.5-28")):
        enter(
            orebro,
            number,
            "approve-amended",
            text="It is great",
            attributes={"principal": True},
            fields={"principal_reason": "It is great"},
        )


def test_council_does_not_lower_a_matter_of_principle_to_keep_it_from_its_route(orebro: World) -> None:
    fields = orebro.draft("visit")["fields"] | {"principal_reason": "The first of its kind"}
    number = at(orebro, "decide:council", "visit", attributes={"principal": True}, fields=fields)
    with refused(orebro, NotCompetent, "other-body"):
        enter(orebro, number, "approve-amended", text="It is small", attributes={"principal": False})


def test_council_makes_a_matter_one_of_principle_with_a_reason(orebro: World) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, "field-missing"):
        enter(orebro, number, "approve-amended", text="It is great", attributes={"principal": True})
    enter(
        orebro,
        number,
        "approve-amended",
        text="It is great",
        attributes={"principal": True},
        fields={"principal_reason": "It is great"},
    )
    assert confirm(orebro, number) == "sign"
    assert orebro.row(number).principal is True


def test_forbidden_change_is_refused_to_the_highest_body(stockholm: World) -> None:
    number = at(stockholm, "decide:responsible", "aid-project")
    with refused(stockholm, NotCompetent, "refused-by-clause", clauses=("stockholm/aid",)):
        enter(stockholm, number, "approve-amended", text="The city pays", attributes={"external_funding": 99})


def test_change_takes_away_nothing_the_policy_demands(orebro: World) -> None:
    number = at(orebro, "decide:executive-board", "cooperation-agreement")
    with refused(orebro, RequirementMissing, "missing", clauses=("orebro/twins.time-limited",)):
        enter(orebro, number, "approve-amended", text="For ever", fields={"ends_on": None})
    with refused(orebro, RequirementMissing, "missing", clauses=("orebro/goals",)):
        enter(orebro, number, "approve-amended", text="For fun", goals=["strategy-budget"])


def test_what_a_body_changed_is_the_cases_when_the_chair_confirms(orebro: World) -> None:
    number = at(orebro, "decide:council")
    changed = {"attributes": {"eu_funded": True}, "fields": {"ends_on": "2030-06-30"}, "goals": orebro.goals()[::-1]}
    enter(orebro, number, "approve-amended", text="For longer", **changed)
    before = orebro.row(number)
    assert (before.eu_funded, before.fields["ends_on"]) == (False, "2029-12-31")
    confirm(orebro, number)
    after = orebro.row(number)
    assert (after.eu_funded, after.fields["ends_on"], after.goals) == (True, "2030-06-30", orebro.goals()[::-1])
    assert verify(orebro.engine).ok


@pytest.mark.parametrize(
    "attributes", [{"named_nordic_twin": True}, {"engagement": "visit"}, {"responsible": "council"}]
)
def test_body_does_not_change_what_the_register_or_the_request_decides(
    orebro: World, attributes: dict[str, Any]
) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, "field-unknown"):
        enter(orebro, number, "approve-amended", text="Yes", attributes=attributes)


# -- the meeting


def test_meeting_has_been_held(orebro: World) -> None:
    number = at(orebro, "decide:council")
    tomorrow = orebro.now.date() + timedelta(days=1)
    with refused(orebro, Malformed, "meeting-in-future"):
        enter(orebro, number, "approve", meeting_date=tomorrow.isoformat())


def test_meeting_of_a_body_on_a_day_is_one_meeting(orebro: World) -> None:
    for _ in range(2):
        number = at_since(orebro, 20, "decide:responsible", "visit", responsible=COMMITTEE)
        enter(orebro, number, "approve", meeting_date="2026-09-01")
    with reading(orebro.engine, orebro.tenant.id) as session:
        (meeting,) = session.scalars(select(Meeting))
    assert (meeting.held_on, orebro.tenant.body_keys[meeting.body_id]) == (date(2026, 9, 1), COMMITTEE)


def test_presence_is_counted_against_the_members_of_that_day(orebro: World) -> None:
    number = at_since(orebro, 20, "decide:responsible", "visit", responsible=COMMITTEE)
    with writing(orebro.engine, orebro.tenant.id) as connection:  # five of eleven have left since the meeting
        leaving = [orebro.people[f"member{n}"] for n in range(5)]
        connection.execute(
            update(Appointment).where(Appointment.person_id.in_(leaving)).values(ends_on=date(2026, 9, 10))
        )
    with refused(orebro, QuorumMissing, "not-quorate", clauses=("se/kl.6-27",)):
        enter(orebro, number, "approve", present=5, meeting_date="2026-09-10")
    enter(orebro, number, "approve", present=5, meeting_date="2026-09-11")
    assert decisions(orebro, number)[-1].members == 6
    with refused(orebro, QuorumMissing, "too-many-present"):
        enter_again(orebro, number, present=7, meeting_date="2026-09-11")


def enter_again(world: World, number: str, **more: Any) -> None:
    """The committee's secretary corrects what was entered."""
    world.act("secretary.committee", number, "enter-decision", world.decision("approve", **more))


def test_body_that_nobody_sits_in_decides_nothing(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    with writing(orebro.engine, orebro.tenant.id) as connection:
        elected = Appointment.role.in_(("member", "chair"))
        connection.execute(update(Appointment).where(elected).values(ends_on=date(2026, 9, 14)))
    with refused(orebro, QuorumMissing, "not-quorate"):
        enter(orebro, number, "approve", present=0)


@pytest.mark.parametrize("outcome", ["approve", "postpone", "refer-back", "withdraw", "not-raised"])
def test_body_without_a_quorum_does_not_even_postpone(orebro: World, outcome: str) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    with refused(orebro, QuorumMissing, "not-quorate"):
        enter(orebro, number, outcome, present=5, comment="We were few")


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"present": -1}, "field-wrong"),
        ({"present": "11"}, "field-wrong"),
        ({"present": 11.0}, "field-wrong"),
        ({"present": True}, "field-wrong"),
        ({"paragraph": ""}, "field-wrong"),
        ({"meeting_date": "yesterday"}, "field-wrong"),
        ({"meeting_date": "2026-02-30"}, "field-wrong"),
        ({"for": -3}, "field-wrong"),
        ({"casting_vote": "maybe"}, "field-wrong"),
        ({"conflicts": "chair.council@orebro"}, "field-wrong"),
        ({"votes": {"for": 11}}, "field-unknown"),
        ({"members": 3}, "field-unknown"),
        ({"body": "kommunstyrelsen"}, "field-unknown"),
    ],
)
def test_record_that_cannot_be_read_is_malformed(orebro: World, payload: dict[str, Any], code: str) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, code):
        enter(orebro, number, "approve", **payload)


@pytest.mark.parametrize("name", ["outcome", "meeting_date", "paragraph", "present"])
def test_record_without_what_a_minute_needs_is_malformed(orebro: World, name: str) -> None:
    number = at(orebro, "decide:council")
    given = {key: value for key, value in orebro.decision().items() if key != name}
    with refused(orebro, Malformed, "field-missing"):
        orebro.act("secretary.council", number, "enter-decision", given)


def test_conflict_of_somebody_unknown_is_malformed(orebro: World) -> None:
    number = at(orebro, "decide:council")
    with refused(orebro, Malformed, "unknown-person", "unknown-person"):
        enter(orebro, number, "approve", conflicts=["nobody@orebro", "officer@oslo"])


def test_conflicts_become_recusals_when_the_chair_confirms(orebro: World) -> None:
    number = at(orebro, "recommend:responsible")
    enter(orebro, number, "recommend", conflicts=["member0@orebro", "member1@orebro", "member0@orebro"])

    def recused() -> set[int]:
        with reading(orebro.engine, orebro.tenant.id) as session:
            return set(session.scalars(select(Recusal.person_id)))

    assert recused() == set()
    confirm(orebro, number)
    assert recused() == {orebro.people["member0"], orebro.people["member1"]}
    enter(orebro, number, "recommend", conflicts=["member0@orebro"])  # the same person again, in the next body
    confirm(orebro, number)
    assert recused() == {orebro.people["member0"], orebro.people["member1"]}


def test_members_with_a_conflict_do_not_count_towards_a_swedish_committees_quorum(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    with refused(orebro, QuorumMissing, "not-quorate", clauses=("se/kl.6-27",)):
        enter(orebro, number, "approve", present=6, conflicts=["member0@orebro"])
    enter(orebro, number, "approve", present=7, conflicts=["member0@orebro"])


def test_members_with_a_conflict_count_towards_a_swedish_councils_quorum(orebro: World) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, "approve", present=6, conflicts=["member0@orebro"])
    assert confirm(orebro, number) == "sign"


# -- votes and minorities through the gate


def test_danish_tie_lapses_at_the_gate(odense: World) -> None:
    number = at(odense, "decide:council")
    with refused(odense, QuorumMissing, "tie-lapses"):
        enter(odense, number, "approve", present=10, **{"for": 5, "against": 5})
    enter(odense, number, "reject", present=10, **{"for": 5, "against": 5})
    assert confirm(odense, number) == "rejected"


def test_norwegian_member_does_not_abstain_at_the_gate(oslo: World) -> None:
    number = at(oslo, "decide:council")
    with refused(oslo, QuorumMissing, "must-vote", clauses=("no/koml.8-1",)):
        enter(oslo, number, "approve", **{"for": 9, "against": 1, "abstained": 1})


def test_votes_are_kept_with_the_decision(orebro: World) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, "approve", present=10, **{"for": 5, "against": 5}, casting_vote="for")
    (decision,) = [one for one in decisions(orebro, number) if one.step == "decide:council"]
    assert (decision.members, decision.present, decision.votes_for, decision.votes_against) == (11, 10, 5, 5)
    assert (decision.abstained, decision.casting_vote, decision.paragraph) == (None, "for", "§ 12")


THIRD = {"present": 9, "for": 3, "against": 6}


@pytest.mark.parametrize("again", ["postpone", "refer-back"])
def test_third_of_a_swedish_council_uses_its_right_once_in_a_case(orebro: World, again: str) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, "postpone", comment="We want to read it", **THIRD)
    assert confirm(orebro, number) == "decide:council"
    with refused(orebro, QuorumMissing, "no-majority"):
        enter(orebro, number, again, comment="We want to read it again", **THIRD)
    other = at(orebro, "decide:council")
    enter(orebro, other, again, comment="We want to read it", **THIRD)


def test_third_has_used_its_right_also_when_the_case_comes_back(orebro: World) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, "refer-back", comment="Ask the schools", **THIRD)
    assert confirm(orebro, number) == "draft"
    orebro.walk(number, "decide:council")
    with refused(orebro, QuorumMissing, "no-majority"):
        enter(orebro, number, "refer-back", comment="Ask the parents", **THIRD)


def test_majority_that_postponed_has_not_used_the_minoritys_right(orebro: World) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, "postpone", comment="It is late", present=9, **{"for": 6, "against": 3})
    confirm(orebro, number)
    enter(orebro, number, "postpone", comment="It is late", present=10, **{"for": 5, "against": 5}, casting_vote="for")
    confirm(orebro, number)
    enter(orebro, number, "postpone", comment="We want to read it", **THIRD)


def test_third_of_a_council_that_only_recommends_uses_its_right_once_too(orebro: World) -> None:
    """In a company's matter of principle the council takes a position and the company decides (KL 10:3)."""
    fields = orebro.draft("project")["fields"] | {"principal_reason": "A new line of business"}
    attributes = {"principal": True, "external_funding": 100}
    number = at(orebro, "recommend:council", "project", responsible=COMPANY, attributes=attributes, fields=fields)
    enter(orebro, number, "postpone", comment="We want to read it", **THIRD)
    assert confirm(orebro, number) == "recommend:council"
    with refused(orebro, QuorumMissing, "no-majority"):
        enter(orebro, number, "postpone", comment="We want to read it again", **THIRD)


def test_record_returned_or_replaced_uses_no_right(orebro: World) -> None:
    number = at(orebro, "decide:council")
    enter(orebro, number, "postpone", comment="We want to read it", **THIRD)
    orebro.act("chair.council", number, "refer-back", comment="That is not what we decided")
    enter(orebro, number, "postpone", comment="We want to read it", **THIRD)
    assert confirm(orebro, number) == "decide:council"


# -- correction, return, confirmation


def test_nothing_is_the_bodys_act_before_the_chair_confirms(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    enter(orebro, number, "approve")
    row = orebro.row(number)
    assert (row.state, row.outcome, row.closed_at) == ("confirm-decide:responsible", None, None)
    (decision,) = decisions(orebro, number)
    assert (decision.state, decision.confirmed_by_id, decision.confirmed_at) == ("entered", None, None)
    orebro.later(hours=2)
    confirm(orebro, number)
    (decision,) = decisions(orebro, number)
    assert (decision.state, decision.confirmed_by_id) == ("confirmed", orebro.people["chair.committee"])
    assert (decision.confirmed_at, decision.decided_on) == (orebro.now, date(2026, 9, 15))


def test_record_is_corrected_before_it_is_confirmed_and_both_stay(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    enter(orebro, number, "approve", paragraph="§ 12")
    enter_again(orebro, number, paragraph="§ 13")
    assert orebro.row(number).state == "confirm-decide:responsible"
    assert [(one.paragraph, one.state) for one in decisions(orebro, number)] == [
        ("§ 12", "replaced"),
        ("§ 13", "entered"),
    ]
    confirm(orebro, number)
    assert [one.state for one in decisions(orebro, number)] == ["replaced", "confirmed"]


def test_correction_may_change_the_outcome(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    enter(orebro, number, "approve")
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision("reject"))
    assert confirm(orebro, number) == "rejected"


def test_correction_is_weighed_like_the_first_record(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    enter(orebro, number, "approve")
    with refused(orebro, QuorumMissing, "not-quorate"):
        enter_again(orebro, number, present=5)
    assert [one.state for one in decisions(orebro, number)] == ["entered"]


def test_chair_returns_the_record_with_reasons(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    enter(orebro, number, "approve")
    with refused(orebro, Malformed, "reason-needed"):
        orebro.act("chair.committee", number, "refer-back")
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act("secretary.committee", number, "refer-back", comment="Wrong paragraph")
    orebro.act("chair.committee", number, "refer-back", comment="Wrong paragraph")
    row = orebro.row(number)
    assert (row.state, row.waits_role) == ("decide:responsible", "secretary")


def test_returned_record_is_nobodys_decision_and_a_new_one_is_entered(orebro: World) -> None:
    number = at(orebro, "decide:responsible", "visit", responsible=COMMITTEE)
    enter(orebro, number, "approve", paragraph="§ 12")
    orebro.act("chair.committee", number, "refer-back", comment="Wrong paragraph")
    enter(orebro, number, "reject", paragraph="§ 13")
    assert confirm(orebro, number) == "rejected"
    found = decisions(orebro, number)
    assert [one.paragraph for one in found if one.state == "confirmed"] == ["§ 13"]
    assert [one.state for one in found if one.state == "entered"] == []


def test_body_outcomes_offered_are_those_the_gate_takes(orebro: World) -> None:
    """What a form may offer (`outcomes_at`) and what the gate takes do not differ."""
    every = ("recommend", "approve", "approve-amended", "reject", "take-note", "refer-back", "postpone", "withdraw")
    for state in ("recommend:responsible", "recommend:executive-board", "decide:council"):
        number = at(orebro, state)
        offered = orebro.look("officer", number).procedure.outcomes_at(state)
        for outcome in (*every, "not-raised"):
            fresh = at(orebro, state)
            if outcome in offered and outcome != "take-note":
                enter(orebro, fresh, outcome, comment="For these reasons", text="For these reasons")
            else:
                with pytest.raises(NotCompetent):
                    enter(orebro, fresh, outcome, comment="For these reasons", text="For these reasons")
