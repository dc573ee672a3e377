"""Secrecy carried by engagements and what comes of them."""

from __future__ import annotations

revision = "0004_secrecy"
down_revision = "0003_accounts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
