"""Requirement kinds: what each asks for, and when that is missing.

A new kind is one entry here, and one label for each of its new fields in `web.i18n.fields`; payloads, the loader, the
checker and the forms read both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from workflow.policy.request_domain import Request


class Answered(Enum):
    """Where the answer to a requirement stands."""

    #: In fields of the case.
    FIELDS = "fields"
    #: Among the goals that the request serves.
    GOALS = "goals"
    #: In an attribute of the request.
    ATTRIBUTE = "attribute"


class Shape(Enum):
    """What a field of a case holds."""

    LINE = "line"
    TEXT = "text"
    NAMES = "names"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class RequirementKind:
    """One kind of requirement that a pack may make."""

    id: str
    #: Fields it asks for, all of them, with what each holds; of goals and attributes the one name.
    fields: Mapping[str, Shape]
    answered: Answered = Answered.FIELDS

    @property
    def has_groups(self) -> bool:
        """Whether a requirement of this kind names a group of goals."""
        return self.answered is Answered.GOALS

    def missing(
        self, request: Request, fields: Mapping[str, object], goals: Collection[str], group: Collection[str]
    ) -> tuple[str, ...]:
        """Names of what is empty; `goals` are those the request serves, `group` those of which one must be."""
        if self.answered is Answered.GOALS:
            return () if set(group) & set(goals) else tuple(self.fields)
        if self.answered is Answered.ATTRIBUTE:
            return tuple(name for name in self.fields if getattr(request, name) is None)
        return tuple(name for name in self.fields if not fields.get(name))


REQUIREMENT_KINDS: Mapping[str, RequirementKind] = {
    kind.id: kind
    for kind in (
        RequirementKind("goal", {"goals": Shape.NAMES}, Answered.GOALS),
        RequirementKind("time-limited", {"ends_on": Shape.DAY}),
        RequirementKind("operating-plan", {"operating_plan_ref": Shape.LINE}),
        RequirementKind("representation", {"representatives": Shape.NAMES}),
        RequirementKind("knowledge-sharing", {"knowledge_plan": Shape.TEXT}),
        RequirementKind("initiative", {"initiative": Shape.LINE}, Answered.ATTRIBUTE),
        RequirementKind("concrete-purpose", {"purpose": Shape.TEXT}),
        RequirementKind("expected-result", {"expected_result": Shape.TEXT}),
        RequirementKind(
            "principles",
            {
                "principle_value": Shape.TEXT,
                "principle_knowledge": Shape.TEXT,
                "principle_cooperation": Shape.TEXT,
                "principle_partnerships": Shape.TEXT,
                "principle_reputation": Shape.TEXT,
            },
        ),
        RequirementKind("local-partners", {"local_partners": Shape.NAMES}),
        RequirementKind("eu-office-consulted", {"eu_office_opinion": Shape.TEXT}),
        RequirementKind("relevance", {"relevance": Shape.TEXT}),
    )
}
#: Fields of a case that requirements ask for, with what each holds; an engagement kind's form may offer them too.
CASE_FIELDS: Mapping[str, Shape] = {
    name: shape
    for kind in REQUIREMENT_KINDS.values()
    if kind.answered is Answered.FIELDS
    for name, shape in kind.fields.items()
}
