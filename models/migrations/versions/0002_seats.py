"""Seats: changes proposed by one person and confirmed by another."""

from __future__ import annotations

revision = "0002_seats"
down_revision = "0001_first_release"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""
