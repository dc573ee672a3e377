"""How does a refusal become lines on a page?"""

from __future__ import annotations

from collections.abc import Iterable

from web.i18n import labels
from workflow.core.messages import Reason

#: Field the line belongs to (empty for none), the sentence, the clauses it rests on.
Line = tuple[str, str, tuple[str, ...]]


def lines(reasons: Iterable[Reason]) -> list[Line]:
    """One line per reason, in the reader's language."""
    return [(str(why.values.get("field", "")), str(labels.reason_text(why)), why.clauses) for why in reasons]
