"""The small pack and a later version of it, and what is found between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from tests.workflow.policy.small_pack import small
from tests.workflow.policy.versions import Document, version_of
from workflow.policy.diff.change import Change
from workflow.policy.diff.diff import changes
from workflow.policy.model import Policy


@cache
def lillby() -> Policy:
    return small()


def found(change: Callable[[Document], object], *sections: str) -> list[Change]:
    """What an edit of the small pack changes, in some sections or in all."""
    return [one for one in changes(lillby(), version_of(lillby(), change)) if not sections or one.section in sections]
