"""What does the check of one obligation come to?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """How many cases were tried, and the first in which the obligation does not hold."""

    checked: int
    counterexample: str | None


def first_of(tried: Iterable[str | None]) -> Finding:
    """Try every case, each None when it holds and else a sentence; the count does not stop at the first fault."""
    outcomes = list(tried)
    return Finding(len(outcomes), next((outcome for outcome in outcomes if outcome is not None), None))
