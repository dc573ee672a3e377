"""Gate operation: the secrecy mark of a case is set, changed or lifted, with a reason, also after the case has ended.

What came of the case (`workflow.cases.secrecy`) opens and closes with it. The words of the mark are committed to; that
there is one stands in clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from workflow.cases import gate, payloads
from workflow.cases.acting_roles import Capacity
from workflow.cases.authorization import Verdict
from workflow.cases.context import CaseContext
from workflow.cases.payloads import LONG_TEXT, Secrecy, text_field
from workflow.cases.services import Services
from workflow.core.errors import CaseChanged, Malformed, NotMandated
from workflow.core.messages import reason
from workflow.policy.roles import preparing_seat
from workflow.trail.entry import as_text

ACTION = "change-secrecy"


class SecrecyChange(Secrecy):
    """The mark from now on, and why; an empty law lifts it."""

    reason = text_field(LONG_TEXT, required=True)


def change_secrecy(
    services: Services, actor_id: int, number: str, payload: Mapping[str, Any], *, now: datetime, expected_version: int
) -> None:
    """Set, change or lift the mark of a case.

    Raises `NotMandated` for all but the case's officer and the manager of the administration that prepares it,
    `Malformed` without a reason, and for a mark that is as it was.
    """
    with gate.transaction(services, actor_id, number, ACTION, now=now) as context:
        s = context.case_context
        given = payloads.read(SecrecyChange, payload)
        law, note, why = (given[name].strip() for name in ("law", "note", "reason"))
        capacity = _capacity(s)
        if capacity is None:
            role, body = preparing_seat(s.policy, "manager", s.responsible)
            raise NotMandated(reason("not-appointed", role=role, body=body, body_names=s.policy.body(body).names))
        if s.case.version != expected_version:
            raise CaseChanged(reason("changed", version=s.case.version))
        if not why:
            raise Malformed(reason("field-missing", field="reason"))
        if note and not law:
            raise Malformed(reason("field-missing", field="law"))
        if (law, note) == (s.case.secrecy_law, s.case.secrecy_note):
            raise Malformed(reason("secrecy-unchanged", field="law"))
        context.verdict = Verdict(True, (), (), capacity.seat, absent=capacity.absent)
        context.clauses, context.data = (), {"secret": bool(law)}
        context.texts |= {"secrecy": as_text({"law": law, "note": note}), "reason": why}
        context.changes |= {"secrecy_law": law, "secrecy_note": note}
        gate.write(context, s.state)


def may_change_secrecy(s: CaseContext) -> bool:
    """Whether the actor may set or lift the mark of a case."""
    return _capacity(s) is not None


def _capacity(s: CaseContext) -> Capacity | None:
    """In which capacity: as the case's officer, or as manager of the administration that prepares it."""
    for role in ("officer", "manager"):
        for capacity in s.actor.capacities(preparing_seat(s.policy, role, s.responsible)):
            holder_id = capacity.absent.id if capacity.absent else s.actor.id
            if role == "manager" or s.case.officer_id == holder_id:
                return capacity
    return None
