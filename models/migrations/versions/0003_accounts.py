"""Accounts: invitations, expiring tokens, erasure."""

from __future__ import annotations

revision = "0003_accounts"
down_revision = "0002_seats"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
