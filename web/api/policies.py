"""Policy versions in the API, and what one would mean for what is under way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from models import Case
from models.database import reading
from web.api.argument_schemas import ImpactQuerySchema, MunicipalityQuerySchema
from web.api.blueprint import blp, caller, not_found_before_malformed, require_own_municipality
from web.api.case_queries import visible_context
from web.api.pagination import Page, address_after, read_cursor
from web.api.policy_schemas import PolicyImpactSchema, PolicyListSchema
from web.core.services import services
from web.policies.versions.queries import Version, one_of, versions
from web.ui.pagination import LARGEST, Key, Keyset
from workflow.cases.actor import load_actor
from workflow.cases.context import CaseContext
from workflow.cases.records import CaseRecord
from workflow.policy.diff.impact import KINDS, Impact
from workflow.versions.impact import Impacts

NEWEST_FIRST = Keyset("impact", (Key(Case.id, descending=True),), first=(LARGEST,))


@dataclass(frozen=True, slots=True)
class CaseImpact:
    """What would come of one open case."""

    context: CaseContext
    impact: Impact

    @property
    def row(self) -> CaseRecord:
        """The case's row."""
        return self.context.case

    @property
    def policy_version(self) -> str:
        """The version the case is under."""
        return self.context.policy.version


@dataclass(frozen=True, slots=True)
class PolicyImpact:
    """What a version would mean, and one page of the open cases."""

    municipality: str
    version: str
    digest: str
    cases: Mapping[str, int]
    under_it: int
    engagements: Mapping[str, int]
    items: Sequence[CaseImpact]
    next: str | None


@blp.get("/policies")
@blp.response(200, PolicyListSchema)
@not_found_before_malformed(require_own_municipality)
@blp.arguments(MunicipalityQuerySchema, location="query")
def list_policies(_given: Mapping[str, Any]) -> Page:
    """Every version of the policy: what governs, what waits, what governed, and on what."""
    here, tenant = services(), caller().tenant
    require_own_municipality()
    with reading(here.engine, tenant.id) as session:
        found: Sequence[Version] = versions(session, tenant, here.workflow.policies, here.today(tenant))
    return Page(found, None)


@blp.get("/policies/<version>/impact")
@blp.response(200, PolicyImpactSchema)
@not_found_before_malformed(require_own_municipality)
@blp.arguments(ImpactQuerySchema, location="query")
def read_impact(given: Mapping[str, Any], version: str) -> PolicyImpact:
    """What a version would mean for every open case and every engagement; cases are listed newest first."""
    here, who = services(), caller()
    tenant, policies = who.tenant, here.workflow.policies
    require_own_municipality()
    (before,) = read_cursor(NEWEST_FIRST, given) or NEWEST_FIRST.first
    kind, limit, today = given.get("kind", ""), given["limit"], here.today(tenant)
    with reading(here.engine, tenant.id) as session:
        connection = session.connection()
        shown = one_of(versions(session, tenant, policies, today), version)
        impacts = Impacts.of(connection, tenant, policies, policies.by_id(connection, tenant.id, shown.id), today)
        _id, governing = policies.in_force(connection, tenant.id, today)
        classes = impacts.on_cases(connection)
        lasting = impacts.on_engagements(connection, governing, today)
        some = [one for one in classes if one.impact is not None and kind in ("", one.impact.kind)]
        found = impacts.cases(connection, some, after=before, limit=limit + 1)
        rows, following = NEWEST_FIRST.cut(found, limit, lambda one: (one[0].id,))
        actor = load_actor(connection, tenant.id, who.person_id, today)
        seen = [(visible_context(policies, session, tenant, actor, row, today), one.impact) for row, one in rows]
    return PolicyImpact(
        tenant.key,
        shown.version,
        shown.digest,
        _counts((one.impact.kind, one.count) for one in classes if one.impact is not None),
        sum(one.count for one in classes if one.impact is None),
        _counts((one.impact.kind, one.count) for one in lasting),
        [CaseImpact(s, impact) for s, impact in seen if s is not None and impact is not None],
        address_after(following),
    )


def _counts(found: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    counts = Counter(dict.fromkeys(KINDS, 0))
    for kind, count in found:
        counts[kind] += count
    return counts
