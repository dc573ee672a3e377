"""Queries for the policy check: the version to check among those that are stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from web.auth.session import User
from web.core.services import Services
from web.policies.queries import version_rows
from workflow.core.errors import NotFound
from workflow.core.messages import reason
from workflow.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Versions:
    """The requested version, the one in force, and all there are, the newest first."""

    requested: Policy
    in_force: Policy
    rows: tuple[Any, ...]

    @property
    def waits(self) -> bool:
        """Whether nobody has brought the requested version into force yet."""
        row = next((row for row in self.rows if row.version == self.requested.version), None)
        return row is not None and row.governs_from is None and row.status != "law"


def requested_version(db: Session, here: Services, user: User, version: str) -> Versions:
    """A version by its name, else the one in force; raises `NotFound`."""
    tenant, rows = user.municipality, version_rows(db)
    _id, in_force = here.workflow.policies.in_force(db.connection(), tenant.id, here.today(tenant))
    if not version or version == in_force.version:
        return Versions(in_force, in_force, rows)
    row = next((row for row in rows if row.version == version), None)
    if row is None:
        raise NotFound(reason("not-found"))
    return Versions(here.workflow.policies.by_id(db.connection(), tenant.id, row.id), in_force, rows)
