"""Installation of policy versions: each is checked, then written with its bodies, its country's law and the journal.

Packs are written once, as canonical JSON under their digest, and never read from YAML again. The same version id with
other bytes is refused, and so is a pack that breaks an obligation of the check. The packs that found a municipality
govern from the day they name; every later one waits until somebody brings it into force
(`workflow.versions.service`). `workflow.policy.store` reads what is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from models import Body, Municipality, PolicyActivation, PolicyVersion
from models.database import SET_MUNICIPALITY, reading, writing
from workflow.core.errors import PolicyInvalid
from workflow.policy.loading.loader import law_only
from workflow.policy.model import BodySpec, Policy
from workflow.policy.pack_messages import pack_message
from workflow.policy.verification.runner import require_sound
from workflow.trail.journal import Act, record

#: Journal actions under which a version enters a municipality, and comes into force in it.
LOAD, ACTIVATE = "load-policy", "activate-policy"
#: Key in the data of the first where the version does not govern by it.
WAITS = "waits"
#: Basis of an activation where nothing governed before.
FOUNDING = "founding"


def install(engine: Engine, policies: Iterable[Policy], *, now: datetime) -> None:
    """Write packs, their bodies and their country's law alone; what is already there is left as it is.

    One transaction per municipality. Raises `PolicyInvalid` when a version is stored with another digest, a body with
    another kind, or a pack breaks an obligation: then nothing of that municipality is written.
    """
    by_municipality: dict[str, list[Policy]] = {}
    for policy in sorted(policies, key=lambda policy: (policy.document.valid_from, policy.version)):
        by_municipality.setdefault(policy.municipality.key, []).append(policy)
    for some in by_municipality.values():
        for policy in _unknown(engine, some):
            require_sound(policy)  # takes a second, so before the transaction begins
        with writing(engine, None) as connection:
            municipality_id = _municipality(connection, some[0])
            founds = not _is_governed(connection, municipality_id)
            for policy in some:
                act = Act(LOAD, data={} if founds else {WAITS: True})
                version_id = store(connection, municipality_id, policy, act, now=now)
                if founds and version_id is not None:
                    _found(connection, municipality_id, version_id, policy, now)


def _unknown(engine: Engine, some: list[Policy]) -> list[Policy]:
    """Packs that are not stored byte for byte."""
    with engine.connect() as connection:
        query = select(Municipality.id).where(Municipality.key == some[0].municipality.key)
        municipality_id = connection.execute(query).scalar_one_or_none()
    if municipality_id is None:
        return some
    with reading(engine, municipality_id) as session:
        digests = set(session.scalars(select(PolicyVersion.digest)))
    return [policy for policy in some if policy.digest not in digests]


def _is_governed(connection: Connection, municipality_id: int) -> bool:
    found = select(PolicyActivation.id).where(PolicyActivation.municipality_id == municipality_id).limit(1)
    return connection.execute(found).first() is not None


def store(connection: Connection, municipality_id: int, policy: Policy, act: Act, *, now: datetime) -> int | None:
    """Write one checked version with its bodies in the caller's transaction; its id, or None where it was there.

    The act says who brought it in. Raises `PolicyInvalid` as `install` does.
    """
    _bodies(connection, municipality_id, policy)
    query = select(PolicyVersion.version, PolicyVersion.digest).where(PolicyVersion.municipality_id == municipality_id)
    stored: dict[str, str] = {row.version: row.digest for row in connection.execute(query)}
    law = law_only(policy)
    # Neither a later pack nor the law of a later release replaces the law alone that stood before the first.
    if law.version not in stored:
        _version(connection, municipality_id, law, stored, now, Act(LOAD))
    return _version(connection, municipality_id, policy, stored, now, act)


def _found(connection: Connection, municipality_id: int, version_id: int, policy: Policy, now: datetime) -> None:
    """A municipality's first packs govern from the day they name: nothing governs it that could decide on them."""
    let_govern(connection, municipality_id, version_id, policy.document.valid_from, FOUNDING, now=now)
    data = {"governs_from": policy.document.valid_from.isoformat(), "basis": FOUNDING}
    act = Act(ACTIVATE, policy_version=policy.version, policy_digest=policy.digest, data=data)
    record(connection, municipality_id, act, now=now)


def let_govern(
    connection: Connection,
    municipality_id: int,
    version_id: int,
    governs_from: date,
    basis: str,
    *,
    now: datetime,
    case_id: int | None = None,
    reason: str = "",
    by_id: int | None = None,
) -> None:
    """Write that a version governs from a day; the caller writes the journal entry."""
    row = {
        "municipality_id": municipality_id,
        "policy_version_id": version_id,
        "governs_from": governs_from,
        "basis": basis,
        "case_id": case_id,
        "reason": reason,
        "activated_by_id": by_id,
        "activated_at": now,
    }
    connection.execute(insert(PolicyActivation), row)


def _municipality(connection: Connection, policy: Policy) -> int:
    """The municipality's id, its row made if it is new and locked; from here on the transaction sees its rows."""
    spec = policy.municipality
    row = {
        "key": spec.key,
        "country": spec.country,
        "language": spec.language,
        "timezone": spec.timezone,
        "names": dict(spec.names),
        "journal_version": 0,
        "journal_hash": "",
    }
    # two processes may start at once: whoever comes second waits here and finds everything in place
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(Municipality).values(row).on_conflict_do_nothing(index_elements=["key"]))
    this = select(Municipality.id).where(Municipality.key == spec.key)
    municipality_id: int = connection.execute(this).scalar_one()
    if connection.dialect.name == "postgresql":
        connection.execute(SET_MUNICIPALITY, {"municipality": str(municipality_id)})
    connection.execute(this.with_for_update()).scalar_one()
    return municipality_id


def _bodies(connection: Connection, municipality_id: int, policy: Policy) -> None:
    known = {
        key: (id_, kind)
        for id_, key, kind in connection.execute(
            select(Body.id, Body.key, Body.kind).where(Body.municipality_id == municipality_id)
        )
    }
    for body in _parents_first(policy.bodies):
        if body.key not in known:
            row = _body(body, municipality_id, known)
            known[body.key] = (connection.execute(insert(Body).returning(Body.id), row).scalar_one(), body.kind)
        elif known[body.key][1] != body.kind:
            stored_kind = known[body.key][1]
            message = pack_message("other-body-kind", body=body.key, stored=stored_kind, kind=body.kind)
            raise PolicyInvalid(policy.version, None, "bodies", message)


def _body(body: BodySpec, municipality_id: int, known: Mapping[str, tuple[int, str]]) -> dict[str, Any]:
    return {
        "municipality_id": municipality_id,
        "key": body.key,
        "kind": body.kind,
        "parent_id": known[body.parent][0] if body.parent else None,
        "names": dict(body.names),
        "is_example": body.assumed is not None,
    }


def _parents_first(bodies: tuple[BodySpec, ...]) -> list[BodySpec]:
    """Boards, then administrations, then offices: a parent stands on an earlier level."""
    level = {"administration": 1, "office": 2}
    return sorted(bodies, key=lambda body: level.get(body.kind, 0))


def _version(
    connection: Connection,
    municipality_id: int,
    policy: Policy,
    stored: Mapping[str, str],
    now: datetime,
    by: Act,
) -> int | None:
    if policy.version in stored:
        if stored[policy.version] != policy.digest:
            message = pack_message("other-content")
            raise PolicyInvalid(policy.version, None, "document.version", message)
        return None
    document = policy.document
    row = {
        "municipality_id": municipality_id,
        "version": policy.version,
        "digest": policy.digest,
        "canonical": policy.canonical,
        "status": document.status,
        "valid_from": document.valid_from,
        "valid_to": document.valid_to,
        "loaded_at": now,
    }
    version_id: int = connection.execute(insert(PolicyVersion).returning(PolicyVersion.id), row).scalar_one()
    data = {**by.data, "status": document.status, "valid_from": document.valid_from.isoformat()}
    if document.valid_to is not None:
        data["valid_to"] = document.valid_to.isoformat()
    act = replace(by, policy_version=policy.version, policy_digest=policy.digest, data=data)
    record(connection, municipality_id, act, now=now)
    return version_id
