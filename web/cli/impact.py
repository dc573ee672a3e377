"""Impact of a policy version on a database, as lines or JSON for `policy diff --impact`.

Whoever runs a command on the database can read it, so every case is listed by number; titles are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from models.database import reading
from web.i18n import labels
from web.policies.versions.impact import destination, engagement_findings, findings
from web.policies.versions.labels import impact_label
from workflow.cases.secrecy import engagement_is_secret
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenants
from workflow.policy.diff.impact import KINDS, UNCHANGED
from workflow.policy.model import Policy
from workflow.policy.store import Policies
from workflow.versions.impact import CaseClass, Impacts

#: Rows read at a time.
PAGE = 500


@dataclass(frozen=True, slots=True)
class Affected:
    """One case or engagement for which something would be otherwise."""

    number: str
    kind: str
    findings: tuple[str, ...]
    #: State that a case would stand in; empty where it must stay.
    to: str = ""
    stays: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImpactReport:
    """How many there are of each kind, and those for which something would be otherwise."""

    cases: Counter[str]
    affected_cases: tuple[Affected, ...]
    engagements: Counter[str]
    affected_engagements: tuple[Affected, ...]


def impact_of(engine: Engine, new: Policy) -> ImpactReport:
    """What a version would mean in its municipality; raises `NotFound` where the database does not know it."""
    tenant, policies = Tenants(engine).tenant(new.municipality.key), Policies(engine)
    with reading(engine, tenant.id) as session:
        connection, today = session.connection(), local_day(datetime.now(UTC), tenant.timezone)
        _id, old = policies.in_force(connection, tenant.id, today)
        impacts = Impacts.of(connection, tenant, policies, new, today)
        cases = [one for one in impacts.on_cases(connection) if one.impact is not None]
        lasting = impacts.on_engagements(connection, old, today)
        some = [one for one in cases if one.impact is not None and one.impact.kind != UNCHANGED]
        others = [one for one in lasting if one.impact.kind != UNCHANGED]
        return ImpactReport(
            _counted([(one.impact.kind, one.count) for one in cases if one.impact is not None]),
            tuple(
                _case(row.number, one, new)
                for row, one in _paged(lambda after: impacts.cases(connection, some, after=after, limit=PAGE))
            ),
            _counted([(one.impact.kind, one.count) for one in lasting]),
            tuple(
                Affected(row.number, one.impact.kind, engagement_findings(old, new, one.impact))
                for row, one in _paged(
                    lambda after: impacts.engagements(
                        connection, old, today, others, readable=~engagement_is_secret(), after=after, limit=PAGE
                    )
                )
            ),
        )


def _counted(found: Sequence[tuple[str, int]]) -> Counter[str]:
    counts = Counter(dict.fromkeys(KINDS, 0))
    for kind, count in found:
        counts[kind] += count
    return counts


def _paged(page: Callable[[int], Sequence[tuple[Any, Any]]]) -> Iterator[tuple[Any, Any]]:
    """All rows, page by page."""
    after = 0
    while rows := page(after):
        yield from rows
        after = rows[-1][0].id


def _case(number: str, one: CaseClass, new: Policy) -> Affected:
    impact = one.impact
    assert impact is not None  # those under the version already are left out
    assert impact.to is not None  # it is a case
    stays = tuple(str(labels.reason_text(why)) for why in impact.to.reasons)
    found = findings(one.stand.policy, new, impact)
    return Affected(number, impact.kind, found, destination(new, impact.to, one.stand.responsible), stays)


def lines(told: ImpactReport) -> Iterator[str]:
    """All of it as somebody reads it."""
    for title, counts, affected, is_case in (
        ("Open cases", told.cases, told.affected_cases, True),
        ("Engagements", told.engagements, told.affected_engagements, False),
    ):
        yield f"{title}: {', '.join(f'{impact_label(kind).lower()} {counts[kind]}' for kind in KINDS)}"
        for one in affected:
            yield f"  {one.number}: {impact_label(one.kind).lower()}"
            yield from (f"    {line}" for line in one.findings)
            if is_case and one.to:
                yield f"    can be moved, to: {one.to}"
            yield from (f"    stays: {why}" for why in one.stays)


def as_json(told: ImpactReport) -> dict[str, Any]:
    """The same as JSON; those for which nothing would be otherwise are only counted."""
    return {
        "cases": {"counts": dict(told.cases), "affected": [asdict(one) for one in told.affected_cases]},
        "engagements": {
            "counts": dict(told.engagements),
            "affected": [
                {"number": one.number, "kind": one.kind, "findings": list(one.findings)}
                for one in told.affected_engagements
            ],
        },
    }
