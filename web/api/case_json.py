"""What is a program told of a case?

Everything in codes and keys, read in one transaction with a fixed number of statements, as one person may see it.
Where the case is, what it needs and what the person may do are the engine's answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row

from models.database import reading
from web.api.case_related import Beside, beside
from web.api.problems import told
from web.core.services import Services
from web.policies.answer_json import Json, body_name, demands, way
from web.ui.route_diagram import travelled
from workflow.cases.authorization import available_actions, naming_officer
from workflow.cases.context import CaseContext
from workflow.core.tenants import Tenant
from workflow.policy.competence import who_decides
from workflow.policy.request_domain import facts_of
from workflow.policy.roles import preparing_seat
from workflow.policy.voting_rules import needed_for_quorum
from workflow.trail.entry import instant

#: Final states in which the last body to act had its say.
_ANSWERED = ("rejected", "not-raised")


def case_as_json(here: Services, tenant: Tenant, person_id: int, number: str) -> Json:
    """A case as a person sees it; raises `NotFound` when they may not."""
    with reading(here.engine, tenant.id) as session:
        s = here.gate.standing(session.connection(), tenant, person_id, number, now=here.now())
        found = beside(session, s)
    return _case(tenant, s, found)


def _case(tenant: Tenant, s: CaseContext, more: Beside) -> Json:
    case, policy = s.case, s.policy
    told_of: Json = {
        **head(tenant, case),
        "body_name": body_name(policy, s.deciding),
        "attributes": facts_of(case),
        "waits_for": _waits_for(tenant, s, more),
        "route": list(_route(s)),
        "requirements": list(demands(policy, s.request, dict(case.fields), tuple(case.goals))),
        "clauses": list(case.clauses),
        "assumptions": list(who_decides(policy, s.request).assumptions),
        "policy_version": policy.version,
        "policy_digest": policy.digest,
        "origin": case.origin,
        "officer": more.people[case.officer_id],
        "opened_by": more.people[case.opened_by_id],
        "partner": {"name": case.partner_name, "country": case.partner_country},
        "fields": dict(case.fields),
        "goals": list(case.goals),
        "engagements": list(more.engagements),
        "secrecy": {"law": case.secrecy_law, "note": case.secrecy_note},
        "postponements": case.postponements,
        "closed_at": _instant(case.closed_at),
        "proposal": _proposal(case, more),
        "documents": [_document(row) for row in more.documents],
        "decisions": [_decision(tenant, s, row, more) for row in more.decisions],
        "available_actions": [
            {
                "action": found.action,
                "allowed": found.allowed,
                "reasons": [told(naming_officer(why, more.officer)) for why in found.reasons],
                "clauses": list(found.clauses),
            }
            for found in available_actions(s)
        ],
    }
    stop = s.procedure.stop_at(s.state)
    if stop is not None and more.members is not None:
        rule = policy.law.collegial.quorum_of(stop.kind)
        told_of |= {"members": more.members, "quorum": needed_for_quorum(rule, more.members)}
    return told_of


def head(tenant: Tenant, case: Row[Any]) -> Json:
    """What a list tells of a case, and the case itself tells first."""
    return {
        "number": case.number,
        "external_number": case.external_number,
        "title": case.title,
        "municipality": tenant.key,
        "engagement": case.engagement,
        "act": case.act,
        "responsible": tenant.body_keys[case.responsible_body_id],
        "state": case.state,
        "outcome": case.outcome,
        "version": case.version,
        "body_kind": case.decides,
        "body_key": tenant.body_keys[case.deciding_body_id],
        "due_on": _day(case.due_on),
        "opened_at": _instant(case.opened_at),
        "changed_at": _instant(case.changed_at),
        "example": case.is_example,
    }


def _waits_for(tenant: Tenant, s: CaseContext, more: Beside) -> Json | None:
    """Whose turn it is; a draft waits for its own officer."""
    case = s.case
    if case.waits_role is not None:
        return {"role": case.waits_role, "body_key": tenant.body_keys[case.waits_body_id]}
    if case.waits_person_id is None:
        return None
    role, body = preparing_seat(s.policy, "officer", s.responsible)
    return {"role": role, "body_key": body, "person": more.people[case.officer_id]}


def _route(s: CaseContext) -> Iterator[Json]:
    """The way of the case, with what lies behind it and where it is."""
    moves = [done for done in s.history if done.from_state != done.to_state]
    ended_at = moves[-1].from_state if moves else ""
    stages = travelled(s.policy, s.procedure, s.responsible, s.state, {}, ended_at=ended_at)
    for entry, stage in zip(way(s.policy, s.procedure, s.responsible), stages, strict=True):
        is_done = stage.status == "done" or (stage.status == "ended" and s.state in _ANSWERED)
        yield entry | {"done": is_done, "current": stage.status == "here"}


def _proposal(case: Row[Any], more: Beside) -> Json | None:
    if more.proposal is None:
        return None
    return {"version": case.proposal_version, "text": more.proposal.text, "digest": more.proposal.digest}


def _document(row: Row[Any]) -> Json:
    return {
        "number": row.number,
        "title": row.title,
        "direction": row.direction,
        "correspondent": row.correspondent,
        "file_name": row.file_name,
        "media_type": row.media_type,
        "size": row.size,
        "digest": row.digest,
        "dated_on": _day(row.dated_on),
        "registered_at": _instant(row.registered_at),
    }


def _decision(tenant: Tenant, s: CaseContext, row: Row[Any], more: Beside) -> Json:
    key = tenant.body_keys[row.body_id]
    return {
        "body_key": key,
        "body_name": body_name(s.policy, key),
        "step": row.step,
        "state": row.state,
        "outcome": row.outcome,
        "proposal": row.proposal,
        "text": row.text,
        "decided_on": _day(row.decided_on),
        "paragraph": row.paragraph,
        "members": row.members,
        "present": row.present,
        "for": row.votes_for,
        "against": row.votes_against,
        "abstained": row.abstained,
        "casting_vote": row.casting_vote,
        "conflicts": list(row.conflicts),
        "reason": row.reason,
        "entered_by": more.people[row.entered_by_id],
        "entered_at": _instant(row.entered_at),
        "confirmed_by": more.people.get(row.confirmed_by_id),
        "confirmed_at": _instant(row.confirmed_at),
        "mandate": row.reference,
        "clauses": list(row.clauses),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
