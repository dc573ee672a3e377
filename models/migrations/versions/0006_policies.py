"""Policies: rules by day."""

from __future__ import annotations

revision = "0006_policies"
down_revision = "0005_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
