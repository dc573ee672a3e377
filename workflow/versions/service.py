"""Policy versions: submission and activation.

An administrator submits a pack; it is read strictly, checked and stored, and governs nothing. A second act activates
it, resting on a case in which the competent body adopted or revised the policy. A new reading of the same document has
no such case: a second administrator activates it, with reasons. A version governs from today at the earliest, and
reverting is a new version. Both acts are recorded in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection, Row, select

from models import Case, PolicyActivation, PolicyVersion, TrailEntry
from models.database import reading, writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.actor import Actor, load_actor
from workflow.cases.payloads import field_reasons
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.dates import Day
from workflow.core.errors import ActionNotOpen, Malformed, NotFound, NotMandated, PolicyInvalid
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import clean
from workflow.policy.loading.loader import load_bytes, packaged
from workflow.policy.model import Policy
from workflow.policy.pack_messages import pack_message
from workflow.policy.request_space import how_many
from workflow.policy.verification.runner import require_sound
from workflow.trail.journal import Act, journal_of, record
from workflow.versions.assumption_reviews import rejected_in
from workflow.versions.install import ACTIVATE, LOAD, WAITS, let_govern, store

DECISION, READING = "decision", "reading"
#: Acts by which a body gives the municipality a policy; the country's law alone governs again after a repeal.
GIVES, ENDS = ("adopt", "revise"), ("repeal",)
LONGEST_REASON = 2_000
#: Requests that a pack may tell apart to be checked while somebody waits, some thirty times what ours do: a small file
#: can tell a million apart, and the check would keep a process busy for an hour.
MOST_REQUESTS = 50_000


class Activation(Schema):
    """From which day, and on what a version comes into force."""

    class Meta:
        unknown = RAISE

    governs_from = Day(required=True)
    basis = fields.String(required=True, validate=validate.OneOf((DECISION, READING)))
    #: Number of the case; needed for a decision.
    case = fields.String(load_default="", validate=validate.Length(max=100))
    #: Needed for a reading.
    reason = fields.String(load_default="", validate=validate.Length(max=LONGEST_REASON))


def may_administer(actor: Actor) -> bool:
    """Whether a person submits and activates versions, and moves cases to them."""
    return bool(actor.bodies_as("admin"))


def read_submission(key: str, raw: bytes, file: str) -> Policy:
    """A submitted file as a pack of its municipality; raises `PolicyInvalid` with file, line and key."""
    policy = load_bytes(raw, file, packaged().law)
    if policy.municipality.key != key:
        raise PolicyInvalid(
            file, None, "municipality.key", pack_message("other-municipality", found=policy.municipality.key, key=key)
        )
    if (told_apart := how_many(policy)) > MOST_REQUESTS:
        message = pack_message("too-many-requests", count=told_apart, most=MOST_REQUESTS)
        raise PolicyInvalid(file, None, "", message)
    return policy


def submit_pack(services: Services, actor_id: int, key: str, raw: bytes, file: str, *, now: datetime) -> str:
    """Read, check and store a submitted pack; returns the version, which then waits.

    Raises `NotMandated` for whoever is no administrator, `PolicyInvalid` with file, line and key for what cannot be
    read, and with the obligation and a counterexample for what the check finds a fault in.
    """
    tenant = services.tenants.tenant(key)
    with refusals_logged(services.engine, tenant, actor_id, key, LOAD, now=now):
        with reading(services.engine, tenant.id) as session:
            _administrator(session.connection(), tenant, actor_id, now)
        policy = read_submission(key, raw, file)
        require_sound(policy)  # takes a second, so before anybody is kept waiting
        with writing(services.engine, tenant.id) as connection:
            admin = _administrator(connection, tenant, actor_id, now)
            act = Act(LOAD, admin.public_id, "admin", admin.bodies_as("admin")[0], data={WAITS: True})
            store(connection, tenant.id, policy, act, now=now)
    return policy.version


def activate(
    services: Services, actor_id: int, key: str, version: str, given: Mapping[str, Any], *, now: datetime
) -> None:
    """Bring a waiting version into force from a day on; raises as `submit_pack`, and `Malformed` or `ActionNotOpen`."""
    tenant = services.tenants.tenant(key)
    with refusals_logged(services.engine, tenant, actor_id, key, ACTIVATE, now=now):
        with reading(services.engine, tenant.id) as session:
            _administrator(session.connection(), tenant, actor_id, now)
            found = _version(session.connection(), tenant, version)
            policy = services.policies.by_id(session.connection(), tenant.id, found.id)
            _id, governing = services.policies.in_force(
                session.connection(), tenant.id, local_day(now, tenant.timezone)
            )
        require_sound(policy, before=governing)
        with writing(services.engine, tenant.id) as connection:
            admin = _administrator(connection, tenant, actor_id, now)
            _activate(connection, services, tenant, admin, _ActivationRequest(found, policy, _read(given), now))


@dataclass(frozen=True, slots=True)
class _ActivationRequest:
    """The version that is to govern, and what is said of it."""

    row: Row[Any]
    policy: Policy
    given: dict[str, Any]
    now: datetime


def _activate(
    connection: Connection, services: Services, tenant: Tenant, admin: Actor, asked: _ActivationRequest
) -> None:
    today, given, policy = local_day(asked.now, tenant.timezone), asked.given, asked.policy
    if _activation_of(connection, tenant, asked.row.id) is not None:
        raise ActionNotOpen(reason("version-active"))
    if given["governs_from"] < today:
        raise Malformed(reason("version-past", field="governs_from"))
    if policy.document.status != "law" and (policy.document.valid_to or date.max) < given["governs_from"]:
        raise Malformed(reason("version-ended", field="governs_from"))
    rejected = rejected_in(connection, tenant.id, policy)
    if rejected and policy.document.status != "law":  # after a repeal the law governs, however it is read
        raise ActionNotOpen(*(reason("version-rejected", assumption=one.reason) for one in rejected))
    case_id = None
    if given["basis"] == DECISION:
        case_id = _decided_in(connection, tenant, policy, given["case"])
    else:
        _check_new_reading(connection, services, tenant, admin, asked, today)
    let_govern(
        connection,
        tenant.id,
        asked.row.id,
        given["governs_from"],
        given["basis"],
        now=asked.now,
        case_id=case_id,
        reason=given["reason"],
        by_id=admin.id,
    )
    data = {"governs_from": given["governs_from"].isoformat(), "basis": given["basis"], "case": given["case"]}
    seat = ("admin", admin.bodies_as("admin")[0])
    act = Act(
        ACTIVATE,
        admin.public_id,
        *seat,
        policy_version=policy.version,
        policy_digest=policy.digest,
        data=data,
        words={"reason": given["reason"]} if given["reason"] else {},
    )
    record(connection, tenant.id, act, now=asked.now)


def _decided_in(connection: Connection, tenant: Tenant, policy: Policy, number: str) -> int:
    """The concluded case in which the competent body gave the policy; raises `Malformed`."""
    acts = ENDS if policy.document.status == "law" else GIVES
    query = select(Case.id, Case.engagement, Case.act, Case.state).where(
        Case.municipality_id == tenant.id, Case.number == number
    )
    case = connection.execute(query).one_or_none()
    if case is None or case.engagement != "policy" or case.act not in acts or case.state != "concluded":
        raise Malformed(reason("version-case", field="case"))
    used = (
        select(PolicyVersion.version)
        .join(PolicyActivation, PolicyActivation.policy_version_id == PolicyVersion.id)
        .where(PolicyVersion.municipality_id == tenant.id, PolicyActivation.case_id == case.id)
    )
    before = connection.execute(used).scalars().first()
    if before is not None:
        raise Malformed(reason("version-case-used", field="case", version=before))
    return int(case.id)


def _check_new_reading(
    connection: Connection, services: Services, tenant: Tenant, admin: Actor, asked: _ActivationRequest, today: date
) -> None:
    """A new reading of the document in force: with reasons, and by somebody else than who submitted it."""
    if not asked.given["reason"]:
        raise Malformed(reason("reason-needed", field="reason"))
    _id, old = services.policies.in_force(connection, tenant.id, today)
    same = (old.document.title, old.document.status) == (asked.policy.document.title, asked.policy.document.status)
    if not same:
        raise Malformed(reason("version-reading", field="basis"))
    submitted_by = select(TrailEntry.actor).where(
        TrailEntry.municipality_id == tenant.id,
        TrailEntry.stream == journal_of(tenant.key),
        TrailEntry.action == LOAD,
        TrailEntry.policy_version == asked.policy.version,
    )
    if admin.public_id in connection.execute(submitted_by).scalars().all():
        raise NotMandated(reason("version-four-eyes"))


def _version(connection: Connection, tenant: Tenant, version: str) -> Row[Any]:
    query = select(PolicyVersion.__table__).where(
        PolicyVersion.municipality_id == tenant.id, PolicyVersion.version == version
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(reason("version-unknown", version=version))
    return row


def _activation_of(connection: Connection, tenant: Tenant, version_id: int) -> int | None:
    query = select(PolicyActivation.id).where(
        PolicyActivation.municipality_id == tenant.id, PolicyActivation.policy_version_id == version_id
    )
    return connection.execute(query).scalar_one_or_none()


def _administrator(connection: Connection, tenant: Tenant, actor_id: int, now: datetime) -> Actor:
    actor = load_actor(connection, tenant.id, actor_id, local_day(now, tenant.timezone))
    if not may_administer(actor):
        raise NotMandated(reason("admins-only"))
    return actor


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    try:
        values = dict(Activation().load(clean(given)))
    except ValidationError as error:
        raise Malformed(*field_reasons(error.messages)) from None
    values |= {name: values[name].strip() for name in ("case", "reason")}
    if values["basis"] == READING and values["case"]:
        raise Malformed(reason("field-unknown", field="case"))
    return values
