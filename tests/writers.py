"""Which module writes which table? A guard over every test watches the statements themselves.

Whatever form a write has in the code, it reaches the cursor as text; the nearest frame of the application is its
writer. Tests write what they like. What other processes write is not seen.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

from sqlalchemy import Engine, event

#: Table to the modules of the application that insert, update or delete its rows.
WRITERS: Mapping[str, frozenset[str]] = {
    table: frozenset(modules.split())
    for table, modules in {
        "case": "workflow.cases.gate",
        "case_number": "workflow.core.sequences",
        "case_reference": "workflow.cases.case_references",
        "proposal": "workflow.cases.proposals",
        "consultation": "workflow.cases.actions.consult",
        "decision": "workflow.cases.actions.decide workflow.cases.actions.manage workflow.people.erasure",
        "recusal": "workflow.cases.actions.decide",
        "meeting": "workflow.cases.actions.meetings",
        "meeting_member": "workflow.cases.actions.meetings",
        "deadline": "workflow.deadlines workflow.scheduling.escalation workflow.scheduling.extensions",
        "document": "workflow.documents.service",
        "engagement": (
            "workflow.register.case_outcome workflow.register.service workflow.register.details"
            " workflow.scheduling.expiry"
        ),
        "evaluation": (
            "workflow.evaluations.schedule workflow.evaluations.trail_entries workflow.scheduling.extensions"
        ),
        "appointment": "workflow.people.administration",
        "mandate": "workflow.people.administration",
        "substitute": "workflow.people.substitutes",
        "policy_version": "workflow.versions.install",
        "policy_activation": "workflow.versions.install",
        "assumption_ruling": "workflow.versions.assumption_reviews",
        "trail_entry": "workflow.trail.append workflow.scheduling.escalation",
        "disclosure": "workflow.trail.append workflow.people.erasure",
        "municipality": "workflow.versions.install workflow.trail.journal",
    }.items()
}

_WRITE = re.compile(r'\s*(?:WITH\b.*?\b)?(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)"?', re.IGNORECASE | re.DOTALL)
#: What an application's frame is known by, and a test's, at which the search ends.
_APPLICATION, _TESTS = ("workflow.", "web.", "models."), ("tests.", "_pytest.")
#: Writes rows in bulk for whoever calls it.
_FOR_OTHERS = "models.bulk"
#: Carries out migrations, which may write any table.
_MIGRATIONS = "models.upgrade"

#: Writes by a module that is not declared, as sentences, until somebody takes them.
_foreign: list[str] = []
#: Where somebody asks for them: every write as table and module.
_noted: list[set[tuple[str, str]]] = []


def watch() -> None:
    """Watch the writes of every engine of this process from here on."""

    @event.listens_for(Engine, "before_cursor_execute")
    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement[:1] in "IUDWiudw\n (" and (found := _WRITE.match(statement)):
            _judge(found[1].lower(), sys._getframe(1))


def _judge(table: str, frame: FrameType | None) -> None:
    allowed = WRITERS.get(table)
    if allowed is None:
        return
    module = _nearest(frame)
    for noted in _noted:
        noted.add((table, module))
    if module and module not in allowed and module != _MIGRATIONS:
        _foreign.append(f"{module} writes {table}, which is written by {', '.join(sorted(allowed))} alone")


def _nearest(frame: FrameType | None) -> str:
    """The nearest module of the application that a frame was called from; empty where a test writes."""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        if name.startswith(_APPLICATION) and name != _FOR_OTHERS:
            return name
        if name.startswith(_TESTS):
            return ""
        frame = frame.f_back
    return ""


def take_foreign() -> list[str]:
    """Writes by others than the declared writers since this was last asked."""
    found = sorted(set(_foreign))
    _foreign.clear()
    return found


@contextmanager
def noted_writes() -> Iterator[set[tuple[str, str]]]:
    """Every write meanwhile, as table and module; the module is empty for a test's own."""
    noted: set[tuple[str, str]] = set()
    _noted.append(noted)
    try:
        yield noted
    finally:
        _noted.remove(noted)
