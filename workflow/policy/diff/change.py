"""One difference between two versions of a policy, as a value without sentences.

`workflow.policy.diff.diff` finds them; `web.policies.versions` says them in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflow.policy.conditions import Condition

#: Parts of a policy, in the order a reader wants them.
SECTIONS = (
    "document",
    "bodies",
    "competence",
    "routes",
    "requirements",
    "evaluations",
    "ladders",
    "founding",
    "law",
    "assumptions",
    "goals",
    "forms",
    "clauses",
)
#: Who decides, where it is no kind of body: the body whose matter it is; nobody may; no row answers; nobody asked.
RESPONSIBLE, REFUSED, NOBODY, UNKNOWN = "responsible", "refused", "nobody", "unknown"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    #: One of `SECTIONS`.
    section: str
    #: What has become of it: added, removed, renamed, …; each section has its own.
    what: str
    #: What it is about: a body, a clause, a goal, a step, a requirement, a rule; empty where the section says it.
    key: str = ""
    #: As it stood and as it stands: text, number, day or the policy's own value; None where there was or is none.
    was: Any = None
    now: Any = None
    #: For which requests, under any one of the conditions; empty for what no request is needed for.
    when: tuple[Condition, ...] = ()
    #: What the new version rests it on.
    clauses: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


def gone_and_new(was: tuple[str, ...], now: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is gone, and what is new."""
    return tuple(one for one in was if one not in now), tuple(one for one in now if one not in was)
