"""Actions are declared once: one rule each, and no other list of their names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import workflow
from tests.workflow.source_texts import tree_of
from tests.worlds import MUNICIPALITIES, policy_of
from workflow.policy.actions import ACTIONS, ANYWHERE, ENDS_AS, OUTCOMES, RECORDED, TRANSITIONS, UP_TO_FIRST_BODY
from workflow.policy.state_machine import procedure_for
from workflow.policy.vocabulary import RESPONSIBLE_KINDS

ROOT = Path(workflow.__file__).parent
DECLARATIONS = ROOT / "policy" / "actions.py"


def lists_of_actions(tree: ast.AST) -> Iterator[tuple[int, list[str]]]:
    """Literal collections in which two actions or more stand, one of them no outcome of a body's decision."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            elements: list[ast.expr] = node.elts
        elif isinstance(node, ast.Dict):
            elements = [key for key in node.keys if key is not None]
        else:
            continue
        named = [one.value for one in elements if isinstance(one, ast.Constant) and one.value in RECORDED]
        if len(named) > 1 and not set(named) <= set(OUTCOMES):
            yield node.lineno, named


def test_no_other_module_lists_actions() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}": names
        for path in ROOT.rglob("*.py")
        if path != DECLARATIONS
        for line, names in lists_of_actions(tree_of(path))
    }
    assert found == {}


@pytest.mark.parametrize(
    "text", ["('submit', 'endorse')", "{'open', 'move'}", "{'sign': 1, 'amend': 2}", "['confirm', 'reject']"]
)
def test_second_list_of_actions_is_found(text: str) -> None:
    assert list(lists_of_actions(ast.parse(text)))


def test_every_action_has_a_transition_and_every_transition_a_rule() -> None:
    rows = [*ANYWHERE, *UP_TO_FIRST_BODY, *(row for rows in TRANSITIONS.values() for row in rows)]
    assert {row.action for row in rows} == set(ACTIONS)


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_state_machine_knows_the_declared_actions_and_no_others(key: str) -> None:
    policy = policy_of(key)
    kinds = [kind for kind in RESPONSIBLE_KINDS if any(policy.bodies_of(kind))]
    moves = [move for route in policy.routes for kind in kinds for move in procedure_for(policy, route, kind).moves]
    assert {action for action, _source, _to, _outcome in moves} <= set(ACTIONS)
    assert {outcome for _action, _source, _to, outcome in moves if outcome} <= set(OUTCOMES)


def test_outcome_that_ends_a_case_says_how() -> None:
    assert {name for name, outcome in OUTCOMES.items() if outcome.to in ("rejected", "withdrawn", "not-raised")} <= set(
        ENDS_AS
    )
