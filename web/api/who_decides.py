"""Who decides, in the API: the policy's answer to a request, with the rulings on its assumptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from models.database import reading
from web.api.argument_schemas import WhoDecidesQuerySchema
from web.api.blueprint import blp, caller, require_own_municipality
from web.api.route_presenter import Ruling, WhoDecides
from web.api.who_decides_schemas import WhoDecidesSchema
from web.core.services import services
from web.policies.request_query import read_request
from workflow.core.dates import read_day
from workflow.core.tenants import Tenant
from workflow.policy.assumptions import assumption_ids
from workflow.policy.model import Policy
from workflow.versions.assumption_reviews import rulings

#: Parameters that say nothing of the request.
_NO_ATTRIBUTES = ("municipality", "engagement", "act", "on")


@blp.get("/who-decides")
@blp.response(200, WhoDecidesSchema)
@blp.arguments(WhoDecidesQuerySchema, location="query")
def who_decides(given: Mapping[str, str]) -> WhoDecides:
    """Who decides a request under the policy in force and the law of a day; a refusal is an answer too."""
    who, here = caller(), services()
    require_own_municipality()
    on = read_day(given["on"], "on") if "on" in given else here.today(who.tenant)
    _id, policy = here.workflow.policies.governing(who.tenant.id, on)
    attributes = {name: value for name, value in given.items() if name not in _NO_ATTRIBUTES}
    request, responsible = read_request(policy, given["engagement"], given["act"], attributes)
    found = WhoDecides.of(policy, request, responsible, on)
    return replace(found, rulings=tuple(_rulings(who.tenant, policy, found.answer.assumptions)))


def _rulings(tenant: Tenant, policy: Policy, assumptions: tuple[str, ...]) -> Iterator[Ruling]:
    """The municipality's ruling on each assumption, in their order."""
    if not assumptions:
        return
    with reading(services().engine, tenant.id) as db:
        recorded = rulings(db, tenant.id)
    for why in assumptions:
        ruling = recorded.get(assumption_ids(policy).get(why, ""))
        if ruling is None:
            yield Ruling(why, "open", None, None, "")
        else:
            yield Ruling(why, ruling.verdict, ruling.by, ruling.at, ruling.note)
