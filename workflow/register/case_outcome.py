"""Outcome hook: a concluded case changes the register of engagements.

In the transaction that concludes it: the engagement is created, renewed or ended, its evaluations are planned, and the
coordinator is notified.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, update

from models import Engagement, Notice
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.sign import signature_record
from workflow.cases.engagement import CHANGING_ACTS
from workflow.core.sequences import next_in
from workflow.evaluations import schedule
from workflow.evaluations.schedule import Planned
from workflow.policy.named_twins import ATTRIBUTE, is_named_twin
from workflow.policy.request_domain import GIVEN_OR_REGISTERED, facts_of
from workflow.policy.roles import coordinator_seat
from workflow.register.search_index import note_words, sort_keys

ENTERING = ("enter", "adopt")
ENDING = ("terminate", "repeal")

_ENTER = insert(Engagement).returning(Engagement.id)
_NOTICE = insert(Notice)


def update_register(context: ActionContext, to_state: str) -> None:
    """Take a concluded case over into the register of engagements; other ends change nothing there."""
    if to_state != "concluded":
        return
    act = context.case_context.request.act
    notice = "engagement-changed"
    if act in ENTERING:
        notice = "engagement-entered"
        _enter(context)
    elif (engagement_id := context.case.engagement_id) is not None:
        if act in ENDING:
            notice = "engagement-ended"
        _change(context, act, engagement_id)
    _notify(context, notice)


def _fields(context: ActionContext) -> dict[str, Any]:
    return dict(context.changes.get("fields", context.case.fields))


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _enter(context: ActionContext) -> None:
    s, case, fields = context.case_context, context.case, _fields(context)
    request, signature = context.request_now(), signature_record(context)
    number = f"{context.tenant.key}-e-{next_in(context.connection, context.municipality_id, 'e'):05d}"
    starts = _day(fields.get("starts_on")) or _day(signature.get("in_force_on")) or s.today
    row = {
        "municipality_id": context.municipality_id,
        "number": number,
        "kind": request.engagement,
        "title": context.changes.get("title", case.title),
        "status": "noted" if context.changes.get("outcome") == "noted" else "active",
        "partner_name": case.partner_name,
        "partner_country": case.partner_country,
        "responsible_body_id": case.responsible_body_id,
        **facts_of(request, GIVEN_OR_REGISTERED),
        ATTRIBUTE: is_named_twin(context.policy.named_nordic_twins, case.partner_name, registered=False),
        "goals": list(context.changes.get("goals", case.goals)),
        "fields": fields,
        "starts_on": starts,
        "ends_on": _day(fields.get("ends_on")),
        "signature": signature,
        "origin": "case",
        "entered_by": case.number,
        "is_example": case.is_example,
        "created_at": context.now,
    }
    row |= sort_keys(context.tenant, row["title"], row["partner_name"])
    id_ = context.connection.execute(_ENTER, row).scalar_one()
    note_words(context.connection, context.tenant, id_, row["title"], row["partner_name"])
    context.changes |= {"engagement_id": id_, "engagement_version": 1}
    context.data |= {"engagement": number, "engagement_version": 1}
    engagement = Planned(id_, number, s.responsible, case.policy_version_id)
    ends = _day(fields.get("ends_on"))
    context.data |= schedule.plan(
        context.connection,
        context.tenant,
        context.policy,
        request,
        engagement,
        starts=starts,
        ends=ends,
        now=context.now,
    )


def _change(context: ActionContext, act: str, engagement_id: int) -> None:
    s, case, fields = context.case_context, context.case, _fields(context)
    signature = context.data.get("signature", {})
    values: dict[str, Any] = {"changed_by": case.number}
    of_it = [Engagement.municipality_id == context.municipality_id, Engagement.id == engagement_id]
    if act in CHANGING_ACTS:
        # the authorization has seen that version, under the engagement's lock: a case can never change another
        of_it.append(Engagement.version == case.engagement_version)
        values["version"] = Engagement.version + 1
    ends = None
    if act == "renew":
        ends = _day(fields.get("ends_on"))
        values |= {"ends_on": ends, "goals": list(context.changes.get("goals", case.goals))}
        if signature:
            values["signature"] = signature_record(context)
    if act in ENDING:
        notice = _day(signature.get("notice_on")) or _day(fields.get("notice_on"))
        signed_on = _day(signature.get("signed_on")) or s.today
        ends = _day(signature.get("ends_on")) or _day(fields.get("ends_on")) or notice or signed_on
        # active until its last day: the register shows it as ended from the day after
        values |= {"notice_on": notice, "ends_on": ends}
        if ends < context.case_context.today:
            values["status"] = "ended"
    number, version = context.connection.execute(
        update(Engagement).where(*of_it).values(**values).returning(Engagement.number, Engagement.version)
    ).one()
    if act in CHANGING_ACTS:
        context.data["register_version"] = version
    engagement = Planned(engagement_id, number, s.responsible, case.policy_version_id)
    where = (context.connection, context.tenant, context.policy)
    if act == "renew":
        context.data |= schedule.renewed(*where, context.request_now(), engagement, ends=ends, now=context.now)
    elif ends is not None:
        context.data |= schedule.ended(*where, engagement, ends=ends, today=s.today, now=context.now)


def _notify(context: ActionContext, kind: str) -> None:
    """Notify the coordinator, citing the clause that demands it."""
    role, body = coordinator_seat(context.policy)
    demanding = [c.id for c in context.policy.clauses.values() if "notice" in c.enforced_by]
    context.connection.execute(
        _NOTICE,
        context.owned(
            body_id=context.tenant.body_ids[body],
            role=role,
            kind=kind,
            engagement_id=context.changes.get("engagement_id", context.case.engagement_id),
            clause=demanding[0] if demanding else "",
            created_at=context.now,
        ),
    )
