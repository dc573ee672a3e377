"""Stored policy versions, and the one that governs a municipality on a day.

Versions are read from their canonical JSON under its digest, never from YAML: a case refers to its version and is
judged, also later, by that text. `workflow.versions.install` writes them.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from threading import Lock

from sqlalchemy import BindParameter, Connection, Engine, bindparam, or_, select
from sqlalchemy.orm import Session

from models import PolicyActivation, PolicyVersion
from models.database import reading
from workflow.core.errors import NotFound, PolicyInvalid
from workflow.core.messages import reason
from workflow.core.text_validation import is_storable
from workflow.policy.canonical import digest_of
from workflow.policy.loading.loader import policy_from
from workflow.policy.model import Policy
from workflow.policy.pack_messages import pack_message

_MUNICIPALITY: BindParameter[int] = bindparam("municipality")
_DAY: BindParameter[date] = bindparam("day")
#: The version in force on a day; a statement built once, since every opening of a case asks it.
_IN_FORCE = (
    select(PolicyVersion.id)
    .join(PolicyActivation, PolicyActivation.policy_version_id == PolicyVersion.id)
    .where(
        PolicyVersion.municipality_id == _MUNICIPALITY,
        PolicyActivation.municipality_id == _MUNICIPALITY,
        PolicyActivation.governs_from <= _DAY,
        or_(PolicyVersion.valid_to.is_(None), PolicyVersion.valid_to >= _DAY, PolicyVersion.status == "law"),
    )
    .order_by(PolicyActivation.governs_from.desc(), PolicyActivation.id.desc())
    .limit(1)
)


class Policies:
    """Stored versions as policies: built once from their canonical text, then shared between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_id: dict[tuple[int, int], Policy] = {}
        self._id_by_digest: dict[tuple[int, str], int] = {}
        self._lock = Lock()

    def by_id(self, connection: Connection | Session, municipality_id: int, policy_version_id: int) -> Policy:
        """The policy of a stored version; raises `NotFound`, or `PolicyInvalid` if its text has changed."""
        key = (municipality_id, policy_version_id)
        policy = self._by_id.get(key)
        if policy is None:
            row = connection.execute(
                select(PolicyVersion.version, PolicyVersion.digest, PolicyVersion.canonical).where(
                    PolicyVersion.municipality_id == municipality_id, PolicyVersion.id == policy_version_id
                )
            ).one_or_none()
            if row is None:
                raise NotFound(reason("not-found"))
            built = _built(row.version, row.digest, row.canonical)
            with self._lock:
                policy = self._by_id.setdefault(key, built)
        return policy

    def by_digest(self, connection: Connection | Session, municipality_id: int, digest: str) -> Policy:
        """The policy whose bytes have a digest, as trail entries name it; raises as `by_id`."""
        query = select(PolicyVersion.id).where(
            PolicyVersion.municipality_id == municipality_id, PolicyVersion.digest == digest
        )
        key = (municipality_id, digest)
        if key not in self._id_by_digest:
            if not is_storable(digest):  # a forged entry can name bytes that are no text
                raise NotFound(reason("not-found"))
            found = connection.execute(query).scalar()
            if found is None:
                raise NotFound(reason("not-found"))
            self._id_by_digest[key] = found
        return self.by_id(connection, municipality_id, self._id_by_digest[key])

    def governing(self, municipality_id: int, day: date) -> tuple[int, Policy]:
        """`in_force` in a transaction of its own."""
        with reading(self._engine, municipality_id) as session:
            return self.in_force(session, municipality_id, day)

    def in_force(self, connection: Connection | Session, municipality_id: int, day: date) -> tuple[int, Policy]:
        """The version in force on a day and its policy: the one that came into force last, else the law alone.

        Raises `NotFound` where no version is stored.
        """
        found = connection.execute(_IN_FORCE, {"municipality": municipality_id, "day": day}).scalar()
        if found is None:
            return self.law_alone(connection, municipality_id)
        return found, self.by_id(connection, municipality_id, found)

    def law_alone(self, connection: Connection | Session, municipality_id: int) -> tuple[int, Policy]:
        """The country's law alone, under which a policy is adopted; raises `NotFound` where it is not stored."""
        law = select(PolicyVersion.id).where(
            PolicyVersion.municipality_id == municipality_id, PolicyVersion.status == "law"
        )
        found = connection.execute(law.order_by(PolicyVersion.id).limit(1)).scalar()
        if found is None:
            raise NotFound(reason("not-found"))
        return found, self.by_id(connection, municipality_id, found)


@lru_cache(maxsize=64)
def _built(version: str, digest: str, canonical: str) -> Policy:
    """The policy of a stored text, the same for every database that holds it: it depends on nothing else."""
    if digest_of(canonical.encode()) != digest:
        raise PolicyInvalid(version, None, "", pack_message("digest-differs"))
    return policy_from(json.loads(canonical), source=version)
