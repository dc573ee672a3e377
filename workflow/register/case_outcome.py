"""What does a concluded case change?

In the transaction that concludes it: the engagement is created, renewed or ended in the register, its evaluations are
planned, and whoever the policy names is told.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, update

from models import Engagement, Notice
from workflow.cases.actions.context import ActionContext
from workflow.core.sequences import next_in
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.policy.request_domain import GIVEN_OR_REGISTERED, facts_of
from workflow.policy.roles import coordinator_seat
from workflow.register.search_index import note_words, sort_keys

ENTERING = ("enter", "adopt")
ENDING = ("terminate", "repeal")

_ENTER = insert(Engagement).returning(Engagement.id)
_NOTICE = insert(Notice)


def conclude(turn: ActionContext) -> None:
    """Carry a concluded case over into the register of engagements."""
    act = turn.standing.request.act
    told = "engagement-changed"
    if act in ENTERING:
        told = "engagement-entered"
        _enter(turn)
    elif turn.standing.case.engagement_id is not None:
        if act in ENDING:
            told = "engagement-ended"
        _change(turn, act)
    _tell(turn, told)


def _fields(turn: ActionContext) -> dict[str, Any]:
    return dict(turn.changes.get("fields", turn.standing.case.fields))


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _signature(turn: ActionContext) -> dict[str, Any]:
    signature: dict[str, Any] = turn.data.get("signature", {})
    if signature:
        signature = {**signature, "signatories": turn.words["signatories"], "counterparty": turn.words["counterparty"]}
    return signature


def _enter(turn: ActionContext) -> None:
    s, case, fields = turn.standing, turn.standing.case, _fields(turn)
    request, signature = turn.request_now(), _signature(turn)
    number = f"{turn.tenant.key}-e-{next_in(turn.connection, turn.municipality_id, 'e'):05d}"
    starts = _day(fields.get("starts_on")) or _day(signature.get("in_force_on")) or s.today
    row = {
        "municipality_id": turn.municipality_id,
        "number": number,
        "kind": request.engagement,
        "title": turn.changes.get("title", case.title),
        "status": "noted" if turn.changes.get("outcome") == "noted" else "active",
        "partner_name": case.partner_name,
        "partner_country": case.partner_country,
        "responsible_body_id": case.responsible_body_id,
        **facts_of(request, GIVEN_OR_REGISTERED),
        "goals": list(turn.changes.get("goals", case.goals)),
        "fields": fields,
        "starts_on": starts,
        "ends_on": _day(fields.get("ends_on")),
        "signature": signature,
        "origin": "case",
        "entered_by": case.number,
        "is_example": case.is_example,
        "created_at": turn.now,
    }
    row |= sort_keys(turn.tenant, row["title"], row["partner_name"])
    id_ = turn.connection.execute(_ENTER, row).scalar_one()
    note_words(turn.connection, turn.tenant, id_, row["title"], row["partner_name"])
    turn.changes["engagement_id"] = id_
    turn.data["engagement"] = number
    engagement = Planned(id_, number, s.responsible, case.policy_version_id)
    ends = _day(fields.get("ends_on"))
    turn.data |= schedule.plan(
        turn.connection, turn.tenant, turn.policy, request, engagement, starts=starts, ends=ends, now=turn.now
    )


def _change(turn: ActionContext, act: str) -> None:
    s, case, fields = turn.standing, turn.standing.case, _fields(turn)
    signature = turn.data.get("signature", {})
    values: dict[str, Any] = {"changed_by": case.number}
    ends = None
    if act == "renew":
        ends = _day(fields.get("ends_on"))
        values |= {"ends_on": ends, "goals": list(turn.changes.get("goals", case.goals))}
        if signature:
            values["signature"] = _signature(turn)
    if act in ENDING:
        notice = _day(signature.get("notice_on")) or _day(fields.get("notice_on")) or turn.standing.today
        ends = _day(signature.get("ends_on")) or _day(fields.get("ends_on")) or notice
        # active until its last day: the register shows it as ended from the day after
        values |= {"notice_on": notice, "ends_on": ends}
        if ends < turn.standing.today:
            values["status"] = "ended"
    number = turn.connection.execute(
        update(Engagement)
        .where(Engagement.municipality_id == turn.municipality_id, Engagement.id == case.engagement_id)
        .values(**values)
        .returning(Engagement.number)
    ).scalar_one()
    engagement = Planned(case.engagement_id, number, s.responsible, case.policy_version_id)
    where = (turn.connection, turn.tenant, turn.policy)
    if act == "renew":
        turn.data |= schedule.renewed(*where, turn.request_now(), engagement, ends=ends, now=turn.now)
    elif ends is not None:
        turn.data |= schedule.ended(*where, engagement, ends=ends, today=s.today, now=turn.now)


def _tell(turn: ActionContext, what: str) -> None:
    """Tell the coordinator, and cite the clauses that ask for it."""
    role, body = coordinator_seat(turn.policy)
    asking = [c.id for c in turn.policy.clauses.values() if "notice" in c.enforced_by]
    turn.connection.execute(
        _NOTICE,
        turn.owned(
            body_id=turn.tenant.body_ids[body],
            role=role,
            kind=what,
            engagement_id=turn.changes.get("engagement_id", turn.standing.case.engagement_id),
            clause=asking[0] if asking else "",
            created_at=turn.now,
        ),
    )
