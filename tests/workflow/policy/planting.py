"""Faults planted in a compiled procedure, where no pack could put them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from workflow.policy.model import Policy
from workflow.policy.state_machine import Move, Procedure, stops_of
from workflow.policy.verification.state_search import Compiled


def with_moves(policy: Policy, change: Callable[[Move], tuple[Move, ...]]) -> Compiled:
    """Procedures whose moves are changed one by one, before any proof has looked at them."""

    @cache
    def build(route: str, responsible: str) -> Procedure:
        procedure = Procedure(stops_of(policy.routes[route], responsible))
        procedure.moves = tuple(dict.fromkeys(new for move in procedure.moves for new in change(move)))
        return procedure

    def compiled(_policy: Policy, route: str, responsible: str) -> Procedure:
        return build(route, responsible)

    return compiled


def besides(action: str, source: str, to: str, outcome: str | None = None) -> Callable[[Move], tuple[Move, ...]]:
    """One move more, wherever a case is drafted."""

    def change(move: Move) -> tuple[Move, ...]:
        return (move, (action, source, to, outcome)) if move[0] == "submit" else (move,)

    return change
