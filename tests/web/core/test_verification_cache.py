"""Cached reports of the policy check."""

from __future__ import annotations

from dataclasses import replace

from tests.workflow.policy.small_pack import small
from web.core.verification_cache import ReportCache
from workflow.policy.verification import runner as checking


def test_a_version_is_checked_once() -> None:
    cache, policy = ReportCache(), small()
    first = cache.of(policy)
    assert cache.of(replace(policy)) is first
    assert first == checking.check(policy)


def test_the_oldest_report_makes_room() -> None:
    cache, policy = ReportCache(size=2), small()
    first = cache.of(policy)
    cache.of(replace(policy, digest="b"))
    assert cache.of(policy) is first  # it was read last
    cache.of(replace(policy, digest="c"))
    assert cache.of(policy) is first
