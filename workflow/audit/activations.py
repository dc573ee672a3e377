"""Verification of policy activations against the journal."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case, PolicyActivation, PolicyVersion
from workflow.trail.chain import Stream, data_of
from workflow.trail.fault import Fault, shown
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
    """Hold every activation against the journal, and the journal against the activations."""
    told = {(row.policy_version, row.policy_digest): row for row in journal.rows if row.action == ACTIVATE}
    for row in session.execute(_ACTIVATIONS):
        entry = told.pop((row.version, row.digest), None)
        if entry is None:
            yield Fault(journal.name, None, f"no entry tells that version {shown(row.version)} came into force")
            continue
        said = data_of(entry)
        now = (row.governs_from.isoformat(), row.basis, row.number or "")
        if now != (said.get("governs_from"), said.get("basis"), said.get("case", "")):
            yield Fault(journal.name, entry.number, "the version came into force otherwise than its trail says")
        if journal.said(entry.number, "reason") not in (None, row.reason):
            yield Fault(journal.name, entry.number, "the reason is not the one its trail tells of")
    for (version, _digest), entry in told.items():
        yield Fault(journal.name, entry.number, f"version {shown(version)} is not in force as it tells")
