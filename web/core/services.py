"""Services of the application: engine, workflow services, settings and clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from flask import current_app
from sqlalchemy import Engine, select

from config.settings import Settings
from models import Body, Installation
from models.database import reading
from web.core.passwords import Passwords
from workflow.cases.services import Services as WorkflowServices
from workflow.core.calendar import local_day
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy

#: Language code to text.
Names = Mapping[str, str]
#: How long a page may go on naming a policy that has just been replaced; cases never look here.
POLICY_REMEMBERED = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Services:
    """What every screen uses: the engine, the workflow's services, settings and a clock. Shared between threads."""

    engine: Engine
    #: What operations and rules work with: the same engine, the tenants and the policies.
    workflow: WorkflowServices
    settings: Settings
    #: The clock: an aware UTC datetime.
    now: Callable[[], datetime]
    passwords: Passwords
    _names: dict[int, dict[str, Names]] = field(default_factory=dict, repr=False)
    _policies: dict[int, tuple[datetime, date, Policy]] = field(default_factory=dict, repr=False)

    def today(self, tenant: Tenant) -> date:
        """The date in a municipality."""
        return local_day(self.now(), tenant.timezone)

    def body_names(self, tenant: Tenant) -> Mapping[str, Names]:
        """What the bodies of a municipality are called, by key; kept in memory."""
        if tenant.id not in self._names:
            with reading(self.engine, tenant.id) as session:
                self._names[tenant.id] = {body.key: body.names for body in session.scalars(select(Body))}
        return self._names[tenant.id]

    def policy(self, tenant: Tenant) -> Policy:
        """The policy in force today, for what a page says about it; raises `NotFound` where none is stored."""
        now, today = self.now(), self.today(tenant)
        known = self._policies.get(tenant.id)
        if known is None or known[1] != today or not timedelta() <= now - known[0] < POLICY_REMEMBERED:
            _id, policy = self.workflow.policies.governing(tenant.id, today)
            known = self._policies[tenant.id] = (now, today, policy)
        return known[2]

    def look_again(self, tenant: Tenant) -> None:
        """Another version has come into force: what pages say is read anew, here at once, elsewhere in a minute."""
        self._policies.pop(tenant.id, None)
        self._names.pop(tenant.id, None)

    def database_is_demo(self) -> bool:
        """Whether the database carries the demo's mark; looked up anew each time."""
        with self.engine.connect() as connection:
            return bool(connection.execute(select(Installation.is_demo)).scalars().first())


def services() -> Services:
    """The services of the application that answers the present request."""
    found: Services = current_app.extensions["instans"]
    return found
