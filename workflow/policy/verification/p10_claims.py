"""P10: what each clause promises by example, the table, the routes and the rules keep.

A claim is checked for the one request it describes: what it does not mention has its usual value (scope own-area, no
initiative said, not of principle, no named Nordic twin, not EU-funded, nothing paid by others) and the pack's default
kind of responsible body. Being right by accident is not enough: whatever a clause promises must rest on that clause.
What the law promises is checked where no policy is in force, and under the policy too where that lets the same body
decide. Why a promise fails, `workflow.policy.verification.p10_promises` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from workflow.core.errors import PolicyGap
from workflow.policy.claims import Claim
from workflow.policy.clauses import Clause
from workflow.policy.competence import Answer, look_up
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import founding_alone, restricted_to
from workflow.policy.validity import first_days, holding
from workflow.policy.verification.messages import message
from workflow.policy.verification.p10_meetings import meetings_hold
from workflow.policy.verification.p10_promises import failure, promise
from workflow.policy.verification.result import Counterexample, Finding, shortest


def claims_hold(policy: Policy) -> Finding:
    """Whether every claim of every clause holds."""
    with_claims = [clause for clause in policy.clauses.values() if clause.claims]
    periods = sorted({*policy.periods, *first_days(with_claims)})
    in_meetings = [what and Counterexample(what) for what in meetings_hold(policy)]
    checks = [*in_meetings, *(one for first in periods for one in _Checker(policy, first).claims())]
    return shortest(len(checks), (found for found in checks if found))


def request_of(policy: Policy, claim: Claim) -> Request:
    """The request a claim describes, with the usual value of what it does not mention."""
    given: dict[str, Any] = {"responsible": policy.default_responsible, **dict(claim.given)}
    return Request(**given)


class _Checker:
    """The tables that claims are checked against in the period of the law that begins on a day.

    They are cut down to each kind and act, and read for each request, once.
    """

    def __init__(self, policy: Policy, first: date) -> None:
        self.policy = policy.on(first)
        self.alone, self.first = founding_alone(self.policy), first
        self._cut: dict[tuple[bool, str, str], Policy] = {}
        self._answers: dict[tuple[bool, Request], Answer | None] = {}

    def claims(self) -> Iterator[Counterexample | None]:
        """For every claim: why it does not hold, or None."""
        for clause in holding(self.policy.clauses.values(), self.first):
            for claim in clause.claims:
                request = request_of(self.policy, claim)
                if clause.kind != "law":
                    yield self._broken(clause, claim, request, alone=False)
                elif self._is_met(claim, request):
                    yield self._broken(clause, claim, request, alone=True)
                    if self._also_binds(claim, request):
                        # whether it is a reading depends on whose row it is: marked so or not, it holds
                        as_read = replace(claim, reading=not claim.reading)
                        here = self._broken(clause, claim, request, alone=False)
                        yield here and self._broken(clause, as_read, request, alone=False) and here

    def _tables(self, request: Request, *, alone: bool) -> Policy:
        key = alone, request.engagement, request.act
        if key not in self._cut:
            self._cut[key] = restricted_to(self.alone if alone else self.policy, request.engagement, request.act)
        return self._cut[key]

    def _answer(self, request: Request, *, alone: bool) -> Answer | None:
        key = alone, request
        if key not in self._answers:
            try:
                self._answers[key] = look_up(self._tables(request, alone=alone), request)
            except PolicyGap:
                self._answers[key] = None
        return self._answers[key]

    def _is_met(self, claim: Claim, request: Request) -> bool:
        """Whether the municipality has the bodies that an example of the law speaks of."""
        kinds = {request.responsible, claim.decided_by, claim.heard} - {None}
        return kinds <= {body.kind for body in self.policy.bodies}

    def _also_binds(self, claim: Claim, request: Request) -> bool:
        """Whether the law's example holds under the policy too: the same body decides, and where by the law's row."""
        law, own = self._answer(request, alone=True), self._answer(request, alone=False)
        if law is None or own is None or law.body is None or law.body != own.body:
            return False
        return claim.heard is not None or (claim.decided_by is not None and own.tier == "law")

    def _broken(self, clause: Clause, claim: Claim, request: Request, *, alone: bool) -> Counterexample | None:
        answer = self._answer(request, alone=alone)
        tables = self._tables(request, alone=alone)
        why = message("no-single-answer") if answer is None else failure(tables, clause, claim, request, answer)
        if why is None:
            return None
        what = promise(claim).with_values(clause=clause.id, request=request, why=why)
        return Counterexample(what, since=None if self.first == date.min else self.first)
