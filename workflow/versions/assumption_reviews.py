"""Reviews of assumptions by the municipality.

The coordinator or an administrator confirms or rejects an assumption and states on whose word; an auditor never does.
The newest review counts, and every one stays in the journal. A review changes no rule: a rejected assumption governs
until a version without it comes into force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.orm import Session

from models import AssumptionRuling, Municipality, Person, PolicyActivation, PolicyVersion
from models.database import writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.actor import Actor, load_actor
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.errors import ActionNotOpen, CaseChanged, Malformed, NotFound, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.policy.assumptions import assumption_ids, rules_by_assumption
from workflow.policy.model import Policy
from workflow.trail.journal import Act, record

#: Verdict to the action under which it stands in the journal.
ACTIONS: Mapping[str, str] = {"confirmed": "confirm-assumption", "rejected": "reject-assumption"}
#: Who records a ruling, the one whose affair it is first.
ROLES = ("coordinator", "admin")
#: Of a note, characters.
LONGEST_NOTE = 2_000


class SeatHolder(Protocol):
    """Somebody with seats."""

    def bodies_as(self, role: str) -> tuple[str, ...]:
        """Bodies in which they may act in a role today."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """The municipality's ruling on one assumption."""

    id: int
    #: Its id, `workflow.policy.assumptions`.
    assumption: str
    #: confirmed or rejected.
    verdict: str
    #: On whose word, or why not.
    note: str
    #: Name of the person who recorded it.
    by: str
    at: datetime
    #: The version under which it was read.
    version: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """An assumption that a policy still makes and the municipality has rejected."""

    reason: str
    ruling: Ruling


# -- rulings


def rulings(connection: Connection | Session, municipality_id: int) -> dict[str, Ruling]:
    """The newest ruling on every assumption, by the assumption's id; one statement."""
    newest = select(func.max(AssumptionRuling.id)).where(AssumptionRuling.municipality_id == municipality_id)
    newest = newest.group_by(AssumptionRuling.assumption)
    found = connection.execute(_rulings_query(municipality_id).where(AssumptionRuling.id.in_(newest)))
    return {row.assumption: Ruling(*row) for row in found}


def rulings_on(connection: Connection | Session, municipality_id: int, assumption: str) -> tuple[Ruling, ...]:
    """Every ruling on one assumption, newest first."""
    query = _rulings_query(municipality_id).where(AssumptionRuling.assumption == assumption)
    return tuple(Ruling(*row) for row in connection.execute(query.order_by(AssumptionRuling.id.desc())))


def rejected_in(connection: Connection | Session, municipality_id: int, policy: Policy) -> tuple[Rejected, ...]:
    """The assumptions of a policy that the municipality has rejected: it may not come into force with them."""
    recorded, known = rulings(connection, municipality_id), assumption_ids(policy)
    return tuple(
        Rejected(why, recorded[known[why]])
        for why in rules_by_assumption(policy)
        if known[why] in recorded and recorded[known[why]].verdict == "rejected"
    )


def _rulings_query(municipality_id: int) -> Any:
    r = AssumptionRuling
    columns = (r.id, r.assumption, r.verdict, r.note, Person.name, r.ruled_at, PolicyVersion.version)
    query = select(*columns).join(Person, Person.id == r.ruled_by_id)
    return query.join(PolicyVersion, PolicyVersion.id == r.policy_version_id).where(
        r.municipality_id == municipality_id
    )


# -- recording a ruling


def may_review(person: SeatHolder) -> bool:
    """Whether somebody may record a ruling; whoever audits rulings may not."""
    return any(person.bodies_as(role) for role in ROLES) and not person.bodies_as("auditor")


def record_review(
    services: Services,
    actor_id: int,
    key: str,
    version: str,
    assumption: str,
    verdict: str,
    note: str,
    *,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Record that the municipality confirms or rejects an assumption of a version, and on whose word or why.

    `assumption` is its identity; `seen` the id of the ruling that was looked at, 0 where there was none: another one
    since is `CaseChanged`. Raises `NotFound`, `Malformed`, `NotMandated`, or `ActionNotOpen` for a version replaced.
    """
    tenant = services.tenants.tenant(key)
    with (
        refusals_logged(services.engine, tenant, actor_id, key, ACTIONS.get(verdict, "rule-on-assumption"), now=now),
        writing(services.engine, tenant.id) as connection,
    ):
        _lock_journal(connection, tenant)
        actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
        version_id, policy = _version(services, connection, tenant, version)
        why = _reason_of(policy, assumption)
        note = _checked_note(verdict, note)
        if not may_review(actor):
            raise NotMandated(reason("rulings-only"))
        if not is_open(services, connection, tenant, version_id, now=now):
            raise ActionNotOpen(reason("version-replaced"))
        _require_as_seen(connection, tenant, assumption, seen)
        row = {"assumption": assumption, "policy_version_id": version_id, "verdict": verdict, "note": note}
        _write(connection, tenant, actor, policy, why, row, now)


def _lock_journal(connection: Connection, tenant: Tenant) -> None:
    """Two who rule at once come one after the other; the journal's head is what everybody waits for."""
    connection.execute(select(Municipality.id).where(Municipality.id == tenant.id).with_for_update())


def _version(services: Services, connection: Connection, tenant: Tenant, version: str) -> tuple[int, Policy]:
    named = (PolicyVersion.municipality_id == tenant.id, PolicyVersion.version == clean(version, "version"))
    found = connection.execute(select(PolicyVersion.id).where(*named)).scalar_one_or_none()
    if found is None:
        raise NotFound(reason("assumption-not-found"))
    return found, services.policies.by_id(connection, tenant.id, found)


def _reason_of(policy: Policy, assumption: str) -> str:
    for why, identity in assumption_ids(policy).items():
        if identity == assumption:
            return why
    raise NotFound(reason("assumption-not-found"))


def _checked_note(verdict: str, note: str) -> str:
    if verdict not in ACTIONS:
        raise Malformed(reason("field-missing", field="verdict"))
    note = str(clean(note, "note")).strip()
    if not note:
        raise Malformed(reason("ruling-needs-note", field="note"))
    if len(note) > LONGEST_NOTE:
        raise Malformed(reason("field-wrong", field="note", why=f"longer than {LONGEST_NOTE} characters"))
    return note


def is_open(
    services: Services, connection: Connection | Session, tenant: Tenant, version_id: int, *, now: datetime
) -> bool:
    """Whether the assumptions of a version can be ruled on: it governs, or waits; not once another has replaced it."""
    today = local_day(now, tenant.timezone)
    in_force, _policy = services.policies.in_force(connection, tenant.id, today)
    began = select(PolicyActivation.id).where(
        PolicyActivation.municipality_id == tenant.id,
        PolicyActivation.policy_version_id == version_id,
        PolicyActivation.governs_from <= today,
    )
    return version_id == in_force or connection.execute(began).first() is None


def _require_as_seen(connection: Connection, tenant: Tenant, assumption: str, seen: int | None) -> None:
    newest = select(func.max(AssumptionRuling.id)).where(
        AssumptionRuling.municipality_id == tenant.id, AssumptionRuling.assumption == assumption
    )
    if seen is not None and (connection.execute(newest).scalar() or 0) != seen:
        raise CaseChanged(reason("ruling-changed"))


def _write(
    connection: Connection,
    tenant: Tenant,
    actor: Actor,
    policy: Policy,
    why: str,
    row: Mapping[str, Any],
    now: datetime,
) -> None:
    """The row and its entry in the journal, which tells of it by its id."""
    written = {**row, "municipality_id": tenant.id, "ruled_by_id": actor.id, "ruled_at": now}
    id_ = connection.execute(insert(AssumptionRuling).returning(AssumptionRuling.id), written).scalar_one()
    seat = next((role, bodies[0]) for role in ROLES if (bodies := actor.bodies_as(role)))
    read = sorted({clause for rule in rules_by_assumption(policy)[why] for clause in rule.clauses})
    data = {"ruling": id_, "assumption": row["assumption"], "assumed": why, "reads": read}
    done = Act(
        ACTIONS[row["verdict"]],
        actor.public_id,
        *seat,
        on_behalf_of=actor.on_behalf_at(seat),
        policy_version=policy.version,
        policy_digest=policy.digest,
        data=data,
        words={"note": row["note"]},
    )
    record(connection, tenant.id, done, now=now)
