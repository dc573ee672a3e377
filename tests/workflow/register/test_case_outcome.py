"""What does a concluded case change in the register, and what does it plan and tell?"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from models import Engagement, Evaluation, Notice
from models.database import reading
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.core.errors import Malformed
from workflow.evaluations.schedule import due_day
from workflow.policy.conditions import Condition
from workflow.policy.pack_rules import EvaluationRule
from workflow.register.service import register_engagement


def registered(world: World, kind: str, **more: Any) -> str:
    """An engagement from before, the executive board's matter."""
    given = {
        "kind": kind,
        "title": f"An old {kind}",
        "source": "Minutes of 1998, § 4",
        "responsible": world.policy.only("executive-board").key,
        "scope": "municipality",
        "starts_on": "1998-04-01",
    }
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given | more, now=world.now)


def engagements(world: World) -> list[Engagement]:
    """The register, oldest first."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(Engagement).order_by(Engagement.id)))


def evaluations(world: World) -> list[tuple[str, date]]:
    """What is planned: rule and day."""
    with reading(world.engine, world.tenant.id) as session:
        return [(one.rule, one.due_on) for one in session.scalars(select(Evaluation).order_by(Evaluation.id))]


def notices(world: World) -> list[Notice]:
    """Who is told what."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(Notice).order_by(Notice.id)))


def concluded(world: World, engagement: str, act: str = "enter", **more: Any) -> str:
    """A case carried to its yes."""
    number = world.open(engagement, act, **more)
    assert world.walk(number) == "concluded"
    return number


# -- nothing before the end


def test_register_is_untouched_until_the_case_is_concluded(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    while orebro.row(number).state != "concluded":
        assert engagements(orebro) == []
        assert evaluations(orebro) == []
        assert notices(orebro) == []
        orebro.step(number)
    assert len(engagements(orebro)) == 1


@pytest.mark.parametrize("outcome", ["reject", "not-raised", "withdraw"])
def test_case_that_ends_in_no_leaves_the_register_as_it_was(orebro: World, outcome: str) -> None:
    number = orebro.open("visit", responsible="programnamnd-barn")
    orebro.walk(number, "decide:responsible")
    orebro.act("secretary.committee", number, "enter-decision", orebro.decision(outcome), "For these reasons")
    orebro.act("chair.committee", number, "confirm")
    assert orebro.row(number).closed_at is not None
    assert engagements(orebro) == []
    assert evaluations(orebro) == []
    assert notices(orebro) == []


# -- enter


def test_entered_engagement_is_what_the_case_says(orebro: World) -> None:
    attributes = {"external_funding": 40, "eu_funded": True, "initiative": "external"}
    number = concluded(orebro, "project", attributes=attributes, responsible="programnamnd-barn", title="Floods")
    (one,) = engagements(orebro)
    assert (one.number, one.kind, one.title, one.status) == ("orebro-e-00001", "project", "Floods", "active")
    assert (one.partner_name, one.partner_country) == ("Turku", "FI")
    assert (one.external_funding, one.eu_funded, one.scope) == (40, True, "own-area")
    assert orebro.tenant.body_keys[one.responsible_body_id] == "programnamnd-barn"
    assert (one.goals, one.fields["purpose"]) == (orebro.goals(), "Learn how others prepare for floods")
    assert (one.starts_on, one.ends_on) == (date(2026, 9, 15), date(2029, 12, 31))
    assert (one.origin, one.entered_by, one.changed_by) == ("case", number, None)
    assert orebro.row(number).engagement_id == one.id


def test_engagement_begins_when_the_case_says_else_when_it_is_in_force(orebro: World) -> None:
    concluded(orebro, "membership", fields=orebro.draft("visit")["fields"] | {"starts_on": "2027-01-01"})
    number = orebro.open("twin-agreement")
    orebro.walk(number, "sign")
    orebro.later(days=10)
    orebro.act("chair.executive", number, "sign", {"signed_on": "2026-09-16", "counter_signed_on": "2026-09-19"})
    assert [one.starts_on for one in engagements(orebro)] == [date(2027, 1, 1), date(2026, 9, 19)]


def test_no_new_engagement_is_a_nordic_twin_town_of_the_policy(orebro: World) -> None:
    concluded(orebro, "twin-agreement", partner={"name": "Drammen", "country": "NO"})
    assert engagements(orebro)[0].named_nordic_twin is False


def test_numbers_in_the_register_run_on(orebro: World) -> None:
    registered(orebro, "membership")
    concluded(orebro, "visit")
    assert [one.number for one in engagements(orebro)] == ["orebro-e-00001", "orebro-e-00002"]


def test_what_the_council_only_noted_stands_as_noted(oslo: World) -> None:
    number = oslo.open("policy", "adopt", attributes={})
    oslo.walk(number, "decide:council")
    oslo.act("secretary.council", number, "enter-decision", oslo.decision("take-note"))
    oslo.act("chair.council", number, "confirm")
    (one,) = engagements(oslo)
    assert (one.kind, one.status) == ("policy", "noted")


def test_what_the_council_adopted_stands_as_active(oslo: World) -> None:
    concluded(oslo, "policy", "adopt", attributes={})
    assert [one.status for one in engagements(oslo)] == ["active"]


# -- renew, evaluate


def test_renewed_engagement_has_its_new_end_and_keeps_its_beginning(orebro: World) -> None:
    engagement = registered(orebro, "twin-agreement", ends_on="2026-12-31")
    fields = orebro.draft("visit")["fields"] | {"ends_on": "2031-12-31"}
    number = concluded(orebro, "twin-agreement", "renew", engagement_number=engagement, fields=fields)
    (one,) = engagements(orebro)
    assert (one.starts_on, one.ends_on, one.status) == (date(1998, 4, 1), date(2031, 12, 31), "active")
    assert (one.entered_by, one.changed_by, one.origin) == (None, number, "register")
    assert one.signature["signed_on"] == "2026-09-15"


def test_evaluated_engagement_stays_as_it_is(orebro: World) -> None:
    engagement = registered(orebro, "membership")
    before = engagements(orebro)[0]
    number = concluded(orebro, "membership", "evaluate", engagement_number=engagement)
    (after,) = engagements(orebro)
    assert (after.status, after.ends_on, after.fields) == (before.status, before.ends_on, before.fields)
    assert after.changed_by == number


# -- terminate


def test_terminated_agreement_is_active_until_its_last_day(orebro: World) -> None:
    engagement = registered(orebro, "twin-agreement")
    number = orebro.open("twin-agreement", "terminate", engagement_number=engagement, fields={})
    orebro.walk(number, "sign")
    given = {"signed_on": "2026-09-15", "notice_on": "2026-10-01", "ends_on": "2027-03-31"}
    orebro.act("chair.executive", number, "sign", given)
    (one,) = engagements(orebro)
    assert (one.notice_on, one.ends_on, one.status) == (date(2026, 10, 1), date(2027, 3, 31), "active")
    assert one.changed_by == number


def test_terminated_agreement_without_dates_ends_on_the_day_notice_was_signed(orebro: World) -> None:
    engagement = registered(orebro, "twin-agreement")
    number = orebro.open("twin-agreement", "terminate", engagement_number=engagement, fields={})
    orebro.walk(number, "sign")
    orebro.act("chair.executive", number, "sign", {"signed_on": "2026-09-15"})
    (one,) = engagements(orebro)
    assert (one.notice_on, one.ends_on, one.status) == (None, date(2026, 9, 15), "active")


def test_left_membership_ends_on_the_day_the_case_says(orebro: World) -> None:
    engagement = registered(orebro, "membership")
    fields = {"notice_on": "2026-09-30", "ends_on": "2026-12-31"}
    concluded(orebro, "membership", "terminate", engagement_number=engagement, fields=fields)
    (one,) = engagements(orebro)
    assert (one.notice_on, one.ends_on, one.status) == (date(2026, 9, 30), date(2026, 12, 31), "active")


def test_engagement_whose_end_is_past_has_ended(orebro: World) -> None:
    engagement = registered(orebro, "membership")
    fields = {"ends_on": "2026-08-31"}
    concluded(orebro, "membership", "terminate", engagement_number=engagement, fields=fields)
    assert engagements(orebro)[0].status == "ended"
    with refused(orebro, Malformed, "engagement-ended"):
        orebro.open("membership", "renew", engagement_number=engagement)


# -- evaluations and notices


def test_engagement_that_policy_wants_evaluated_is_planned_to_be(orebro: World) -> None:
    concluded(orebro, "membership")
    concluded(orebro, "twin-agreement")
    concluded(orebro, "visit")
    assert evaluations(orebro) == [("networks", date(2028, 9, 15)), ("agreements", date(2029, 6, 30))]


def test_due_day_counts_from_the_beginning_or_back_from_the_end() -> None:
    rule = EvaluationRule("r", Condition(), "coordinator@executive-board", "as-entered", (), every=24)
    before = EvaluationRule("r", Condition(), "coordinator@executive-board", "as-entered", (), before_expiry=6)
    once = EvaluationRule("r", Condition(), "coordinator@executive-board", "as-entered", (), on=date(2025, 12, 31))
    starts, ends = date(2026, 9, 15), date(2029, 8, 31)
    assert due_day(rule, starts, ends) == date(2028, 9, 15)
    assert due_day(before, starts, ends) == date(2029, 2, 28)
    assert due_day(before, starts, None) is None
    assert due_day(once, starts, None) == date(2025, 12, 31)


def test_evaluation_is_due_at_the_end_of_its_day_there(orebro: World) -> None:
    concluded(orebro, "membership", fields=orebro.draft("visit")["fields"] | {"starts_on": "2026-01-15"})
    with reading(orebro.engine, orebro.tenant.id) as session:
        (one,) = session.scalars(select(Evaluation))
    assert (one.due_on, one.due_at.isoformat()) == (date(2028, 1, 15), "2028-01-15T23:00:00+00:00")
    assert one.engagement_id == engagements(orebro)[0].id


@pytest.mark.parametrize(
    ("act", "kind"),
    [("enter", "engagement-entered"), ("terminate", "engagement-ended"), ("renew", "engagement-changed")],
)
def test_coordinator_is_told_of_every_engagement_by_the_clause_that_asks(orebro: World, act: str, kind: str) -> None:
    more = {} if act == "enter" else {"engagement_number": registered(orebro, "membership")}
    number = concluded(orebro, "membership", act, **more)
    (notice,) = notices(orebro)
    assert (notice.role, orebro.tenant.body_keys[notice.body_id]) == ("coordinator", "kommunstyrelsen")
    assert (notice.kind, notice.clause) == (kind, "orebro/levels.coordination")
    assert (notice.case_id, notice.engagement_id) == (orebro.row(number).id, engagements(orebro)[0].id)
