"""The small pack under a law that is amended: from a day on, memberships of the whole go to the council."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from tests.workflow.policy.small_pack import changed
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request

FIRST = date(2026, 9, 20)
#: The last day before it.
BEFORE = FIRST - timedelta(days=1)
#: A membership of the whole municipality: by the pack a matter of the executive board.
WHOLE = Request("membership", "enter", "committee", scope="municipality")
FOUNDING = "\nfounding:\n"
ROW = (
    "  - {id: memberships-to-council, when: {engagement: membership, scope: municipality, principal: false, "
    "otherwise: executive-board}, decides: council, route: principal-matter, clauses: [se/law.principal], "
)


def amended(folder: Path, days: str = f"valid_from: {FIRST}") -> Policy:
    """The pack under a law with a row that has days."""
    return changed(folder, law=((FOUNDING, f"{ROW}{days}}}\n{FOUNDING}"),))
