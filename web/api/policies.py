"""How does a program read the versions of the policy, and what one would mean?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Response

from models.database import reading
from web.api import parameters, policy_schemas, request_parsing
from web.api.blueprint import answer, blp, caller
from web.api.cases import as_seen
from web.api.pagination import PAGING, Page
from web.api.problems import told
from web.core.services import services
from web.policies.answer_json import Json
from web.policies.versions.diff_json import plain
from web.policies.versions.queries import Version, one_of, versions
from workflow.cases.actor import load_actor
from workflow.cases.context import CaseContext
from workflow.core.errors import Malformed, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.diff.impact import KINDS, Demanded
from workflow.trail.entry import instant
from workflow.versions.impact import CaseClass, Impacts


@blp.get("/policies")
@blp.doc(**parameters.LIST_POLICIES)
@blp.response(200, policy_schemas.PolicyList)
def list_policies() -> Response:
    """Every version of the policy: what governs, what waits, what governed, and on what."""
    here, tenant = services(), caller().tenant
    _require_own(tenant, request_parsing.query_of_request(("municipality",)))
    with reading(here.engine, tenant.id) as session:
        found = versions(session, tenant, here.workflow.policies, here.today(tenant))
    return answer({"items": [_version(one) for one in found]})


@blp.get("/policies/<version>/impact")
@blp.doc(**parameters.POLICY_IMPACT)
@blp.response(200, policy_schemas.PolicyImpact)
def read_impact(version: str) -> Response:
    """What a version would mean for every open case and every engagement; cases are listed newest first."""
    here, who = services(), caller()
    tenant, policies = who.tenant, here.workflow.policies
    given = request_parsing.query_of_request(("municipality", "kind", *PAGING))
    _require_own(tenant, given)
    page, kind = Page.of(given), _kind(given)
    today = here.today(tenant)
    with reading(here.engine, tenant.id) as session:
        connection = session.connection()
        shown = one_of(versions(session, tenant, policies, today), version)
        impacts = Impacts.of(connection, tenant, policies, policies.by_id(connection, tenant.id, shown.id))
        _id, governing = policies.in_force(connection, tenant.id, today)
        classes = impacts.on_cases(connection)
        lasting = impacts.on_engagements(connection, governing, today)
        some = [one for one in classes if one.impact is not None and kind in ("", one.impact.kind)]
        rows = impacts.cases(connection, some, after=page.before, limit=page.limit + 1)
        actor = load_actor(connection, tenant.id, who.person_id, today)
        seen = [(as_seen(here, session, tenant, actor, row), one) for row, one in rows[: page.limit]]
    body = {
        "municipality": tenant.key,
        "version": shown.version,
        "digest": shown.digest,
        "cases": _counts((one.impact.kind, one.count) for one in classes if one.impact is not None),
        "under_it": sum(one.count for one in classes if one.impact is None),
        "engagements": _counts((one.impact.kind, one.count) for one in lasting),
    }
    items = [_case(s, one) for s, one in seen if s is not None]
    return answer(body | page.as_json(items, [row for row, _one in rows]))


def _require_own(tenant: Tenant, given: Mapping[str, str]) -> None:
    if "municipality" not in given:
        raise Malformed(reason("field-missing", field="municipality"))
    if given["municipality"] != tenant.key:
        raise NotFound(reason("not-found"))


def _kind(given: Mapping[str, str]) -> str:
    kind = given.get("kind", "")
    if "kind" in given and kind not in KINDS:
        raise Malformed(reason("field-wrong", field="kind", why=f"none of {', '.join(sorted(KINDS))}"))
    return kind


def _version(one: Version) -> Json:
    days = {"valid_from": one.valid_from, "valid_to": one.valid_to, "governs_from": one.governs_from}
    return {
        "version": one.version,
        "digest": one.digest,
        "status": one.status,
        "standing": one.standing,
        **{name: day.isoformat() if day is not None and day.year > 1 else None for name, day in days.items()},
        "basis": one.basis or None,
        "case": one.case or None,
        "loaded_at": instant(one.loaded_at),
    }


def _counts(found: Iterable[tuple[str, int]]) -> Json:
    counts = dict.fromkeys(KINDS, 0)
    for kind, count in found:
        counts[kind] += count
    return counts


def _case(s: CaseContext, one: CaseClass) -> Json:
    impact = one.impact
    assert impact is not None  # those under the version are not listed
    assert impact.to is not None  # it is a case
    return {
        "number": s.case.number,
        "kind": impact.kind,
        "state": s.case.state,
        "version": s.case.version,
        "policy_version": s.policy.version,
        "was": impact.was,
        "now": impact.now or None,
        "steps": [
            {"what": step.what, "stop": step.stop, "was": plain(step.was), "now": plain(step.now)}
            for step in impact.steps
        ],
        "requirements": [_demand(demanded) for demanded in impact.demands],
        "to": impact.to.state or None,
        "stays": [told(why) for why in impact.to.reasons],
    }


def _demand(demanded: Demanded) -> Json:
    requirement = demanded.requirement
    return {
        "what": demanded.what,
        "id": requirement.id,
        "group": requirement.group,
        "before": requirement.before,
        "passed": demanded.is_passed,
        "clauses": list(requirement.clauses),
    }
