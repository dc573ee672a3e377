"""Detection of wrong packs: by the loader, or by an obligation of the check.

Thousands of packs that differ from a sound one in one place are asked about, so what stays as it is is read once, and
an obligation is not asked again about parts of a pack that it does not look at. `tests/workflow/policy/test_mutants.py`
holds this to the whole check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from marshmallow import ValidationError

from workflow.policy.loading.cross_references import law_stages, pack_stages
from workflow.policy.loading.derived_schema import Strict
from workflow.policy.loading.loader import LAW, PACK, policy_of
from workflow.policy.loading.schemas import Country, Pack
from workflow.policy.model import Policy
from workflow.policy.request_space import founding_alone
from workflow.policy.verification.p01_competence import RequestAnswer, answers, complete_and_unique
from workflow.policy.verification.p02_bypass import no_bypass
from workflow.policy.verification.p03_routes import every_state_ends
from workflow.policy.verification.p04_four_eyes import four_eyes
from workflow.policy.verification.p05_silence import silence_decides_nothing
from workflow.policy.verification.p06_requirements import demands_are_met
from workflow.policy.verification.p07_clauses import every_rule_rests
from workflow.policy.verification.p08_refusals import refusals_hold
from workflow.policy.verification.p09_law import law_holds
from workflow.policy.verification.p10_claims import claims_hold
from workflow.policy.verification.result import Finding
from workflow.policy.verification.state_search import StateSpace, state_spaces

Document = dict[str, Any]
#: Parts of a document, as (pack or law, key).
Part = tuple[str, str]
#: Who answers a request and on which way.
WAYS = frozenset(
    {
        *(("pack", key) for key in ("municipality", "bodies", "prohibitions", "competence", "routes")),
        *(("law", key) for key in ("rows", "founding", "also", "routes")),
    }
)
#: What each obligation looks at besides; None: at everything. The quick ones first.
LOOKS_AT: dict[str, frozenset[Part] | None] = {
    "P7": None,
    "P10": None,
    "P1": WAYS,
    "P3": WAYS | {("pack", "ladders")},
    "P4": WAYS,
    "P9": WAYS,
    "P2": WAYS,
    "P8": WAYS | {("pack", "requirements")},
    "P5": WAYS | {("pack", "evaluations")},
    "P6": WAYS | {("pack", "requirements"), ("pack", "goals"), ("pack", "kinds")},
}


class Case:
    """One policy, with what several obligations look at worked out once."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy

    @cached_property
    def given(self) -> tuple[RequestAnswer, ...]:
        """Every request with its answer."""
        return tuple(answers(self.policy))

    @cached_property
    def ways(self) -> tuple[StateSpace, ...]:
        """Every situation a case can come into."""
        return (*state_spaces(self.policy), *state_spaces(founding_alone(self.policy)))


ASKED: dict[str, Callable[[Case], Finding]] = {
    "P1": lambda case: complete_and_unique(case.given),
    "P2": lambda case: no_bypass(case.ways),
    "P3": lambda case: every_state_ends(case.policy, case.given),
    "P4": lambda case: four_eyes(case.ways),
    "P5": lambda case: silence_decides_nothing(case.ways),
    "P6": lambda case: demands_are_met(case.ways),
    "P7": lambda case: every_rule_rests(case.policy),
    "P8": lambda case: refusals_hold(case.ways),
    "P9": lambda case: law_holds(case.ways),
    "P10": lambda case: claims_hold(case.policy),
}


class Reader:
    """Reads documents that are one document but for a few parts."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._read = {
            (side, name): field.deserialize(document[side].get(field.data_key or name), name)
            for side, schema in (("pack", PACK), ("law", LAW))
            for name, field in schema.fields.items()
            if (field.data_key or name) in document[side]
        }

    def changed(self, document: Document) -> frozenset[Part]:
        """Parts that are not as they were."""
        return frozenset(
            (side, key)
            for side in ("pack", "law")
            for key in {*document[side], *self.document[side]}
            if document[side].get(key) != self.document[side].get(key)
        )

    def read(self, document: Document, changed: frozenset[Part]) -> Policy | None:
        """The policy a document holds, or None where the loader does not take it."""
        try:
            pack: Pack = PACK.make(self._values(PACK, "pack", document, changed))
            country: Country = LAW.make(self._values(LAW, "law", document, changed))
        except ValidationError:
            return None
        if any(True for faults in self._stages(pack, country, document, changed) for _fault in faults):
            return None
        return policy_of(pack, country, b"")

    def _values(self, schema: Strict, side: str, document: Document, changed: frozenset[Part]) -> dict[str, Any]:
        found = {}
        for name, field in schema.fields.items():
            key = field.data_key or name
            if key not in document[side]:
                found[name] = field.load_default
            elif (side, key) in changed:
                found[name] = field.deserialize(document[side][key], key)
            else:
                found[name] = self._read[side, name]
        return found

    def _stages(
        self, pack: Pack, country: Country, document: Document, changed: frozenset[Part]
    ) -> Iterator[Iterator[Any]]:
        if any(side == "law" for side, _key in changed):
            yield from law_stages(country, document["law"])  # type: ignore[misc]
        yield from pack_stages(pack, country, document["pack"])  # type: ignore[misc]


def reported_by(document: Document, reader: Reader, *, everything: bool = False) -> str:
    """`loader`, the id of an obligation that a document breaks, or nothing when none is broken.

    Only what looks at a part that has changed is asked, unless `everything` is.
    """
    changed = reader.changed(document)
    policy = reader.read(document, changed)
    if policy is None:
        return "loader"
    case = Case(policy)
    for id_, parts in LOOKS_AT.items():
        if (everything or parts is None or parts & changed) and ASKED[id_](case).counterexample is not None:
            return id_
    return ""
