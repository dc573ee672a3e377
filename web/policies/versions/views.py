"""Views of policy versions: list, and the page of one version.

The page shows the differences from another version and, unless the version's time is over, the impact on every open
case and every engagement. Everybody who is logged in reads it; from here an administrator brings a waiting version into
force and moves cases to the version in force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from models.database import reading
from web.auth.session import User, signed_in
from web.core.services import Services, services
from web.policies import labels as policies_labels
from web.policies.versions import labels as versions_labels
from web.policies.versions.diff_presenter import Section, sections
from web.policies.versions.impact import CaseImpacts, EngagementImpacts, case_impacts, engagement_impacts
from web.policies.versions.queries import IN_FORCE, WAITS, Version, before, one_of, versions
from workflow.policy.diff.diff import changes
from workflow.policy.model import Policy
from workflow.versions.impact import Impacts

bp = Blueprint("versions", __name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions, their differences, and the impact of the newer one."""

    found: tuple[Version, ...]
    shown: Version
    policy: Policy
    #: None where there is no other version.
    against: Version | None
    old: Policy | None
    sections: tuple[Section, ...]
    #: None for an earlier version.
    cases: CaseImpacts | None
    engagements: EngagementImpacts | None


@bp.get("/policy/versions")
def index() -> str:
    """Every version with its state."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        found = versions(db, user.municipality, here.workflow.policies, here.today(user.municipality))
    return render_template(
        "policies/versions/index.html", versions=found, labels=versions_labels, policy_labels=policies_labels
    )


@bp.get("/policy/versions/<version>")
def page(version: str) -> str:
    """One version compared with another, and its impact; 404 for an unknown version."""
    here, user, args = services(), signed_in(), request.args
    with reading(here.engine, user.municipality.id) as db:
        compared = _compared(db, here, user, version, args)
    administers = user.is_any("admin")
    return render_template(
        "policies/versions/page.html",
        compared=compared,
        shown=compared.shown,
        may_activate=administers and compared.shown.state == WAITS,
        may_move=administers and compared.shown.state == IN_FORCE,
        today=here.today(user.municipality),
        address=_Address(version, {name: args[name] for name in ("against", *_LISTS) if args.get(name)}),
        labels=versions_labels,
        policy_labels=policies_labels,
    )


#: Query arguments of the two lists: kind of impact and cursor of the page, for cases and for engagements.
_LISTS = ("kind", "after", "e-kind", "e-after")


@dataclass(frozen=True, slots=True)
class _Address:
    """The address of a page with the choices made on it."""

    version: str
    chosen: Mapping[str, str]

    def with_(self, **more: object) -> dict[str, str]:
        """Query arguments with some replaced; `e_kind` means `e-kind`, an empty value removes a choice."""
        given = {name.replace("_", "-"): str(value) if value else "" for name, value in more.items()}
        return {name: value for name, value in {**self.chosen, **given}.items() if value} | {"version": self.version}


def _compared(db: Session, here: Services, user: User, version: str, args: Mapping[str, str]) -> Compared:
    tenant, today, policies = user.municipality, here.today(user.municipality), here.workflow.policies
    found = versions(db, tenant, policies, today)
    shown = one_of(found, version)
    new = policies.by_id(db.connection(), tenant.id, shown.id)
    against = one_of(found, args["against"]) if args.get("against") else before(found, shown)
    old = None if against is None else policies.by_id(db.connection(), tenant.id, against.id)
    cases, engagements = None, None
    if shown.can_be_met:
        impacts = Impacts.of(db.connection(), tenant, policies, new, today)
        after, e_after = args.get("after", ""), args.get("e-after", "")
        cases = case_impacts(db, here.workflow, user, impacts, kind=args.get("kind", ""), after=after, today=today)
        _id, governing = policies.in_force(db.connection(), tenant.id, today)
        if shown.state != IN_FORCE:
            kind = args.get("e-kind", "")
            engagements = engagement_impacts(
                db, here.workflow, user, impacts, governing, kind=kind, after=e_after, today=today
            )
    differences = () if old is None else sections(old, new, changes(old, new))
    return Compared(found, shown, new, against, old, differences, cases, engagements)
