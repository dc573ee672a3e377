"""Composition root: builds the `Services` of a database, with the outcome hooks of every subject.

The only module that does, so that a case ends alike in the web server, the command line, the scheduler and the tests.
"""

from __future__ import annotations

from sqlalchemy import Engine

from workflow.cases.outcomes import OutcomeHooks
from workflow.cases.services import Services
from workflow.core.tenants import Tenants
from workflow.evaluations.case_outcome import settle_evaluation
from workflow.policy.store import Policies
from workflow.register.case_outcome import update_register


def services_for(engine: Engine) -> Services:
    """The services of one engine."""
    hooks = OutcomeHooks(register=update_register, evaluations=settle_evaluation)
    return Services(engine, Tenants(engine), Policies(engine), hooks)
