"""Impact of another policy version on a municipality's open cases and engagements.

The database counts rows by class (rows that no version distinguishes); each class is judged once by
`workflow.policy.diff.impact`, so no case is loaded to be counted. Rows of chosen classes are listed by keyset pages.
Visibility is left to the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Integer, Label, Row, String, case, cast, func, literal, or_, select

from models import Case, Engagement, PolicyVersion
from workflow.core.tenants import Tenant
from workflow.policy.conditions import Condition
from workflow.policy.diff.impact import EngagementImpact, Impact, impact_on_case, impact_on_engagement
from workflow.policy.diff.migration import CasePosition
from workflow.policy.model import Policy
from workflow.policy.named_twins import is_named_twin
from workflow.policy.request_domain import (
    ACTS_ON_REGISTERED,
    ATTRIBUTES,
    FACTS,
    REGISTERED,
    Attribute,
    Request,
    begin_act,
)
from workflow.policy.request_space import conditions, mentioned, value_classes
from workflow.policy.store import Policies

_DIVIDER = "|"


@dataclass(frozen=True, slots=True)
class CaseClass:
    """Open cases that are alike: the same request, on the same way, at the same place, under the same version."""

    key: str
    count: int
    stand: CasePosition
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
    conditions: tuple[Condition, ...]

    @classmethod
    def by(cls, policies: Iterable[Policy]) -> _Apart:
        found: list[Condition] = []
        for policy in policies:
            found += [*conditions(policy), *(rule.when for rule in policy.evaluations)]
        return cls(mentioned(found), tuple(found))


@dataclass(frozen=True, slots=True)
class Impacts:
    """What one version would mean in one municipality."""

    tenant: Tenant
    #: Every version stored there, by its id: a case may be under any.
    versions: Mapping[int, Policy]
    #: The version in question, stored or not.
    new: Policy

    @classmethod
    def of(cls, connection: Connection, tenant: Tenant, policies: Policies, new: Policy, today: date) -> Impacts:
        """Ask for the impact of a version by the law of today."""
        query = select(PolicyVersion.id).where(PolicyVersion.municipality_id == tenant.id).order_by(PolicyVersion.id)
        ids = connection.execute(query).scalars().all()
        return cls(tenant, {id_: policies.by_id(connection, tenant.id, id_).on(today) for id_ in ids}, new.on(today))

    def _case_key(self) -> Label[str]:
        return _case_key((*self.versions.values(), self.new))

    def on_cases(self, connection: Connection) -> tuple[CaseClass, ...]:
        """Every class of open cases with how many there are and what comes of them, in one statement."""
        key = self._case_key()
        rows = connection.execute(select(key, func.count()).where(*self._open()).group_by(key))
        return tuple(self._judged(str(found), count) for found, count in rows)

    def _open(self) -> tuple[ColumnElement[bool], ...]:
        return Case.municipality_id == self.tenant.id, Case.closed_at.is_(None)

    def _judged(self, key: str, count: int) -> CaseClass:
        version, route, state, act, *asked, partner = key.split(_DIVIDER, 6 + len(FACTS))
        policy, responsible = self.versions[int(version)], self.tenant.body_keys[int(asked[1])]
        request = _request(asked, act, policy.body(responsible).kind)
        stand = CasePosition(policy, request, responsible, route, state)
        if policy.digest == self.new.digest:
            return CaseClass(key, count, stand, None)
        after = _as_read_by(self.new, request, partner) if act in ACTS_ON_REGISTERED else request
        return CaseClass(key, count, stand, impact_on_case(stand, self.new, after))

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
        old = old.on(today)
        key = _engagement_key(old, self.new)
        rows = connection.execute(select(key, func.count()).where(*self._running(today)).group_by(key))
        return tuple(self._judged_engagement(old, str(found), count) for found, count in rows)

    def _running(self, today: date) -> tuple[ColumnElement[bool], ...]:
        e = Engagement
        not_over = or_(e.ends_on.is_(None), e.ends_on >= today)
        return e.municipality_id == self.tenant.id, e.status.in_(("active", "noted")), not_over

    def _judged_engagement(self, old: Policy, key: str, count: int) -> EngagementClass:
        *asked, partner = key.split(_DIVIDER, 2 + len(FACTS))
        responsible = self.tenant.body_keys[int(asked[1])]
        known = next(policy for policy in (old, *self.versions.values()) if policy.has_body(responsible))
        entered = _request(asked, begin_act(asked[0]), known.body(responsible).kind)
        was, now = (_as_read_by(policy, entered, partner) for policy in (old, self.new))
        impact = impact_on_engagement(old, self.new, was, now, responsible)
        return EngagementClass(key, count, entered, responsible, impact)

    def engagements(
        self,
        connection: Connection,
        old: Policy,
        today: date,
        classes: Sequence[EngagementClass],
        *,
        readable: ColumnElement[bool],
        after: int,
        limit: int,
    ) -> tuple[tuple[Row[Any], EngagementClass], ...]:
        """Readable engagements of some classes, newest first, those before the key `after` (0: from the start)."""
        if not classes:
            return ()
        key = _engagement_key(old.on(today), self.new)
        e = Engagement
        query = select(e.id, e.number, e.title, e.kind, key).where(
            *self._running(today), readable, key.element.in_([one.key for one in classes])
        )
        if after:
            query = query.where(e.id < after)
        rows: Iterable[Row[Any]] = connection.execute(query.order_by(e.id.desc()).limit(limit))
        by_key = {one.key: one for one in classes}
        return tuple((row, by_key[row.class_key]) for row in rows)


# -- a class as one text, so that a list of classes is one list of texts for the database


def _case_key(policies: Sequence[Policy]) -> Label[str]:
    c, apart = Case, _Apart.by(policies)
    parts = (c.policy_version_id, c.route, c.state, c.act, c.engagement, c.responsible_body_id)
    registered = select(Engagement.partner_name).where(
        Engagement.municipality_id == c.municipality_id, Engagement.id == c.engagement_id
    )
    partner = _partner(c.named_nordic_twin, registered.scalar_subquery(), policies)
    return _joined((*parts, *_facts(c, apart, FACTS), partner))


def _engagement_key(old: Policy, new: Policy) -> Label[str]:
    e, apart = Engagement, _Apart.by((old, new))
    return _joined(
        (
            e.kind,
            e.responsible_body_id,
            *_facts(e, apart, REGISTERED),
            _partner(e.named_nordic_twin, e.partner_name, (old, new)),
        )
    )


def _partner(is_marked: Any, partner: Any, policies: Iterable[Policy]) -> ColumnElement[str]:
    """The other party of an engagement where a version may except it; last in a class: a name may hold anything."""
    named = [twins for policy in policies if (twins := policy.named_nordic_twins) is not None]
    names = [partner.lower() for twins in named for partner in twins.partners]
    return case((or_(is_marked, func.lower(partner).in_(names)), func.coalesce(partner, "")), else_="")


def _as_read_by(policy: Policy, request: Request, partner: str) -> Request:
    """A request about an engagement in the register; a version may name Nordic twin towns that it excepts."""
    named = is_named_twin(policy.named_nordic_twins, partner, registered=request.named_nordic_twin)
    return request.with_(named_nordic_twin=named)


#: What counts where the register does not say it, or no version looks at it, if that is not the default.
_USUAL = {"initiative": "own"}


def _facts(table: type[Case] | type[Engagement], apart: _Apart, known: Collection[str]) -> Iterator[ColumnElement[Any]]:
    """Facts as text: yes or no as 1 or 0, a whole number as its class; what no version looks at as what is usual."""
    for name in FACTS:
        attribute, usual = ATTRIBUTES[name], _USUAL.get(name, ATTRIBUTES[name].default)
        column = getattr(table, name, None)
        if name not in known or name not in (*apart.names, "scope"):
            yield literal(int(usual) if isinstance(usual, bool) else usual)
        elif attribute.is_yes_no:
            yield cast(column, Integer)
        elif attribute.span is not None:
            lowest, *higher = value_classes(name, apart.conditions)
            steps = [(column >= low, low) for low in reversed(higher)]
            yield case(*steps, else_=lowest) if steps else literal(lowest)
        else:
            yield func.coalesce(column, "")


def _joined(parts: Iterable[Any]) -> Label[str]:
    first, *rest = (cast(part, String) for part in parts)
    joined: ColumnElement[str] = first
    for part in rest:
        joined = joined + literal(_DIVIDER) + part
    return joined.label("class_key")


def _request(asked: Sequence[str], act: str, responsible_kind: str) -> Request:
    """The request that a class stands for."""
    engagement, _body, *written = asked
    facts = {name: _read(ATTRIBUTES[name], text) for name, text in zip(FACTS, written, strict=True)}
    return Request(engagement, act, responsible_kind, **facts)


def _read(attribute: Attribute, text: str) -> Any:
    if attribute.is_yes_no:
        return text == "1"
    return text or None if attribute.span is None else int(text)
