"""How is an act answered, and under an Idempotency-Key only the first time?"""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.exceptions import Conflict

from web.api import idempotency, problems, request_parsing
from web.api.blueprint import Caller, answer, text_of
from web.core.errors import PROBLEM
from web.core.services import Services
from web.policies.answer_json import Json
from workflow.core.errors import Malformed, NotFound, WorkflowError

#: Refusals after which the same request may succeed later, or never made sense: their answers are not kept.
_NOT_KEPT = (NotFound, Malformed)


def answered_once(
    here: Services, who: Caller, act: Callable[[], str], told: Callable[[str], Json], status: int
) -> Response:
    """Act, and answer with what is told of the number it returns; under an Idempotency-Key only the first time."""
    key = request_parsing.idempotency_key()
    if not key:
        return answer(told(act()), status)

    def acting() -> Callable[[], idempotency.Answer]:
        try:
            number = act()
        except _NOT_KEPT:
            raise
        except WorkflowError as refusal:
            refused = problems.refused(refusal)
            return lambda: idempotency.Answer(refused.status_code, refused.get_data(as_text=True))
        return lambda: idempotency.Answer(status, text_of(told(number)))

    hashed = idempotency.hash_of(request.method, request.path, request.get_data())
    claimed = idempotency.Key(here.engine, who.tenant.id, who.person_id, key, hashed)
    try:
        found = idempotency.once(claimed, acting, here.now())
    except idempotency.StillRunning:
        raise Conflict(_("A request with this Idempotency-Key is still being answered. Try again.")) from None
    kind = "application/json" if found.status < 400 else PROBLEM
    headers = {"Idempotency-Replayed": "true"} if found.is_replay else {}
    return Response(found.body, found.status, headers, mimetype=kind)
