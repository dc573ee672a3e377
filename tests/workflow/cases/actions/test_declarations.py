"""Every action is declared once, and writes no column that it does not declare."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models import Case
from tests.worlds import World
from workflow.cases import gate
from workflow.cases.actions import ACTION_DECLARATIONS, declared
from workflow.policy.actions import ACTIONS


def test_every_action_of_the_state_machine_is_declared_in_its_order() -> None:
    assert list(ACTION_DECLARATIONS) == list(ACTIONS)


def test_action_declared_twice_or_not_at_all_is_an_error() -> None:
    every = list(ACTION_DECLARATIONS.values())
    for wrong in (every[1:], [*every, every[0]]):
        with pytest.raises(LookupError, match="declared once"):
            declared(*wrong)


def test_declared_columns_are_columns_of_a_case() -> None:
    known = set(Case.__table__.columns.keys())
    assert {
        name: action.changes - known for name, action in ACTION_DECLARATIONS.items() if action.changes - known
    } == {}


def test_column_that_an_action_does_not_declare_is_not_written(orebro: World, monkeypatch: pytest.MonkeyPatch) -> None:
    number = orebro.open("visit")
    narrow = replace(ACTION_DECLARATIONS["amend"], changes=frozenset({"title"}))
    monkeypatch.setattr(gate, "ACTION_DECLARATIONS", {**ACTION_DECLARATIONS, "amend": narrow})
    with pytest.raises(LookupError, match="amend does not declare"):
        orebro.act("officer", number, "amend", {"title": "Another"})  # an amendment judges the request again
    assert orebro.row(number).title == "A visit"
