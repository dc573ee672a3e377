"""How does a program ask who decides?"""

from __future__ import annotations

from flask import Response

from web import answers
from web.api import asked, described, envelope
from web.api.blueprint import answer, blp, caller
from web.services import services
from workflow.errors import Malformed, NotFound
from workflow.reasons import reason

NEEDED = ("municipality", "engagement", "act")


@blp.get("/who-decides")
@blp.doc(**asked.WHO_DECIDES)
@blp.response(200, described.WhoDecides)
def who_decides() -> Response:
    """Who decides a request under the policy in force today; a refusal is an answer too."""
    who = caller()
    given = envelope.query_of_request((*NEEDED, *answers.ASKABLE))
    missing = [reason("field-missing", field=name) for name in NEEDED if name not in given]
    if missing:
        raise Malformed(*missing)
    municipality, engagement, act = (given.pop(name) for name in NEEDED)
    if municipality != who.place.key:
        raise NotFound(reason("not-found"))
    policy = services().policy(who.place)
    request, responsible = answers.asked(policy, engagement, act, given)
    return answer(answers.answer(policy, request, responsible))
