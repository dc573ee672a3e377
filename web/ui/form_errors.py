"""Refusals as form errors in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from web.i18n import labels
from workflow.core.messages import Reason

#: Field (empty for the form as a whole), sentence, and clauses cited.
Line = tuple[str, str, tuple[str, ...]]


def lines(reasons: Iterable[Reason]) -> list[Line]:
    """One error per reason."""
    return [(str(why.values.get("field", "")), str(labels.reason_text(why)), why.clauses) for why in reasons]
