"""What if the request were another, or the version it is asked under?

Two requests beside each other, one as it is and one as it could be, each answered by the same tables as the gate uses;
also for a case that the reader may see. Nothing is opened, changed or recorded by asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from models.database import reading
from web.auth.session import User, signed_in
from web.cases.request_labels import request_words
from web.cases.views import note_reader
from web.core.errors import status_of
from web.core.services import Services, services
from web.i18n import common_labels
from web.policies import labels as policies_labels
from web.policies.proof.presenter import arguments
from web.policies.proof.views import requested_version
from web.policies.what_if.comparison import Difference, Side, demanded, differences
from web.policies.what_if.query import GIVEN, answered, asking_inputs, told_of
from web.ui.form_errors import lines
from web.ui.forms import Input, Problem, marked
from workflow.cases.context import CaseContext
from workflow.core.errors import WorkflowError
from workflow.policy.model import SCOPES, Policy

bp = Blueprint("what_if", __name__)

#: How the names of the right side's questions begin.
IF = "if."
ASKED = ("engagement", "act", "responsible", *GIVEN)


@dataclass(frozen=True, slots=True)
class Question:
    """One side of the page: its form, what was wrong with it, and its answer where there is one."""

    inputs: tuple[Input, ...]
    problems: tuple[Problem, ...] = ()
    side: Side | None = None
    status: int = 200


@bp.get("/policy/what-if")
def index() -> tuple[str, int]:
    """Two requests and what differs; 404 for a case or a version that the reader may not see, 422 for no request."""
    here, user, args = services(), signed_in(), request.args
    with reading(here.engine, user.municipality.id) as db:
        versions = requested_version(db, here, user, args.get("version", ""))
        case = _case(db, here, user, args["case"]) if args.get("case") else None
    if case is not None:
        note_reader(case.case)
    policy = case.policy if case is not None else versions.in_force
    left = _of_case(case) if case is not None else _question(policy, args)
    right = _other_side(left, versions.requested if args.get("version") else policy, args)
    page = render_template(
        "policies/what_if/page.html",
        policy=policy,
        case=case,
        left=left,
        right=right,
        differences=_differences(left, right),
        versions=versions,
        version=args.get("version", ""),
        demanded=demanded,
        request_words=request_words,
        words_of=policies_labels,
        wording=common_labels,
    )
    return page, max(left.status, right.status if right is not None else 200)


def _case(db: Session, here: Services, user: User, number: str) -> CaseContext:
    """A case that the reader may see; raises `NotFound`."""
    tenant = here.gate.tenants.tenant_of(number)
    return here.gate.standing(db.connection(), tenant, user.id, number, now=here.now())


def _differences(left: Question, right: Question | None) -> tuple[Difference, ...]:
    if left.side is None or right is None or right.side is None:
        return ()
    return differences(left.side, right.side)


def _other_side(left: Question, policy: Policy, args: Mapping[str, str]) -> Question | None:
    """What was asked on the right; it begins as the left one, and is not there before that has an answer."""
    if IF + "engagement" in args:
        return _question(policy, {name: args[IF + name] for name in ASKED if IF + name in args}, IF)
    if left.side is None:
        return None
    told = left.side.told
    given: dict[str, Any] = arguments(left.side.policy, told.request) | {"responsible": told.responsible}
    return _question(policy, {name: str(value) for name, value in given.items()}, IF)


def _of_case(case: CaseContext) -> Question:
    return Question((), side=Side(case.policy, answered(case.policy, case.request, case.responsible)))


def _question(policy: Policy, args: Mapping[str, str], prefix: str = "") -> Question:
    usual = policy.bodies_of(policy.default_responsible)[0].key
    scope = args.get("scope", "")
    inputs = asking_inputs(policy, args, usual, scope if scope in SCOPES else SCOPES[0], prefix)
    if "engagement" not in args:
        return Question(inputs)
    try:
        told = told_of(policy, args, usual)
    except WorkflowError as refusal:
        found = [(prefix + name if name else name, text, clauses) for name, text, clauses in lines(refusal.reasons)]
        return Question(*marked(inputs, found), status=status_of(refusal))
    return Question(inputs, side=Side(policy, told))
