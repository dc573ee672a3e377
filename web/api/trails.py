"""The trail of a case in the API, byte for byte, to be verified with tools of one's own. Reading it is recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from models import Disclosure, TrailEntry
from models.database import reading
from web.api.blueprint import blp, caller, tenant_of
from web.api.case_schemas import TrailSchema
from web.core.services import services
from workflow.cases.access_log import note_reading
from workflow.cases.authorization import visible_context
from workflow.trail.entry import from_text

_COLUMNS = (
    *("number", "at", "actor", "actor_role", "actor_body", "on_behalf_of", "mandate", "action", "from_state"),
    *("to_state", "policy_version", "policy_digest", "previous_hash", "canonical", "hash", "clauses", "data"),
)


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """One entry, with the salt and value behind each of its commitments by field."""

    row: Row[Any]
    clauses: Sequence[str]
    data: Mapping[str, Any]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class ShownTrail:
    """The trail of a case."""

    case: str
    version: int
    head_hash: str
    entries: Sequence[ShownEntry]


@blp.get("/cases/<number>/trail")
@blp.response(200, TrailSchema)
def read_trail(number: str) -> ShownTrail:
    """Every entry of a case's trail, oldest first."""
    here, who, tenant = services(), caller(), tenant_of(number)
    now = here.now()
    with reading(here.engine, tenant.id) as session:
        s = visible_context(session.connection(), tenant, here.workflow.policies, who.person_id, number, now=now)
        columns = [getattr(TrailEntry, name) for name in _COLUMNS]
        entries = session.execute(select(*columns).where(TrailEntry.stream == number).order_by(TrailEntry.number)).all()
        d = Disclosure
        query = select(d.number, d.field, d.salt, d.value).where(d.stream == number).order_by(d.number, d.field)
        disclosed: dict[int, dict[str, Mapping[str, str]]] = defaultdict(dict)
        for row in session.execute(query):
            disclosed[row.number][row.field] = {"salt": row.salt, "value": row.value}
    note_reading(here.engine, tenant, who.person_id, number, now, action="api")
    shown = [ShownEntry(row, from_text(row.clauses), from_text(row.data), disclosed[row.number]) for row in entries]
    return ShownTrail(number, s.case.version, s.case.head_hash, shown)
