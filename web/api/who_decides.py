"""How does a program ask who decides?"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response

from models.database import reading
from web.api import parameters, request_parsing, schemas
from web.api.blueprint import answer, blp, caller
from web.core.services import services
from web.policies import answer_json
from workflow.core.errors import Malformed, NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.assumptions import identities
from workflow.policy.model import Policy
from workflow.trail.entry import instant
from workflow.versions.assumption_reviews import rulings

NEEDED = ("municipality", "engagement", "act")


@blp.get("/who-decides")
@blp.doc(**parameters.WHO_DECIDES)
@blp.response(200, schemas.WhoDecides)
def who_decides() -> Response:
    """Who decides a request under the policy in force today; a refusal is an answer too."""
    who = caller()
    given = request_parsing.query_of_request((*NEEDED, *answer_json.ASKABLE))
    missing = [reason("field-missing", field=name) for name in NEEDED if name not in given]
    if missing:
        raise Malformed(*missing)
    municipality, engagement, act = (given.pop(name) for name in NEEDED)
    if municipality != who.tenant.key:
        raise NotFound(reason("not-found"))
    policy = services().policy(who.tenant)
    request, responsible = answer_json.parse_request(policy, engagement, act, given)
    told = answer_json.answer(policy, request, responsible)
    told["rulings"] = list(_ruled(who.tenant, policy, told["assumptions"]))
    return answer(told)


def _ruled(tenant: Tenant, policy: Policy, assumptions: list[str]) -> Iterator[answer_json.Json]:
    """What the municipality says of each assumption, in their order."""
    if not assumptions:
        return
    with reading(services().engine, tenant.id) as db:
        said = rulings(db, tenant.id)
    for why in assumptions:
        ruling = said.get(identities(policy).get(why, ""))
        yield {
            "assumption": why,
            "verdict": ruling.verdict if ruling else "open",
            "by": ruling.by if ruling else None,
            "at": instant(ruling.at) if ruling else None,
            "note": ruling.note if ruling else "",
        }
