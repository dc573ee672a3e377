"""What has the municipality said of the assumptions that a page shows?

Every mark of an assumption says whether it is confirmed. All rulings of the reader's municipality are read at once, the
first time that a page asks, and forgotten with the request. Recording one is `web.policies.assumptions.views`' task.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask import Flask, g
from flask_login import current_user

from models.database import reading
from web.auth.session import signed_in
from web.core.services import services
from web.policies.assumptions import labels as assumptions_labels
from workflow.policy.assumptions import identities
from workflow.policy.model import Policy
from workflow.versions.assumption_reviews import Ruling, rulings

#: What stands worst with several assumptions, first.
STATES = ("rejected", "open", "confirmed")


def said() -> Mapping[str, Ruling]:
    """The ruling that counts of every assumption, by identity; nothing for a stranger."""
    if not current_user.is_authenticated:
        return {}
    if "rulings" not in g:
        here, place = services(), signed_in().municipality
        with reading(here.engine, place.id) as db:
            g.rulings = rulings(db, place.id)
    found: Mapping[str, Ruling] = g.rulings
    return found


def ruling_on(policy: Policy, why: str) -> Ruling | None:
    """What was said of an assumption of a policy, by its reason; None while nothing was."""
    return said().get(identities(policy).get(why, ""))


def state_of(policy: Policy, whys: Iterable[str]) -> str:
    """How several assumptions of one answer stand: rejected if one is, open if one is, else confirmed."""
    found = {ruling.verdict if (ruling := ruling_on(policy, why)) else "open" for why in whys}
    return next((state for state in STATES if state in found), "confirmed")


def identity_of(policy: Policy, why: str) -> str:
    """The identity of an assumption by its reason; empty where the policy does not make it."""
    return identities(policy).get(why, "")


def counts(policy: Policy) -> dict[str, int]:
    """How many assumptions of a policy stand in each state."""
    found = [state_of(policy, (why,)) for why in identities(policy)]
    return {state: found.count(state) for state in STATES}


def register(app: Flask) -> None:
    """Let every mark say how its assumption stands."""
    app.jinja_env.globals.update(
        ruling_on=ruling_on,
        assumption_id=identity_of,
        assumption_counts=counts,
        assumption_count=assumptions_labels.count_label,
        assumptions_stand=state_of,
        ruling_words=assumptions_labels.ruling_words,
        partly_assumed=assumptions_labels.partly_assumed,
    )
