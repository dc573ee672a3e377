"""Verification of the versions of engagements against the acts that changed what was agreed.

An engagement begins at version 1; each concluded case that renewed or ended it, and each lapse in the journal, is one
more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Case, Engagement
from workflow.cases.engagement import CHANGING_ACTS
from workflow.trail.chain import Stream, data_of
from workflow.trail.fault import Fault, fault

_CHANGES = (
    select(Case.engagement_id, func.count())
    .where(Case.engagement_id.is_not(None), Case.act.in_(CHANGING_ACTS), Case.state == "concluded")
    .group_by(Case.engagement_id)
)
_VERSIONS = select(Engagement.id, Engagement.number, Engagement.version).order_by(Engagement.id)


def engagement_version_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Engagements whose version is not the number of their agreed changes, counted from 1."""
    changes: dict[int | None, int] = {row[0]: row[1] for row in session.execute(_CHANGES)}
    lapses = Counter(str(data_of(row).get("engagement")) for row in journal.rows if row.action == "lapse")
    for id_, number, version in session.execute(_VERSIONS):
        counted = 1 + changes.get(id_, 0) + lapses[number]
        if version != counted:
            yield fault(number, None, "engagement-version-differs", version=version, counted=counted)
