"""How does a program read what was done, byte for byte?

The trail of a case with its canonical texts, hashes and the words behind every commitment: enough to verify it with
tools of one's own. Reading it is recorded.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Response
from sqlalchemy import Row, select

from models import Disclosure, TrailEntry
from models.database import reading
from web.api import schemas
from web.api.blueprint import answer, blp, caller
from web.api.cases import tenant_of
from web.core.services import services
from web.policies.answer_json import Json
from workflow.cases.access_log import note_reading
from workflow.cases.authorization import visible_context
from workflow.trail.entry import from_text

_TEXTS = (
    "number",
    "at",
    "actor",
    "actor_role",
    "actor_body",
    "on_behalf_of",
    "mandate",
    "action",
    "from_state",
    "to_state",
    "policy_version",
    "policy_digest",
    "previous_hash",
    "canonical",
    "hash",
)


@blp.get("/cases/<number>/trail")
@blp.response(200, schemas.TrailTold)
def read_trail(number: str) -> Response:
    """Every entry of a case's trail, oldest first."""
    here, who, tenant = services(), caller(), tenant_of(number)
    now = here.now()
    with reading(here.engine, tenant.id) as session:
        s = visible_context(session.connection(), tenant, here.workflow.policies, who.person_id, number, now=now)
        columns = (*(getattr(TrailEntry, name) for name in _TEXTS), TrailEntry.clauses, TrailEntry.data)
        entries = session.execute(select(*columns).where(TrailEntry.stream == number).order_by(TrailEntry.number)).all()
        d = Disclosure
        query = select(d.number, d.field, d.salt, d.value).where(d.stream == number).order_by(d.number, d.field)
        words: dict[int, Json] = defaultdict(dict)
        for row in session.execute(query):
            words[row.number][row.field] = {"salt": row.salt, "value": row.value}
    note_reading(here.engine, tenant, who.person_id, number, now, action="api")
    told = [_entry(row) | {"words": words[row.number]} for row in entries]
    return answer({"case": number, "version": s.case.version, "head_hash": s.case.head_hash, "entries": told})


def _entry(row: Row[Any]) -> Json:
    told: Json = {name: getattr(row, name) for name in _TEXTS}
    return told | {"clauses": from_text(row.clauses), "data": from_text(row.data)}
