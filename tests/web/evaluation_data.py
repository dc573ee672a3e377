"""Engagements with evaluations and deadlines that come due, for tests."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from models import Deadline, Evaluation
from models.database import reading
from tests.worlds import World
from workflow.evaluations.service import evaluate
from workflow.register.service import register_engagement
from workflow.scheduling.scheduler import run_round


def registered(world: World, kind: str = "membership", title: str = "Network of rivers", **more: Any) -> str:
    """An engagement from before whose first evaluation is planned; returns the engagement's number."""
    given = {
        "kind": kind,
        "title": title,
        "partner_name": "Turku",
        "partner_country": "FI",
        "source": "An old agreement",
        "responsible": world.policy.only("executive-board").key,
        "scope": "municipality",
        "starts_on": "2024-09-10",
    } | more
    return register_engagement(world.services, world.people["officer"], world.tenant.key, given, now=world.now)


def evaluation_of(world: World, engagement: str) -> Any:
    """The latest evaluation of an engagement."""
    from models import Engagement

    query = (
        select(Evaluation)
        .join(Engagement, Engagement.id == Evaluation.engagement_id)
        .where(Engagement.number == engagement)
        .order_by(Evaluation.id.desc())
    )
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(query).first()


def again(world: World, number: str) -> Any:
    """An evaluation as it stands now."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Evaluation).where(Evaluation.number == number)).one()


def deadline_of(world: World, subject: str) -> Any:
    """The deadline of a case's step or an evaluation."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Deadline).where(Deadline.subject == subject)).one()


def whole_report(world: World, number: str, proposes: str = "continue", **more: Any) -> dict[str, Any]:
    """A report that answers everything."""
    rule = world.policy.evaluation(again(world, number).rule)
    answers = {question.key: f"About {question.key}" for question in rule.questions}
    return {"answers": answers, "proposes": proposes} | ({"worth": "enough"} if rule.weighs_value else {}) | more


def report(world: World, who: str, number: str, proposes: str = "continue", **more: Any) -> str:
    """File a whole report; returns the case it opens."""
    return evaluate(
        world.services,
        world.people[who],
        number,
        "report-evaluation",
        whole_report(world, number, proposes, **more),
        now=world.now,
        expected_version=again(world, number).version,
    )


def start(world: World, who: str, number: str) -> None:
    """Say that it is under way."""
    version = again(world, number).version
    evaluate(world.services, world.people[who], number, "start-evaluation", {}, now=world.now, expected_version=version)


def a_day(world: World, **by: int) -> str:
    """A day so long after the world's."""
    day: date = world.now.date() + timedelta(**by)
    return day.isoformat()


def rungs_climbed(world: World, days: int) -> None:
    """So many days go by, and the scheduler goes round each morning."""
    for _day in range(days):
        world.later(days=1)
        run_round(world.services, now=world.now)


def case_in_review(world: World, **more: object) -> str:
    """A case that waits for the manager."""
    committee = world.policy.bodies_of("committee")[0].key
    number = world.open("exchange", responsible=committee, title="An exchange of teachers", **more)
    world.act("officer", number, "submit")
    return number
