"""Routes and requirements of a request, with the municipality's names of bodies, for the API and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from web.policies.request_query import body_name
from web.ui import route_diagram
from workflow.policy.competence import Answer, deciding_body_key, who_decides
from workflow.policy.model import Policy
from workflow.policy.pack_rules import Requirement
from workflow.policy.request_domain import Request
from workflow.policy.requirements import missing, required
from workflow.policy.roles import seat
from workflow.policy.state_machine import Procedure, Stop, procedure_for


@dataclass(frozen=True, slots=True)
class RouteStop:
    """One step of a route; `done` and `current` are a case's alone."""

    step: str
    state: str
    by: str
    #: None in a consultation, where several bodies are asked.
    body_key: str | None
    body_name: str
    within: str | None
    clauses: tuple[str, ...]
    assumed: str | None
    done: bool = False
    current: bool = False


@dataclass(frozen=True, slots=True)
class RequiredField:
    """One field that must be filled before a step."""

    id: str
    field: str
    before: str
    clauses: tuple[str, ...]
    assumed: bool
    #: Goals of which one is needed; None for other fields.
    options: tuple[str, ...] | None = None
    #: Whether a case has it; None where there is no case.
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """The municipality's ruling on one assumption."""

    assumption: str
    verdict: str
    by: str | None
    at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class WhoDecides:
    """The policy's answer to a request of a responsible body."""

    policy: Policy
    request: Request
    #: Key of the responsible body.
    responsible: str
    answer: Answer
    rulings: tuple[Ruling, ...] = ()

    @classmethod
    def of(cls, policy: Policy, request: Request, responsible: str, on: date) -> WhoDecides:
        """The answer of a policy by the law of a day."""
        return cls(policy, request, responsible, who_decides(policy, request, on))

    @property
    def municipality(self) -> str:
        """Key of the municipality."""
        return self.policy.municipality.key

    @property
    def policy_version(self) -> str:
        """The version that answers."""
        return self.policy.version

    @property
    def engagement(self) -> str:
        """Kind of engagement."""
        return self.request.engagement

    @property
    def act(self) -> str:
        """What the request wants done."""
        return self.request.act

    @property
    def body_key(self) -> str | None:
        """The deciding body; None where the policy forbids the request."""
        if not self.answer.is_decided or self.answer.route is None:
            return None
        return deciding_body_key(self.policy, self.answer, self.responsible)

    @property
    def body_name(self) -> str | None:
        """What the municipality calls the deciding body."""
        key = self.body_key
        return None if key is None else body_name(self.policy, key)

    @property
    def route(self) -> tuple[RouteStop, ...]:
        """The steps; none where the policy forbids the request."""
        if not self.answer.is_decided or self.answer.route is None:
            return ()
        procedure = procedure_for(self.policy, self.answer.route, self.request.responsible)
        return tuple(route_stops(self.policy, procedure, self.responsible))

    @property
    def requirements(self) -> tuple[RequiredField, ...]:
        """What must be there; nothing where the policy forbids the request."""
        return tuple(required_fields(self.policy, self.request)) if self.body_key is not None else ()

    @property
    def assumed(self) -> bool:
        """Whether the answer rests on an assumption."""
        return bool(self.answer.assumptions)


def route_stops(policy: Policy, procedure: Procedure, responsible: str) -> Iterator[RouteStop]:
    """The stops of a procedure for a responsible body, in order."""
    for stop, stage in zip(procedure.stops, route_diagram.planned(policy, procedure, responsible), strict=True):
        bodies = (stage.body,) if stage.body else stage.consulted
        within = stop.source.within
        yield RouteStop(
            stop.step,
            stop.state,
            _by(policy, stop, stage, responsible),
            stage.body or None,
            ", ".join(body_name(policy, key) for key in bodies),
            f"{within.amount} {within.unit}" if within else None,
            stop.source.clauses,
            stop.source.assumed,
        )


def _by(policy: Policy, stop: Stop, stage: route_diagram.Stage, responsible: str) -> str:
    """Who acts, as the policy writes it; where several may sign, whoever is asked first."""
    if stop.step == "sign":
        return next(token for token in stop.by if seat(policy, token, responsible) == (stage.role, stage.body))
    return ", ".join(stop.by)


def required_fields(
    policy: Policy, request: Request, fields: Mapping[str, object] | None = None, goals: tuple[str, ...] = ()
) -> Iterator[RequiredField]:
    """What a policy requires of a request, one entry per field; with the fields of a case, whether it is met."""
    for requirement in required(policy, request):
        lacking = () if fields is None else missing(policy, requirement, request, fields, goals)
        options = None if requirement.group is None else _options(policy, requirement.group)
        for name in requirement.fields:
            yield RequiredField(
                requirement.id,
                name,
                requirement.before,
                requirement.clauses,
                _is_assumed(policy, requirement),
                options,
                None if fields is None else name not in lacking,
            )


def _is_assumed(policy: Policy, requirement: Requirement) -> bool:
    cited = (policy.clauses[clause].assumed for clause in requirement.clauses)
    return bool(requirement.assumed or any(cited))


def _options(policy: Policy, group: str) -> tuple[str, ...]:
    return tuple(goal.key for found in policy.goals if found.group == group for goal in found.items)
