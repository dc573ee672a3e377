"""Columns of a decision table, for cells in FEEL."""

from __future__ import annotations

from workflow.policy.request_domain import ATTRIBUTES

PERCENT = tuple(range(101))


KINDS, SCOPES, YES_OR_NO, INITIATIVES = (
    ATTRIBUTES[name].values for name in ("engagement", "scope", "principal", "initiative")
)


COLUMNS = (PERCENT, KINDS, SCOPES, YES_OR_NO, INITIATIVES)
