"""How is a request told in the reader's words, and read out of the words in which the check tells it?

The check tells its counterexamples in English sentences. What they say of a request follows one fixed pattern,
`workflow.policy.request_space.told`; here is the way back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from web.policies.labels import condition_words
from workflow.policy.conditions import Condition
from workflow.policy.model import Policy
from workflow.policy.request_domain import FACTS, INITIATIVES, Request

#: A request as `told` tells it; used inside larger patterns too, hence no names in it.
TOLD = (
    r"[a-z]+ [a-z-]+, responsible [a-z-]+, scope [a-z-]+(?:, initiative [a-z]+)?(?:, a matter of principle)?"
    r"(?:, with one of the named Nordic twin towns)?(?:, EU-funded)?(?:, \d+ % paid by others)?"
)
_PARTS = re.compile(
    r"(?P<act>[a-z]+) (?P<engagement>[a-z-]+), responsible (?P<responsible>[a-z-]+), scope (?P<scope>[a-z-]+)"
    r"(?:, initiative (?P<initiative>[a-z]+))?(?P<principal>, a matter of principle)?"
    r"(?P<named_nordic_twin>, with one of the named Nordic twin towns)?(?P<eu_funded>, EU-funded)?"
    r"(?:, (?P<external_funding>\d+) % paid by others)?"
)


def read_told(text: str) -> Request:
    """The request that a sentence of the check tells of; raises `ValueError` for anything else."""
    found = _PARTS.fullmatch(text)
    if found is None or found["initiative"] not in (None, *INITIATIVES):
        raise ValueError(text)
    return Request(
        found["engagement"],
        found["act"],
        found["responsible"],
        scope=found["scope"],
        initiative=found["initiative"],
        principal=bool(found["principal"]),
        named_nordic_twin=bool(found["named_nordic_twin"]),
        eu_funded=bool(found["eu_funded"]),
        external_funding=int(found["external_funding"] or 0),
    )


def request_words(policy: Policy, request: Request) -> str:
    """A request in one line: kind and act, whose matter, how far it reaches, and everything that is not as usual."""
    plain = {name: (getattr(request, name),) for name in ("engagement", "act", "responsible", "scope")}
    return "; ".join(condition_words(policy, Condition((*plain.items(), *_unusual(request)))))


def unusual_words(policy: Policy, request: Request) -> str:
    """Only what is not as usual in a request; empty for a plain one."""
    return "; ".join(condition_words(policy, Condition(tuple(_unusual(request)))))


def _unusual(request: Request) -> Iterator[tuple[str, tuple[object, ...]]]:
    usual = Request(request.engagement, request.act, request.responsible)
    for name in FACTS:
        if name == "scope":  # said of every request
            continue
        if getattr(request, name) != getattr(usual, name):
            yield name, (getattr(request, name),)
