"""Services: the engine, tenants, policies and outcome hooks that every operation of `workflow` works with.

`workflow.engine.services_for` builds them; a value without its hooks cannot be built.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from workflow.cases.outcomes import OutcomeHooks
from workflow.core.tenants import Tenants
from workflow.policy.store import Policies


@dataclass(frozen=True, slots=True)
class Services:
    """One per engine, safe to share between threads."""

    engine: Engine
    tenants: Tenants
    policies: Policies
    outcome_hooks: OutcomeHooks
