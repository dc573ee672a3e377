"""Search words and sort keys of engagements.

Words of the title and the partner's name, and both as sort keys in the municipality's alphabet; written in the
transaction that registers the engagement.
"""

from __future__ import annotations

from sqlalchemy import Connection, insert

from models import EngagementWord
from models.folding import search_words, sort_key
from workflow.core.tenants import Tenant

_WORDS = insert(EngagementWord)


def sort_keys(tenant: Tenant, title: str, partner: str) -> dict[str, str]:
    """The columns an engagement is sorted by."""
    return {"title_key": sort_key(title, tenant.language), "partner_key": sort_key(partner, tenant.language)}


def note_words(connection: Connection, tenant: Tenant, engagement_id: int, title: str, partner: str) -> None:
    """Write the words an engagement is found by; its title and partner never change afterwards."""
    rows = [
        {"municipality_id": tenant.id, "engagement_id": engagement_id, "word": word}
        for word in sorted({*search_words(title), *search_words(partner)})
    ]
    if rows:
        connection.execute(_WORDS, rows)
