"""Queries for the policy versions of a municipality.

Each version with its state (in force, from a later day, waiting, or earlier), the case in which it was adopted and who
loaded it. Four statements, regardless of the number of versions.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from models import Case, Person, PolicyActivation, PolicyVersion, TrailEntry
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.policy.store import Policies
from workflow.trail.journal import journal_of
from workflow.versions.install import LOAD

#: Versions listed, and cases offered as the basis of an activation; the newest first.
MOST, MOST_CASES = 100, 50
#: States of a version; the country's law is a state of its own.
IN_FORCE, COMING, WAITS, EARLIER, LAW = "in-force", "coming", "waits", "earlier", "law"


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version."""

    id: int
    version: str
    digest: str
    #: adopted, proposed or law.
    status: str
    valid_from: date
    valid_to: date | None
    loaded_at: datetime
    #: One of the five above.
    state: str
    governs_from: date | None
    #: founding, decision or reading; empty where it has not come into force.
    basis: str
    #: Number of the case in which it was adopted; empty where there is none.
    case: str
    #: Name of the person who loaded it; empty for the installation.
    loaded_by: str

    @property
    def can_be_met(self) -> bool:
        """Whether a case may come under it: not under an earlier version."""
        return self.state != EARLIER


def versions(db: Session, tenant: Tenant, policies: Policies, today: date) -> tuple[Version, ...]:
    """Every version: in force, coming, waiting, earlier, law; the newest first in each state."""
    v, a = PolicyVersion, PolicyActivation
    columns = (v.id, v.version, v.digest, v.status, v.valid_from, v.valid_to, v.loaded_at)
    query = (
        select(*columns, a.governs_from, a.basis, Case.number.label("case"))
        .outerjoin(a, a.policy_version_id == v.id)
        .outerjoin(Case, Case.id == a.case_id)
        .order_by(v.id.desc())
        .limit(MOST)
    )
    rows = db.execute(query).all()
    in_force, _policy = policies.in_force(db.connection(), tenant.id, today)
    names = _loaded_by(db, tenant)
    found = [_version(row, in_force, names, today) for row in rows]
    order = (IN_FORCE, COMING, WAITS, EARLIER, LAW)
    return tuple(sorted(found, key=lambda one: order.index(one.state)))


def _version(row: Any, in_force: int, names: dict[str, str], today: date) -> Version:
    return Version(
        id=row.id,
        version=row.version,
        digest=row.digest,
        status=row.status,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        loaded_at=row.loaded_at,
        state=_state(row, in_force, today),
        governs_from=row.governs_from,
        basis=row.basis or "",
        case=row.case or "",
        loaded_by=names.get(row.version, ""),
    )


def _state(row: Any, in_force: int, today: date) -> str:
    if row.id == in_force:
        return IN_FORCE
    if row.governs_from is not None:
        return COMING if row.governs_from > today else EARLIER
    return LAW if row.status == "law" else WAITS


def _loaded_by(db: Session, tenant: Tenant) -> dict[str, str]:
    """Names by version; none for a version loaded by the installation."""
    entry = TrailEntry
    query = (
        select(entry.policy_version, Person.name)
        .join(Person, Person.public_id == entry.actor)
        .where(
            entry.municipality_id == tenant.id,
            entry.stream == journal_of(tenant.key),
            entry.action == LOAD,
            Person.municipality_id == tenant.id,
        )
    )
    return {row.policy_version: row.name for row in db.execute(query)}


def one_of(found: tuple[Version, ...], name: str) -> Version:
    """A version by its name; raises `NotFound`."""
    for one in found:
        if one.version == name:
            return one
    raise NotFound(reason("not-found"))


def before(found: tuple[Version, ...], shown: Version) -> Version | None:
    """The version to compare with by default: the one in force, or the one before it."""
    if shown.state != IN_FORCE:
        return next((one for one in found if one.state == IN_FORCE), None)
    earlier = [one for one in found if one.state == EARLIER]
    return max(earlier, key=lambda one: (one.governs_from or date.min, one.id), default=_law(found, shown))


def _law(found: tuple[Version, ...], shown: Version) -> Version | None:
    return next((one for one in found if one.status == "law" and one.id != shown.id), None)


def stored_version(db: Session, version: str) -> tuple[int, bool]:
    """The id of a version, and whether it has come into force already; raises `NotFound`."""
    query = (
        select(PolicyVersion.id, PolicyActivation.id.label("activation"))
        .outerjoin(PolicyActivation, PolicyActivation.policy_version_id == PolicyVersion.id)
        .where(PolicyVersion.version == version)
    )
    row = db.execute(query).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    return int(row.id), row.activation is not None


def concluded_policy_cases(db: Session, acts: Collection[str]) -> Sequence[Row[str, str]]:
    """Concluded cases about the policy that have brought no version into force yet, the newest first."""
    used = select(PolicyActivation.case_id).where(PolicyActivation.case_id.is_not(None))
    query = (
        select(Case.number, Case.title)
        .where(
            Case.state == "concluded",
            Case.engagement == "policy",
            Case.act.in_(acts),
            Case.id.not_in(used),
            Case.secrecy_law == "",
        )
        .order_by(Case.id.desc())
        .limit(MOST_CASES)
    )
    return db.execute(query).all()
