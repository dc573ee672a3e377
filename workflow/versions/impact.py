"""Impact of another policy version on a municipality's open cases and engagements.

The database counts rows by class (rows that no version distinguishes); each class is judged once by
`workflow.policy.diff.impact`, so no case is loaded to be counted. Rows of chosen classes are listed by keyset pages.
Visibility is left to the caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Label, Row, String, case, cast, func, literal, or_, select

from models import Case, Engagement, PolicyVersion
from workflow.core.tenants import Tenant
from workflow.policy.diff.impact import EngagementImpact, Impact, impact_on_case, impact_on_engagement
from workflow.policy.diff.migration import Stand
from workflow.policy.domain import conditions, funding_classes, mentioned
from workflow.policy.model import Condition, Policy, Request
from workflow.policy.store import Policies

#: Attributes that a class can depend on, beside the share that others pay.
_TRUTHS = ("principal", "named_nordic_twin", "eu_funded")
_DIVIDER = "|"


@dataclass(frozen=True, slots=True)
class CaseClass:
    """Open cases that are alike: the same request, on the same way, at the same place, under the same version."""

    key: str
    count: int
    stand: Stand
    #: None where they are under the version in question already.
    impact: Impact | None


@dataclass(frozen=True, slots=True)
class EngagementClass:
    """Engagements that are alike."""

    key: str
    count: int
    engagement: Request
    responsible: str
    impact: EngagementImpact


@dataclass(frozen=True, slots=True)
class _Apart:
    """What the versions in use tell apart."""

    names: frozenset[str]
    funding: tuple[int, ...]

    @classmethod
    def by(cls, policies: Iterable[Policy]) -> _Apart:
        found: list[Condition] = []
        for policy in policies:
            found += [*conditions(policy), *(rule.when for rule in policy.evaluations)]
        return cls(mentioned(found), funding_classes(found))


@dataclass(frozen=True, slots=True)
class Impacts:
    """What one version would mean in one municipality."""

    tenant: Tenant
    #: Every version stored there, by its id: a case may be under any.
    versions: Mapping[int, Policy]
    #: The version in question, stored or not.
    new: Policy

    @classmethod
    def of(cls, connection: Connection, tenant: Tenant, policies: Policies, new: Policy) -> Impacts:
        """Ask for the impact of a version."""
        query = select(PolicyVersion.id).where(PolicyVersion.municipality_id == tenant.id).order_by(PolicyVersion.id)
        ids = connection.execute(query).scalars().all()
        return cls(tenant, {id_: policies.by_id(connection, tenant.id, id_) for id_ in ids}, new)

    def _case_key(self) -> Label[str]:
        return _case_key(_Apart.by((*self.versions.values(), self.new)))

    def on_cases(self, connection: Connection) -> tuple[CaseClass, ...]:
        """Every class of open cases with how many there are and what comes of them, in one statement."""
        key = self._case_key()
        rows = connection.execute(select(key, func.count()).where(*self._open()).group_by(key))
        return tuple(self._judged(str(found), count) for found, count in rows)

    def _open(self) -> tuple[ColumnElement[bool], ...]:
        return Case.municipality_id == self.tenant.id, Case.closed_at.is_(None)

    def _judged(self, key: str, count: int) -> CaseClass:
        version, route, state, act, *asked = key.split(_DIVIDER)
        policy, responsible = self.versions[int(version)], self.tenant.body_keys[int(asked[1])]
        request = _request(asked, act, policy.body(responsible).kind)
        stand = Stand(policy, request, responsible, route, state)
        under_it = policy.digest == self.new.digest
        return CaseClass(key, count, stand, None if under_it else impact_on_case(stand, self.new))

    def cases(
        self, connection: Connection, classes: Sequence[CaseClass], *, after: int, limit: int
    ) -> tuple[tuple[Row[Any], CaseClass], ...]:
        """Open cases of some classes, newest first, those before the key `after` (0: from the start), one statement."""
        if not classes:
            return ()
        key = self._case_key()
        query = select(Case.__table__, key).where(*self._open(), key.element.in_([one.key for one in classes]))
        if after:
            query = query.where(Case.id < after)
        rows = connection.execute(query.order_by(Case.id.desc()).limit(limit))
        by_key = {one.key: one for one in classes}
        return tuple((row, by_key[row.class_key]) for row in rows)

    def on_engagements(self, connection: Connection, old: Policy, today: date) -> tuple[EngagementClass, ...]:
        """Every class of engagements that run today, and what comes of them against the version in force."""
        key = _engagement_key(_Apart.by((old, self.new)))
        rows = connection.execute(select(key, func.count()).where(*self._running(today)).group_by(key))
        return tuple(self._judged_engagement(old, str(found), count) for found, count in rows)

    def _running(self, today: date) -> tuple[ColumnElement[bool], ...]:
        e = Engagement
        not_over = or_(e.ends_on.is_(None), e.ends_on >= today)
        return e.municipality_id == self.tenant.id, e.status.in_(("active", "noted")), not_over

    def _judged_engagement(self, old: Policy, key: str, count: int) -> EngagementClass:
        asked = key.split(_DIVIDER)
        responsible = self.tenant.body_keys[int(asked[1])]
        known = next(policy for policy in (old, *self.versions.values()) if policy.has_body(responsible))
        entered = _request(asked, "adopt" if asked[0] == "policy" else "enter", known.body(responsible).kind)
        impact = impact_on_engagement(old, self.new, entered, responsible)
        return EngagementClass(key, count, entered, responsible, impact)

    def engagements(
        self,
        connection: Connection,
        old: Policy,
        today: date,
        classes: Sequence[EngagementClass],
        *,
        after: int,
        limit: int,
    ) -> tuple[tuple[Row[Any], EngagementClass], ...]:
        """Engagements of some classes, newest first, those before the key `after` (0: from the start)."""
        if not classes:
            return ()
        key = _engagement_key(_Apart.by((old, self.new)))
        e = Engagement
        query = select(e.id, e.number, e.title, e.kind, key).where(
            *self._running(today), key.element.in_([one.key for one in classes])
        )
        if after:
            query = query.where(e.id < after)
        rows: Iterable[Row[Any]] = connection.execute(query.order_by(e.id.desc()).limit(limit))
        by_key = {one.key: one for one in classes}
        return tuple((row, by_key[row.class_key]) for row in rows)


# -- a class as one text, so that a list of classes is one list of texts for the database


def _case_key(apart: _Apart) -> Label[str]:
    c = Case
    initiative: ColumnElement[Any] = func.coalesce(c.initiative, "") if "initiative" in apart.names else literal("own")
    parts = (c.policy_version_id, c.route, c.state, c.act, c.engagement, c.responsible_body_id, c.scope)
    return _joined((*parts, *_attributes(c, apart), initiative))


def _engagement_key(apart: _Apart) -> Label[str]:
    e = Engagement
    return _joined(
        (e.kind, e.responsible_body_id, e.scope, *_attributes(e, apart, principal=literal(0)), literal("own"))
    )


def _attributes(
    table: type[Case] | type[Engagement], apart: _Apart, **given: ColumnElement[Any]
) -> tuple[ColumnElement[Any], ...]:
    """Truths as 0 or 1 and the share as its class; what no version looks at counts as what is usual."""
    truths = (
        given[name] if name in given else cast(getattr(table, name), Integer) if name in apart.names else literal(0)
        for name in _TRUTHS
    )
    steps = [(table.external_funding >= low, low) for low in reversed(apart.funding) if low > 0]
    return (*truths, case(*steps, else_=0) if steps else literal(0))


def _joined(parts: Iterable[Any]) -> Label[str]:
    first, *rest = (cast(part, String) for part in parts)
    joined: ColumnElement[str] = first
    for part in rest:
        joined = joined + literal(_DIVIDER) + part
    return joined.label("class_key")


def _request(asked: Sequence[str], act: str, responsible_kind: str) -> Request:
    """The request that a class stands for."""
    engagement, _body, scope, principal, nordic, eu, funding, initiative = asked
    truths = {name: value == "1" for name, value in zip(_TRUTHS, (principal, nordic, eu), strict=True)}
    return Request(
        engagement,
        act,
        responsible_kind,
        scope,
        initiative or None,
        external_funding=int(funding),
        **truths,
    )
