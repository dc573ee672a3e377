"""View of the policy page, for everybody who is logged in.

The document and its status, who decides (as a matrix and for any question), the routes, requirements, evaluations,
every clause with what enforces it, and assumptions. Every answer comes from the tables that the gate uses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from models.database import reading
from web.auth.session import User, signed_in
from web.core.errors import status_of
from web.core.services import Services, services
from web.policies import labels as policies_labels
from web.policies.matrix import matrix, policy_row, routes_in_use
from web.policies.queries import version_rows
from web.policies.what_if.forms import question_inputs
from web.policies.what_if.presenter import PolicyAnswer, answer_question
from web.register import labels as register_labels
from web.register.presenter import DueEvaluation, revisions
from web.ui.form_errors import form_errors
from web.ui.forms import Input, Problem, marked
from web.ui.route_diagram import planned
from workflow.core.errors import NotFound, WorkflowError
from workflow.core.messages import reason
from workflow.policy.clauses import Clause
from workflow.policy.model import Policy
from workflow.policy.request_domain import SCOPES

bp = Blueprint("policy", __name__)


@dataclass(frozen=True, slots=True)
class ShownVersion:
    """The version on the page with its database row, and the rows of the others."""

    policy: Policy
    row: Any
    is_in_force: bool
    versions: tuple[Any, ...]
    revisions: tuple[DueEvaluation, ...]
    today: date

    @property
    def governs_from(self) -> date | None:
        """The day from which the version governs; None for a waiting version and for the law alone."""
        found: date | None = self.row.governs_from
        return found

    @property
    def waits(self) -> bool:
        """Whether nobody has brought the version into force yet."""
        return self.governs_from is None and self.row.status != "law"


@bp.get("/policy")
def index() -> tuple[str, int]:
    """The policy in force, or the version requested; 422 for an invalid question."""
    here, user, args = services(), signed_in(), request.args
    with reading(here.engine, user.municipality.id) as db:
        shown = _shown(db, here, user, args.get("version", ""))
    policy = shown.policy.on(shown.today)
    responsible, scope = _chosen(policy, user, args)
    inputs, problems, answer, status = _question(policy, args, responsible, scope)
    page = render_template(
        "policies/index.html",
        shown=shown,
        policy=policy,
        responsible=responsible,
        scope=scope,
        bodies=tuple(policy.responsible_bodies()),
        scopes=SCOPES,
        matrix=matrix(policy, responsible, scope),
        policy_row=policy_row(policy, responsible, scope),
        routes=routes_in_use(policy, responsible, scope),
        planned=planned,
        fields=inputs,
        problems=problems,
        answer=answer,
        sections=_sections(policy, law=False),
        law_sections=_sections(policy, law=True),
        meeting=policy.law.collegial.on(shown.today),
        enforced=policies_labels.enforcement(policy),
        labels=policies_labels,
        register_labels=register_labels,
    )
    return page, status


def _shown(db: Session, here: Services, user: User, version: str) -> ShownVersion:
    """A version by its name, else the one in force today; raises `NotFound`."""
    tenant, today, rows = user.municipality, here.today(user.municipality), version_rows(db)
    in_force, policy = here.workflow.policies.in_force(db.connection(), tenant.id, today)
    row = next((row for row in rows if row.version == version or (not version and row.id == in_force)), None)
    if row is None:
        raise NotFound(reason("not-found"))
    if row.id != in_force:
        policy = here.workflow.policies.by_id(db.connection(), tenant.id, row.id)
    return ShownVersion(policy, row, row.id == in_force, rows, revisions(db, here.workflow, tenant), today)


def _chosen(policy: Policy, user: User, args: Mapping[str, str]) -> tuple[str, str]:
    """Key of the responsible body, by default the reader's own, and scope."""
    bodies = list(policy.responsible_bodies())
    own = [b for b in bodies if any(body in (b.key, policy.administration_of(b.key).key) for _r, body in user.seats)]
    usual = [b for b in own or bodies if b.kind == policy.default_responsible]
    keys = [body.key for body in bodies]
    responsible = args.get("responsible", "")
    scope = args.get("scope", "")
    return (
        responsible if responsible in keys else (usual or own or bodies)[0].key,
        scope if scope in SCOPES else SCOPES[0],
    )


def _question(
    policy: Policy, args: Mapping[str, str], responsible: str, scope: str
) -> tuple[tuple[Input, ...], tuple[Problem, ...], PolicyAnswer | None, int]:
    """The question's form, its errors, its answer where a question was asked, and the status code."""
    inputs = question_inputs(policy, args, responsible, scope)
    if "engagement" not in args:
        return inputs, (), None, 200
    try:
        answer = answer_question(policy, args, responsible)
    except WorkflowError as refusal:
        shown, problems = marked(inputs, form_errors(refusal.reasons))
        return shown, problems, None, status_of(refusal)
    return inputs, (), answer, 200


def _sections(policy: Policy, *, law: bool) -> tuple[tuple[str, tuple[Clause, ...]], ...]:
    """The law's clauses, or the pack's, by section in natural order: section 5 before section 10."""
    found: dict[str, list[Clause]] = {}
    for clause in sorted(policy.clauses.values(), key=lambda clause: _natural(clause.id)):
        if (clause.kind == "law") == law:
            found.setdefault(clause.section, []).append(clause)
    return tuple((section, tuple(clauses)) for section, clauses in found.items())


def _natural(id_: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", id_)]
