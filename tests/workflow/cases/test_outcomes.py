"""Outcome hooks: built with the services, called for every end of a case, and never forgotten."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

import workflow
from tests.workflow.source_texts import tree_of
from tests.worlds import World, build
from workflow.cases import gate
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.result import ActionResult
from workflow.cases.outcomes import OutcomeHooks
from workflow.cases.services import Services
from workflow.core.tenants import Tenants
from workflow.engine import services_for
from workflow.policy.store import Policies

ROOT = Path(workflow.__file__).parent.parent


def test_services_without_their_hooks_cannot_be_built(sqlite_engine: Engine) -> None:
    tenants, policies = Tenants(sqlite_engine), Policies(sqlite_engine)
    build_any: Any = Services
    with pytest.raises(TypeError, match="outcome_hooks"):
        build_any(sqlite_engine, tenants, policies)
    hooks_of: Any = OutcomeHooks
    with pytest.raises(TypeError, match="evaluations"):
        hooks_of(register=lambda _context, _to: None)


def test_only_the_engine_module_builds_services_of_the_workflow() -> None:
    found = set()
    for package in ("workflow", "web"):
        for path in (ROOT / package).rglob("*.py"):
            tree = tree_of(path)
            names = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                and node.module in ("workflow.cases.services", "workflow.cases.outcomes")
                for alias in node.names
            }
            calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
            if any(isinstance(called, ast.Name) and called.id in names for called in calls):
                found.add(str(path.relative_to(ROOT)))
    assert found == {"workflow/engine.py"}


def test_cases_import_neither_register_nor_evaluations() -> None:
    found = {
        f"{path.name} imports {module}"
        for path in (ROOT / "workflow" / "cases").rglob("*.py")
        for node in ast.walk(tree_of(path))
        for module in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [])
        if module.startswith(("workflow.register", "workflow.evaluations", "workflow.engine"))
    }
    assert found == set()


@pytest.mark.parametrize(("until", "end"), [("concluded", "concluded"), ("draft", "withdrawn")])
def test_every_hook_hears_of_every_end_and_of_nothing_else(sqlite_engine: Engine, until: str, end: str) -> None:
    world = build(sqlite_engine, "orebro")
    heard: list[tuple[str, str, str]] = []

    def hook(subject: str) -> Any:
        def note(context: ActionContext, to_state: str) -> None:
            heard.append((subject, context.action, to_state))

        return note

    built = services_for(sqlite_engine)
    hooks = OutcomeHooks(register=hook("register"), evaluations=hook("evaluations"))
    world.services = Services(built.engine, built.tenants, built.policies, hooks)
    number = world.open("visit")
    world.walk(number, until)
    if end == "withdrawn":
        assert heard == []
        world.act("officer", number, "withdraw")
    assert [(subject, to) for subject, _action, to in heard] == [("register", end), ("evaluations", end)]


def test_gate_answers_with_what_callers_need(orebro: World) -> None:
    number, taken = orebro.open("twin-agreement"), gate.act
    while (before := orebro.row(number)).state != "concluded":
        results: list[ActionResult] = []

        def act(*args: Any, into: list[ActionResult] = results, **named: Any) -> ActionResult:
            into.append(taken(*args, **named))
            return into[-1]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(gate, "act", act)
            orebro.step(number)
        (result,), row = results, orebro.row(number)
        waits = (row.waits_role, orebro.tenant.body_keys[row.waits_body_id]) if row.waits_role else None
        assert (result.number, result.version, result.state) == (number, before.version + 1, row.state)
        assert (result.outcome, result.waits, result.due_on) == (row.outcome, waits, row.due_on)
        assert result.waits_person_id == row.waits_person_id
