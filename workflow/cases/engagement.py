"""The engagement a case concerns, and whether it is still the one the case was judged at.

A case is judged at one version of what was agreed. A case that would change it concludes only at that version; where
another case or the clock has changed it since, the case goes back to its officer, who submits it at the present one.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Connection, Row, and_, bindparam, or_, select

from models import Case, Decision, Engagement
from workflow.cases.records import CaseRecord
from workflow.core.messages import Reason, reason
from workflow.policy.actions import APPROVING, AWAITING_COUNTERPART
from workflow.policy.request_domain import Purpose, acts_for

#: Acts whose conclusion changes what was agreed on an engagement in the register.
CHANGING_ACTS = acts_for(Purpose.PROLONG, Purpose.END)

_cases, _engagements, _decisions = Case.__table__.c, Engagement.__table__.c, Decision.__table__.c
_MUNICIPALITY: BindParameter[int] = bindparam("municipality")
_ENGAGEMENT: BindParameter[int] = bindparam("engagement")
_NOW = select(_engagements.version, _engagements.status).where(
    _engagements.municipality_id == _MUNICIPALITY, _engagements.id == _ENGAGEMENT
)
#: Leaves the key free, which other rows that refer to the engagement need.
_LOCKED = _NOW.with_for_update(key_share=True)
_LAST_CHANGE = (
    select(_cases.number, _cases.act)
    .where(
        _cases.municipality_id == _MUNICIPALITY,
        _cases.engagement_id == _ENGAGEMENT,
        _cases.act.in_(CHANGING_ACTS),
        _cases.state == "concluded",
    )
    .order_by(_cases.closed_at.desc(), _cases.id.desc())
    .limit(1)
)
_WAITING_RENEWAL = (
    select(_cases.id)
    .outerjoin(Decision.__table__, and_(_decisions.case_id == _cases.id, _decisions.state == "entered"))
    .where(
        _cases.municipality_id == _MUNICIPALITY,
        _cases.engagement_id == _ENGAGEMENT,
        _cases.engagement_version == bindparam("version"),
        _cases.act.in_(acts_for(Purpose.PROLONG)),
        _cases.closed_at.is_(None),
        or_(
            _cases.state.in_(("sign", AWAITING_COUNTERPART)),
            and_(_cases.state.like("confirm-decide:%"), _decisions.outcome.in_(APPROVING)),
        ),
    )
    .order_by(_cases.id)
    .limit(1)
)


class EngagementNow(NamedTuple):
    """What the register says of an engagement today."""

    version: int
    status: str
    #: Number and act of the last case that changed it, read only where the version is not the case's.
    changed_by: str = ""
    changed_act: str = ""


def load_engagement(connection: Connection, case: CaseRecord, *, lock: bool) -> EngagementNow | None:
    """The engagement of an open case; `lock` keeps other acts on it away until the transaction ends (PostgreSQL)."""
    if case.engagement_id is None or case.closed_at is not None:
        return None
    given = {"municipality": case.municipality_id, "engagement": case.engagement_id}
    version, status = connection.execute(_LOCKED if lock else _NOW, given).one()
    if version == case.engagement_version:
        return EngagementNow(version, status)
    last = connection.execute(_LAST_CHANGE, given).one_or_none()
    return EngagementNow(version, status, *(last or ("", "")))


def engagement_changed(case: CaseRecord, present: EngagementNow | None) -> Reason | None:
    """Why a case must be judged again; None where its act changes nothing agreed, or what was agreed is unchanged."""
    if present is None or case.act not in CHANGING_ACTS or present.version == case.engagement_version:
        return None
    is_renewal = present.changed_act in acts_for(Purpose.PROLONG)
    if present.status == "ended" and (is_renewal or not present.changed_by):
        return reason("engagement-lapsed")
    return reason("engagement-renewed" if is_renewal else "engagement-terminated", case=present.changed_by)


def waiting_renewal(connection: Connection, engagement: Row[Any]) -> int | None:
    """The id of the case that has decided to renew an engagement as it is, and waits for confirmation or signature.

    While there is one the engagement goes on, whatever its last day: only a body's decision ends it.
    """
    given = {"municipality": engagement.municipality_id, "engagement": engagement.id, "version": engagement.version}
    return connection.execute(_WAITING_RENEWAL, given).scalar_one_or_none()
