"""Labels of requests: a request in one line, and what is unusual about it."""

from __future__ import annotations

from collections.abc import Iterator

from web.policies.labels import condition_words
from workflow.policy.model import Condition, Policy, Request


def request_words(policy: Policy, request: Request) -> str:
    """A request in one line: kind and act, whose matter, how far it reaches, and everything that is not as usual."""
    plain = {name: (getattr(request, name),) for name in ("engagement", "act", "responsible", "scope")}
    return "; ".join(condition_words(policy, Condition((*plain.items(), *_unusual(request)))))


def unusual_words(policy: Policy, request: Request) -> str:
    """Only what is not as usual in a request; empty for a plain one."""
    return "; ".join(condition_words(policy, Condition(tuple(_unusual(request)))))


def _unusual(request: Request) -> Iterator[tuple[str, tuple[object, ...]]]:
    usual = Request(request.engagement, request.act, request.responsible)
    for name in ("initiative", "principal", "named_nordic_twin", "eu_funded", "external_funding"):
        if getattr(request, name) != getattr(usual, name):
            yield name, (getattr(request, name),)
