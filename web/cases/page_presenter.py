"""Case view of a reader, read in one transaction with a fixed number of statements.

The engine's context says where the case is and what the reader may do; joined to it are proposals, decisions, opinions,
documents and history. No rule is applied here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from web.cases import page_queries
from web.cases.actions import ACTION_SCREENS
from web.cases.presenter import CaseView, Decided, Demanded, Event, Opinion, Version
from web.ui.route_diagram import Stage, travelled
from workflow.cases.authorization import Availability, available_actions, naming_officer, visible_context
from workflow.cases.context import CaseContext
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenant
from workflow.policy.competence import who_decides
from workflow.policy.requirements import missing, required
from workflow.trail.entry import from_text


def load(db: Session, services: Services, tenant: Tenant, actor_id: int, number: str, now: datetime) -> CaseView:
    """The case as a person sees it; raises `NotFound` when they may not."""
    s = visible_context(db.connection(), tenant, services.policies, actor_id, number, now=now)
    case = s.case
    proposals, decisions = page_queries.proposals(db, case.id), page_queries.decisions(db, case.id)
    opinions, documents = page_queries.opinions(db, s), page_queries.documents(db, case.id)
    entries = page_queries.entries(db, number)
    left = {username for row in decisions for username in row.conflicts}
    people = _people(case, proposals, decisions, opinions, documents)
    acted = {who for row in entries for who in (row.actor, row.on_behalf_of) if who}
    names = page_queries.names_of(db, people, acted, left)
    events = tuple(_event(row, names) for row in entries)
    waits_body = tenant.body_keys.get(case.waits_body_id or 0, "")
    officer = names.get(case.officer_id, "")
    actions = tuple(_with_officer_name(found, officer) for found in available_actions(s))
    return CaseView(
        tenant=tenant,
        context=s,
        answer=who_decides(s.policy, s.request, s.today),
        actions=actions,
        allowed=_allowed(actions),
        stages=_stages(s, events, tenant.timezone),
        demands=tuple(_demands(s)),
        versions=_versions(proposals, tenant, names),
        decisions=tuple(
            Decided(
                row,
                tenant.body_keys[row.body_id],
                row.reference or "",
                names.get(row.entered_by_id, ""),
                names.get(row.confirmed_by_id, ""),
                tuple(names.get(username, username) for username in row.conflicts),
            )
            for row in decisions
        ),
        opinions=tuple(Opinion(row, tenant.body_keys[row.body_id], names.get(row.given_by_id, "")) for row in opinions),
        documents=documents,
        dangling=page_queries.dangling(db, case.id),
        events=events,
        officer=officer,
        opened_by=names.get(case.opened_by_id, ""),
        waits_role=case.waits_role or "",
        waits_body=waits_body,
        holders=page_queries.holders(db, s),
        engagement=page_queries.engagement(db, services, tenant, s),
        evaluation=page_queries.evaluation(db, case.evaluation_id),
    )


def _versions(rows: tuple[Any, ...], tenant: Tenant, names: Mapping[Any, str]) -> tuple[Version, ...]:
    before = [*(row.text for row in rows[1:]), None]
    versions = tuple(
        Version(
            row.version,
            row.text,
            tenant.body_keys[row.body_id] if row.body_id is not None else "",
            names.get(row.author_id, ""),
            row.created_at,
            earlier,
        )
        for row, earlier in zip(rows, before, strict=True)
    )
    return versions[: page_queries.VERSIONS]


def _event(row: Any, names: Mapping[Any, str]) -> Event:
    return Event(
        row.number,
        datetime.fromisoformat(row.at),
        names.get(row.actor, ""),
        row.actor_role,
        row.actor_body,
        row.mandate,
        row.action,
        row.from_state,
        row.to_state,
        row.value or "",
        from_text(row.data),
        names.get(row.on_behalf_of, row.on_behalf_of),
    )


def _people(case: Any, *groups: Iterable[Any]) -> set[int]:
    """Ids of everybody the rows name."""
    named = ("author_id", "entered_by_id", "confirmed_by_id", "given_by_id", "registered_by_id")
    found = {getattr(row, name, None) for rows in groups for row in rows for name in named}
    return {id_ for id_ in found | {case.officer_id, case.opened_by_id} if id_ is not None}


def _with_officer_name(found: Availability, officer: str) -> Availability:
    """Fill in the officer's name in reasons that mention the officer."""
    reasons = tuple(naming_officer(why, officer) for why in found.reasons)
    return replace(found, reasons=reasons)


def _allowed(actions: tuple[Availability, ...]) -> tuple[Availability, ...]:
    may = [found for found in actions if found.allowed]
    return tuple(sorted(may, key=lambda found: ACTION_SCREENS[found.action].rank or len(ACTION_SCREENS)))


def _stages(s: CaseContext, events: tuple[Event, ...], timezone: str) -> tuple[Stage, ...]:
    moved = [event for event in reversed(events) if event.from_state != event.to_state]
    left = {event.from_state: local_day(event.at, timezone) for event in moved}
    ended_at = moved[-1].from_state if moved else ""
    return travelled(s.policy, s.procedure, s.responsible, s.state, left, ended_at=ended_at, due_on=s.case.due_on)


def _demands(s: CaseContext) -> Iterable[Demanded]:
    fields, goals = dict(s.case.fields), tuple(s.case.goals)
    for requirement in required(s.policy, s.request):
        lacking = missing(s.policy, requirement, s.request, fields, goals)
        assumed = next((why for c in requirement.clauses if (why := s.policy.clauses[c].assumed)), None)
        for name in requirement.fields:
            yield Demanded(
                requirement.id,
                name,
                requirement.group or "",
                requirement.before,
                requirement.clauses,
                requirement.assumed or assumed or "",
                name not in lacking,
            )
