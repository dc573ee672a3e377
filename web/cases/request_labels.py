"""Parser of the English description of a request, `workflow.policy.request_space.request_text`."""

from __future__ import annotations

import re

from workflow.policy.request_domain import INITIATIVES, Request

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
