"""Verification of policy activations against the journal."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, PolicyActivation, PolicyVersion
from workflow.trail.chain import Stream, data_of
from workflow.trail.fault import Fault, fault
from workflow.versions.install import ACTIVATE

_ACTIVATIONS = (
    select(
        PolicyVersion.version,
        PolicyVersion.digest,
        PolicyActivation.governs_from,
        PolicyActivation.basis,
        PolicyActivation.reason,
        Case.number,
    )
    .join(PolicyVersion, PolicyVersion.id == PolicyActivation.policy_version_id)
    .outerjoin(Case, Case.id == PolicyActivation.case_id)
    .order_by(PolicyActivation.id)
)


def activation_faults(session: Session, journal: Stream) -> Iterator[Fault]:
    """Compare every activation with its entry in the journal, and every such entry with its activation."""
    entries = {(row.policy_version, row.policy_digest): row for row in journal.rows if row.action == ACTIVATE}
    for row in session.execute(_ACTIVATIONS):
        entry = entries.pop((row.version, row.digest), None)
        if entry is None:
            yield fault(journal.name, None, "activation-without-entry", version=row.version)
            continue
        data = data_of(entry)
        stored = (row.governs_from.isoformat(), row.basis, row.number or "")
        if stored != (data.get("governs_from"), data.get("basis"), data.get("case", "")):
            yield fault(journal.name, entry.number, "activation-differs")
        if journal.disclosed_text(entry.number, "reason") not in (None, row.reason):
            yield fault(journal.name, entry.number, "activation-reason-differs")
    for (version, _digest), entry in entries.items():
        yield fault(journal.name, entry.number, "activation-missing", version=version)
