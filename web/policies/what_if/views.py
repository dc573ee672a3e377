"""View of the what-if page: two requests side by side, each answered by the tables that the gate uses.

The left request may be that of a case that the reader may see. Nothing is opened, changed or recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from models.database import reading
from web.auth.session import User, own_municipality, signed_in
from web.cases.views import note_reader
from web.core.errors import status_of
from web.core.services import Services, services
from web.policies import labels as policies_labels
from web.policies.request_query import PARTNER
from web.policies.verification.presenter import arguments
from web.policies.verification.queries import requested_version
from web.policies.what_if.forms import question_inputs
from web.policies.what_if.presenter import (
    Difference,
    PolicyAnswer,
    answer_question,
    answer_request,
    differences,
    requirement_deadlines,
)
from web.ui.form_errors import form_errors
from web.ui.forms import Input, Problem, marked
from workflow.cases.authorization import visible_context
from workflow.cases.context import CaseContext
from workflow.core.errors import WorkflowError
from workflow.policy.model import Policy
from workflow.policy.request_domain import ATTRIBUTES, SCOPES

bp = Blueprint("what_if", __name__)

#: Prefix of the right side's inputs.
IF = "if."
QUESTION = (*ATTRIBUTES, PARTNER)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the page: its form, the errors, and the answer where there is one."""

    inputs: tuple[Input, ...]
    problems: tuple[Problem, ...] = ()
    answer: PolicyAnswer | None = None
    status: int = 200


@bp.get("/policy/what-if")
def index() -> tuple[str, int]:
    """Two requests and their differences; 404 for a case or version not visible to the reader, 422 for no request."""
    here, user, args = services(), signed_in(), request.args
    with reading(here.engine, user.municipality.id) as db:
        versions = requested_version(db, here, user, args.get("version", ""))
        case = _case(db, here, user, args["case"]) if args.get("case") else None
    if case is not None:
        note_reader(case.case)
    today = here.today(user.municipality)
    policy = (case.policy if case is not None else versions.in_force).on(today)
    left = _of_case(case) if case is not None else _side(policy, args)
    right = _right_side(left, versions.requested.on(today) if args.get("version") else policy, args)
    page = render_template(
        "policies/what_if/page.html",
        policy=policy,
        case=case,
        left=left,
        right=right,
        differences=_differences(left, right),
        versions=versions,
        version=args.get("version", ""),
        requirement_deadlines=requirement_deadlines,
        labels=policies_labels,
    )
    return page, max(left.status, right.status if right is not None else 200)


def _case(db: Session, here: Services, user: User, number: str) -> CaseContext:
    """A case that the reader may see; raises `NotFound`."""
    tenant = own_municipality(number)
    return visible_context(db.connection(), tenant, here.workflow.policies, user.id, number, now=here.now())


def _differences(left: Side, right: Side | None) -> tuple[Difference, ...]:
    if left.answer is None or right is None or right.answer is None:
        return ()
    return differences(left.answer, right.answer)


def _right_side(left: Side, policy: Policy, args: Mapping[str, str]) -> Side | None:
    """The changed request, which starts as a copy of the left one; None until the left one has an answer."""
    if IF + "engagement" in args:
        return _side(policy, {name: args[IF + name] for name in QUESTION if IF + name in args}, IF)
    if left.answer is None:
        return None
    answer = left.answer
    given: dict[str, Any] = arguments(answer.policy, answer.request) | {"responsible": answer.responsible}
    return _side(policy, {name: str(value) for name, value in given.items()}, IF)


def _of_case(case: CaseContext) -> Side:
    return Side((), answer=answer_request(case.policy.on(case.today), case.request, case.responsible))


def _side(policy: Policy, args: Mapping[str, str], prefix: str = "") -> Side:
    usual = policy.bodies_of(policy.default_responsible)[0].key
    scope = args.get("scope", "")
    inputs = question_inputs(policy, args, usual, scope if scope in SCOPES else SCOPES[0], prefix)
    if "engagement" not in args:
        return Side(inputs)
    try:
        answer = answer_question(policy, args, usual)
    except WorkflowError as refusal:
        named = form_errors(refusal.reasons)
        errors = [(prefix + name if name else name, text, clauses) for name, text, clauses in named]
        return Side(*marked(inputs, errors), status=status_of(refusal))
    return Side(inputs, answer=answer)
