"""Other versions of a policy: a shipped document with some things changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from workflow.policy.loading.loader import policy_from
from workflow.policy.model import Policy

Document = dict[str, Any]


def version_of(policy: Policy, change: Callable[[Document], object] | None = None, name: str = "") -> Policy:
    """The policy as it would be after a change of its document, under another version id."""
    document = json.loads(policy.canonical)
    document["pack"]["document"]["version"] = name or f"{policy.version}-next"
    if change is not None:
        change(document)
    return policy_from(document, source=name or "next")


def row_of(document: Document, table: str, id_: str) -> dict[str, Any]:
    """A row of the pack by its id."""
    found: dict[str, Any] = next(row for row in document["pack"][table] if row["id"] == id_)
    return found
