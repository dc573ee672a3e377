"""Tests that the benchmarks of acts go through; they measure nothing here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import pytest

from tests.benchmarks import acts, posts
from tests.benchmarks.act_timing import Measured
from tests.benchmarks.scene import Scene, sqlite_scene


class Measure(Protocol):
    """Measures acts in a scene."""

    def __call__(self, scene: Scene, cases: int, walks: int) -> Iterator[Measured]: ...


@pytest.mark.slow
@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        (acts.measure, ["open", "submit", "endorse", "enter-decision", "confirm"]),
        (posts.measure, ["open", "amend", "submit", "endorse", "enter-decision", "confirm"]),
    ],
)
def test_every_act_of_a_walk_is_measured(measure: Measure, expected: list[str]) -> None:
    with sqlite_scene("SQLite", wal=False) as scene:
        found = list(measure(scene, 20, 2))
    assert [one.act for one in found] == expected
    assert all(one.statements >= one.gate_statements > 0 for one in found)
