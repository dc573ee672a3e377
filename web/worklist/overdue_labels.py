"""Labels and links of overdue deadlines."""

from __future__ import annotations

from flask import url_for

from web.i18n import labels
from web.i18n.gettext import _
from web.register.labels import seat_label
from web.worklist.overdue_queries import OverdueRow
from workflow.core.tenants import Tenant
from workflow.deadlines import EVALUATION, EXPIRY, STEP

kind_label = labels.duty_label


def subject(row: OverdueRow) -> str:
    """The case's state, or the kind of the deadline."""
    if row.kind == STEP:
        return labels.state_label(row.state, row.policy, row.body)
    if row.kind == EVALUATION:
        return _("Revision of the policy") if row.is_policy else _("Evaluation")
    return kind_label(row.kind)


def title(row: OverdueRow, tenant: Tenant) -> str:
    """The title of the matter, or the vacant seat."""
    return row.title or seat_label(row.waits_for, tenant)


def href(row: OverdueRow) -> str:
    """The link of a row; empty where there is none."""
    endpoints = {STEP: "cases.page", EVALUATION: "evaluations.page", EXPIRY: "engagements.page"}
    return url_for(endpoints[row.kind], number=row.subject) if row.kind in endpoints else ""


def waits_for(row: OverdueRow, tenant: Tenant) -> str:
    """The acting role a deadline waits for."""
    return _("its case officer") if row.is_draft else seat_label(row.waits_for, tenant)
