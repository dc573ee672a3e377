"""Which versions has the policy, what does one change, and what would it mean for what is under way?

A list of versions, and a page for each: its differences from another version in words, and before it comes into force
its impact on every open case and every engagement. Everybody who is logged in reads it; from here an administrator
brings a version that waits into force, and moves cases to the one that governs.
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
from web.policies.versions import impact_labels
from web.policies.versions import labels as versions_labels
from web.policies.versions.diff_labels import Section, sections
from web.policies.versions.impact import CasesMeant, EngagementsMeant, cases_meant, engagements_meant
from web.policies.versions.queries import IN_FORCE, WAITS, Version, before, one_of, versions
from workflow.policy.diff.diff import changes
from workflow.policy.model import Policy
from workflow.versions.impact import Impacts

bp = Blueprint("versions", __name__)


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions, what differs, and what the newer one would mean."""

    found: tuple[Version, ...]
    shown: Version
    policy: Policy
    #: None where there is nothing to compare with.
    against: Version | None
    old: Policy | None
    sections: tuple[Section, ...]
    #: None for a version whose time is over.
    cases: CasesMeant | None
    engagements: EngagementsMeant | None


@bp.get("/policy/versions")
def index() -> str:
    """Every version: what governs, what waits, what governed."""
    here, user = services(), signed_in()
    with reading(here.engine, user.municipality.id) as db:
        found = versions(db, user.municipality, here.gate.policies, here.today(user.municipality))
    return render_template(
        "policies/versions/index.html", versions=found, words_of=versions_labels, policy_words=policies_labels
    )


@bp.get("/policy/versions/<version>")
def page(version: str) -> str:
    """One version against another: what changes, and whom it would meet; 404 for a version nobody has."""
    here, user, args = services(), signed_in(), request.args
    with reading(here.engine, user.municipality.id) as db:
        compared = _compared(db, here, user, version, args)
    administers = user.is_any("admin")
    return render_template(
        "policies/versions/page.html",
        compared=compared,
        shown=compared.shown,
        may_activate=administers and compared.shown.standing == WAITS,
        may_move=administers and compared.shown.standing == IN_FORCE,
        today=here.today(user.municipality),
        address=_Address(version, {name: args[name] for name in ("against", *_LISTS) if args.get(name)}),
        words_of=versions_labels,
        policy_words=policies_labels,
        impact_words=impact_labels,
    )


#: What may be asked of the lists of a page: the kind, and after which key; of cases, and of engagements.
_LISTS = ("kind", "after", "e-kind", "e-after")


@dataclass(frozen=True, slots=True)
class _Address:
    """The address of a page, with what has been chosen on it."""

    version: str
    chosen: Mapping[str, str]

    def with_(self, **more: object) -> dict[str, str]:
        """What is chosen, with more or less of it; `e_kind` means `e-kind`, nothing takes a choice away."""
        given = {name.replace("_", "-"): str(value) if value else "" for name, value in more.items()}
        return {name: value for name, value in {**self.chosen, **given}.items() if value} | {"version": self.version}


def _compared(db: Session, here: Services, user: User, version: str, args: Mapping[str, str]) -> Compared:
    tenant, today, policies = user.municipality, here.today(user.municipality), here.gate.policies
    found = versions(db, tenant, policies, today)
    shown = one_of(found, version)
    new = policies.by_id(db.connection(), tenant.id, shown.id)
    against = one_of(found, args["against"]) if args.get("against") else before(found, shown)
    old = None if against is None else policies.by_id(db.connection(), tenant.id, against.id)
    cases, engagements = None, None
    if shown.can_be_met:
        impacts = Impacts.of(db.connection(), tenant, policies, new)
        after, e_after = args.get("after", ""), args.get("e-after", "")
        cases = cases_meant(db, here.gate, user, impacts, kind=args.get("kind", ""), after=after, today=today)
        _id, governing = policies.in_force(db.connection(), tenant.id, today)
        if shown.standing != IN_FORCE:
            kind = args.get("e-kind", "")
            engagements = engagements_meant(db, impacts, governing, kind=kind, after=e_after, today=today)
    told = () if old is None else sections(old, new, changes(old, new))
    return Compared(found, shown, new, against, old, told, cases, engagements)
