"""In which words does the board speak of what is late?"""

from __future__ import annotations

from flask import url_for

from web.evaluations.labels import seat_label
from web.i18n import labels
from web.i18n.gettext import _
from web.worklist.overdue_query import Late
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION, EXPIRY, STEP

__all__ = ["seat_label"]


def kind_label(kind: str) -> str:
    """What kind of thing is late."""
    return labels.duty_label(kind)


def what(late: Late) -> str:
    """What kind of thing one is, said of it."""
    if late.kind == STEP:
        return labels.state_label(late.state, late.policy, late.body)
    if late.kind == EVALUATION:
        return _("Revision of the policy") if late.is_policy else _("Evaluation")
    return kind_label(late.kind)


def title(late: Late, tenant: Tenant) -> str:
    """What a line is called: the matter, or the seat that is empty."""
    return late.title or seat_label(late.waits, tenant)


def href(late: Late) -> str:
    """Where a line leads; empty where it leads nowhere."""
    endpoints = {STEP: "cases.page", EVALUATION: "evaluations.page", EXPIRY: "engagements.page"}
    return url_for(endpoints[late.kind], number=late.subject) if late.kind in endpoints else ""


def waits(late: Late, tenant: Tenant) -> str:
    """Whom it waits for."""
    return _("its case officer") if late.is_draft else seat_label(late.waits, tenant)
