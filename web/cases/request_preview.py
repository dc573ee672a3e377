"""Preview of a request that is still being typed: who would decide it.

It is answered by the same table and the same requirements as the gate uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.cases.request_forms import FromRegister
from workflow.cases.context import GivenMandate
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import ATTRIBUTES, GIVEN, Attribute, Request, facts_of
from workflow.policy.requirements import required
from workflow.policy.state_machine import Procedure, procedure_for


@dataclass(frozen=True, slots=True)
class Preview:
    """The answer to a request: who decides, on which route, with which requirements."""

    request: Request
    responsible: str
    answer: Answer
    #: Key of the deciding body; empty when it is refused.
    deciding: str
    procedure: Procedure | None
    requirements: tuple[Requirement, ...]

    @property
    def is_by_mandate(self) -> bool:
        """Whether an administration decides, so that it needs a mandate."""
        return self.procedure is not None and not self.procedure.deciding.is_collegial

    @property
    def key(self) -> str:
        """Everything the answer depends on, as one text; equal while nothing of it is changed."""
        parts = (self.request.engagement, self.request.act, self.responsible, *facts_of(self.request).values())
        return "/".join(str(part) for part in parts)


def preview(policy: Policy, request: Request, responsible: str, on: date) -> Preview:
    """The policy's answer by the law of a day; a refusal is an answer too."""
    answer = who_decides(policy, request, on)
    if not answer.is_decided or answer.route is None:
        return Preview(request, responsible, answer, "", None, ())
    return Preview(
        request,
        responsible,
        answer,
        deciding_body_key(policy, answer, responsible),
        procedure_for(policy, answer.route, request.responsible),
        required(policy, request),
    )


def requested(
    policy: Policy, engagement: str, act: str, responsible: str, typed: Mapping[str, Any], found: FromRegister | None
) -> Request:
    """The request that a form makes; what the register knows comes from there."""
    facts = {name: _typed(ATTRIBUTES[name], typed.get(f"attributes.{name}")) for name in GIVEN}
    request = Request(engagement, act, policy.body(responsible).kind, **facts)
    if found is None:
        return request
    return request.with_(**found.facts)


def _typed(attribute: Attribute, value: Any) -> Any:
    """A value as typed, or the default where nothing that can be read was."""
    if attribute.is_yes_no:
        return bool(value)
    if attribute.span is not None:
        return value if isinstance(value, int) else attribute.default
    return attribute.default if value is None else value


def mandate_for(mandates: tuple[GivenMandate, ...], request: Request) -> GivenMandate | None:
    """The mandate that covers a request today, if there is one."""
    return next((given for given in mandates if given.covers(request)), None)
