"""Rows of an import list, read as legacy engagements.

Columns and cells as `workflow.register.service` takes them. Each error names row, column and rule; reading registers
nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from models import Engagement
from workflow.core.errors import Malformed
from workflow.core.messages import Reason, reason
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.request_domain import ATTRIBUTES, REGISTERED
from workflow.register.cell_values import day_of, degrees_of, truth_of, whole_of
from workflow.register.csv_tables import Line
from workflow.register.service import checked

#: What a list may tell of each engagement, in the order an export writes it.
COLUMNS = (
    "kind",
    "title",
    "partner_name",
    "partner_country",
    "partner_kind",
    "responsible",
    "scope",
    "starts_on",
    "ends_on",
    "source",
    "goals",
    "purpose",
    "representatives",
    *(name for name in REGISTERED if name != "scope"),
    "participants",
    "latitude",
    "longitude",
)
NEEDED = ("kind", "title", "responsible", "source")
#: Columns of an export that are not taken in: `number` tells what is in the register already, the others say nothing.
TOLD_ONLY = ("number", "status", "notice_on", "origin")
_LISTS = ("goals", "representatives")
_INSIDE = ("purpose", "representatives")
_READ: Mapping[str, Any] = {
    "starts_on": day_of,
    "ends_on": day_of,
    **{name: truth_of for name in REGISTERED if ATTRIBUTES[name].is_yes_no},
    **{name: whole_of for name in REGISTERED if ATTRIBUTES[name].span},
    "participants": whole_of,
    "latitude": degrees_of,
    "longitude": degrees_of,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row, and in which column; row 0 is the whole list."""

    row: int
    why: Reason

    @property
    def column(self) -> str:
        """The column it is about; empty for the row as such."""
        return str(self.why.values.get("field", "")).rpartition(".")[2]

    def stored(self) -> dict[str, Any]:
        """As the database keeps it."""
        return {"row": self.row, "code": self.why.code, "values": {k: str(v) for k, v in self.why.values.items()}}


def faults_of(stored: list[dict[str, Any]]) -> tuple[Fault, ...]:
    """What `Fault.stored` wrote."""
    return tuple(Fault(fault["row"], Reason(fault["code"], fault["values"])) for fault in stored)


def has(lines: Sequence[Line], column: str) -> bool:
    """Whether anything stands in a column."""
    return any(column in line.cells or any(why.values.get("field") == column for why in line.faults) for line in lines)


def faults_in(connection: Connection, tenant: Tenant, policy: Policy, lines: Sequence[Line]) -> list[Fault]:
    """What is wrong with each row, as the register itself would say it."""
    known = _registered(connection, tenant, [line.cells["number"] for line in lines if "number" in line.cells])
    faults = []
    for line in lines:
        whys = list(line.faults)
        if (number := line.cells.get("number")) in known:
            whys.append(reason("already-registered", number=number, field="number"))
        given, unread = _read_row(line.cells)
        whys += unread
        try:
            checked(tenant, policy, given)
        except Malformed as wrong:
            # a cell that could not be read is not missing as well
            told = {Fault(0, why).column for why in whys}
            whys += [why for why in wrong.reasons if Fault(0, why).column not in told]
        faults += [Fault(line.number, why) for why in whys]
    return faults


def _registered(connection: Connection, tenant: Tenant, numbers: list[str]) -> set[str]:
    known: set[str] = set()
    for start in range(0, len(numbers), 500):
        among = Engagement.number.in_(numbers[start : start + 500])
        known |= set(
            connection.execute(
                select(Engagement.number).where(Engagement.municipality_id == tenant.id, among)
            ).scalars()
        )
    return known


def given_of(cells: Mapping[str, str]) -> dict[str, Any]:
    """A row as `register_engagement` takes it; raises `Malformed` for cells that are no dates, numbers or answers."""
    given, unread = _read_row(cells)
    if unread:
        raise Malformed(*unread)
    return given


def _read_row(cells: Mapping[str, str]) -> tuple[dict[str, Any], list[Reason]]:
    """What a row tells, and why some of its cells tell nothing."""
    given: dict[str, Any] = {}
    wrong: list[Reason] = []
    for name in COLUMNS:
        if not (text := cells.get(name, "")):
            continue
        value: Any = [part.strip() for part in text.split(";") if part.strip()] if name in _LISTS else text
        if name in _READ:
            try:
                value = _READ[name](text, name)
            except Malformed as refusal:
                wrong += refusal.reasons
                continue
        (given.setdefault("fields", {}) if name in _INSIDE else given)[name] = value
    return given, wrong
