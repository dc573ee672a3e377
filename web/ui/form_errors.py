"""Refusals as errors of a form, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from web.i18n import labels
from workflow.core.messages import Reason

#: Name of the input (empty for the form as a whole), sentence, and clauses cited.
FormError = tuple[str, str, tuple[str, ...]]


def form_errors(reasons: Iterable[Reason]) -> list[FormError]:
    """One error per reason."""
    return [(str(why.values.get("field", "")), str(labels.reason_text(why)), why.clauses) for why in reasons]
