"""Cases: the counterpart's signature, members of a meeting."""

from __future__ import annotations

revision = "0005_cases"
down_revision = "0004_secrecy"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
