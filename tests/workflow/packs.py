"""Which policies and ways are there to test with? The shipped packs, read once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from tests.worlds import MUNICIPALITIES, policy_of
from workflow.policy.model import Policy
from workflow.policy.state_machine import Procedure, procedure_for
from workflow.policy.vocabulary import RESPONSIBLE_KINDS


@cache
def shipped(key: str) -> Policy:
    """A shipped pack with its country's law."""
    return policy_of(key)


def ways(*keys: str) -> Iterator[tuple[str, str, str]]:
    """Every municipality (or those given), route (its country's founding ones too) and kind of responsible body."""
    for key in keys or MUNICIPALITIES:
        for route in shipped(key).routes:
            for kind in RESPONSIBLE_KINDS:
                yield key, route, kind


def way(key: str, route: str, kind: str) -> Procedure:
    """The compiled procedure of one way."""
    return procedure_for(shipped(key), route, kind)
