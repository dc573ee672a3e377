"""Engagement details that change without a case.

The partner's kind and location, contact persons, number of participants, funding by year. Kind, partner's name, dates,
responsible body and goals were agreed and change only by a case. Each change is recorded in the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from models import Engagement, FundingLine
from models.database import writing
from workflow.cases.access_log import refusals_logged
from workflow.cases.actor import Actor, load_actor
from workflow.cases.payloads import field_reasons
from workflow.cases.secrecy import reader_of
from workflow.cases.services import Services
from workflow.core.calendar import local_day
from workflow.core.dates import Day
from workflow.core.errors import CaseChanged, Malformed, NotFound, NotMandated
from workflow.core.messages import reason
from workflow.core.tenants import Tenant
from workflow.core.text_validation import Line, clean
from workflow.policy.model import Policy
from workflow.policy.roles import Seat, coordinator_seat, preparing_seat
from workflow.register.details_schema import Details, settle, told_of
from workflow.trail.journal import Act, record

SOURCES = ("own", "external", "eu-programme")
#: Contact persons, and lines of funding, of one engagement.
MOST_CONTACTS, MOST_LINES = 30, 200
#: The largest amount a database keeps in one column of whole numbers.
LARGEST_AMOUNT = 2_000_000_000
_EMAIL = r"^$|^[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]+$"


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class PartnerDetails(Details):
    """The partner's kind and place; `place` is what the place was called when it was looked up."""

    place = Line(200, load_default="")


class Contact(_Strict):
    """Somebody to ask. A contact person carries no mandate."""

    name = Line(200, at_least=1, required=True)
    role = Line(200, load_default="")
    email = fields.String(load_default="", validate=[validate.Length(max=200), validate.Regexp(_EMAIL)])


class Contacts(_Strict):
    """All contact persons of an engagement."""

    contacts = fields.List(fields.Nested(Contact), required=True, validate=validate.Length(max=MOST_CONTACTS))


class Funding(_Strict):
    """Money for one year from one source."""

    year = fields.Integer(required=True, strict=True, validate=validate.Range(1950, 2100))
    funding_source = fields.String(required=True, validate=validate.OneOf(SOURCES))
    funder = Line(200, load_default="")
    amount = fields.Integer(required=True, strict=True, validate=validate.Range(0, LARGEST_AMOUNT))
    currency = fields.String(required=True, validate=validate.Regexp(r"^[A-Z]{3}$"))
    report_due_on = Day(load_default=None, allow_none=True)


class FundingEnd(_Strict):
    """A line that is taken away."""

    id = fields.Integer(required=True)


@dataclass(frozen=True, slots=True)
class EditableEngagement:
    """An engagement, and who wants to keep it up to date."""

    row: Row[*tuple[Any, ...]]
    actor: Actor
    policy: Policy
    today: date
    responsible: str

    def seat(self) -> Seat:
        """The seat it is kept from: an officer of the responsible body's administration, or the coordinator."""
        officer = preparing_seat(self.policy, "officer", self.responsible)
        found = next((seat for seat in (officer, coordinator_seat(self.policy)) if self.actor.holds(*seat)), None)
        if found is None:
            body = self.policy.body(officer[1])
            raise NotMandated(reason("not-appointed", role="officer", body=body.key, body_names=body.names))
        return found


def change_details(
    services: Services,
    actor_id: int,
    number: str,
    part: str,
    given: Mapping[str, Any],
    *,
    now: datetime,
    expected_version: int,
) -> int:
    """Change one part of what is kept: `partner`, `contacts`, `add-funding` or `remove-funding`; returns the new
    version of the details. Raises `NotMandated` for all but officers there and the coordinator, `CaseChanged` if late.
    """
    place = services.tenants.tenant_of(number)
    with (
        refusals_logged(services.engine, place, actor_id, number, "keep-engagement", now=now),
        writing(services.engine, place.id) as connection,
    ):
        kept = editable_engagement(services, connection, place, actor_id, number, now=now)
        if part not in _PARTS:
            raise Malformed(reason("unknown-action", action=part, field="part"))
        schema, change = _PARTS[part]
        try:
            values = dict(schema().load(clean(given)))
        except ValidationError as error:
            raise Malformed(*field_reasons(error.messages)) from None
        seat, version = kept.seat(), int(kept.row.details_version) + 1
        if kept.row.details_version != expected_version:
            raise CaseChanged(reason("details-changed", version=kept.row.details_version))
        columns, data, words = change(connection, place, kept, values)
        mine = (Engagement.municipality_id == place.id, Engagement.id == kept.row.id)
        connection.execute(update(Engagement).where(*mine).values(**columns, details_version=version))
        note(connection, place, kept, seat, part, data, words, now=now)
        return version


def editable_engagement(
    services: Services, connection: Connection, place: Tenant, actor_id: int, number: str, *, now: datetime
) -> EditableEngagement:
    """An engagement, locked until the transaction ends, and the actor; raises `NotFound`."""
    today = local_day(now, place.timezone)
    actor = load_actor(connection, place.id, actor_id, today)
    columns = (Engagement.id, Engagement.number, Engagement.responsible_body_id, Engagement.details_version)
    readable = reader_of(connection, services.policies, place, actor).may_read_engagement()
    mine = (Engagement.municipality_id == place.id, Engagement.number == number, readable)
    row = connection.execute(select(*columns).where(*mine).with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise NotFound(reason("not-found"))
    _version_id, policy = services.policies.in_force(connection, place.id, today)
    return EditableEngagement(row, actor, policy, today, place.body_keys[row.responsible_body_id])


def note(
    connection: Connection,
    place: Tenant,
    kept: EditableEngagement,
    seat: Seat,
    part: str,
    data: Mapping[str, Any],
    words: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Write a change into the journal."""
    done = Act(
        "keep-engagement",
        kept.actor.public_id,
        *seat,
        on_behalf_of=kept.actor.on_behalf_at(seat),
        policy_version=kept.policy.version,
        policy_digest=kept.policy.digest,
        data={"engagement": kept.row.number, "part": part, **data},
        words={name: text for name, text in words.items() if text},
    )
    record(connection, place.id, done, now=now)


#: Columns of the engagement to change, what the journal tells in clear, and the words it commits to.
_Change = tuple[dict[str, Any], dict[str, Any], dict[str, str]]


def _partner(_connection: Connection, _place: Tenant, _kept: EditableEngagement, values: dict[str, Any]) -> _Change:
    settle(values)
    words = {"place": values.pop("place")}
    return values, told_of(values), words


def _contacts(_connection: Connection, _place: Tenant, _kept: EditableEngagement, values: dict[str, Any]) -> _Change:
    people = [dict(person) for person in values["contacts"]]
    # whom to ask and as what; an address for mail stands in no trail
    names = "; ".join(f"{p['name']} ({p['role']})" if p["role"] else p["name"] for p in people)
    return {"contacts": people}, {"contacts": len(people)}, {"names": names}


def _add_funding(connection: Connection, place: Tenant, kept: EditableEngagement, values: dict[str, Any]) -> _Change:
    mine = (FundingLine.municipality_id == place.id, FundingLine.engagement_id == kept.row.id)
    if connection.execute(select(func.count(FundingLine.id)).where(*mine)).scalar_one() >= MOST_LINES:
        raise Malformed(reason("too-many-lines", most=MOST_LINES, field="year"))
    row = {"source": values.pop("funding_source"), **values}
    connection.execute(insert(FundingLine), {**row, "municipality_id": place.id, "engagement_id": kept.row.id})
    return {}, _line(row), {"funder": row["funder"]}


def _remove_funding(connection: Connection, place: Tenant, kept: EditableEngagement, values: dict[str, Any]) -> _Change:
    mine = (FundingLine.municipality_id == place.id, FundingLine.engagement_id == kept.row.id)
    columns = FundingLine.__table__.c
    gone = connection.execute(
        delete(FundingLine).where(*mine, FundingLine.id == values["id"]).returning(*columns)
    ).one_or_none()
    if gone is None:
        raise Malformed(reason("field-wrong", field="id", why="unknown"))
    return {}, _line(gone._asdict()), {"funder": gone.funder}


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    due: date | None = row["report_due_on"]
    known = {name: row[name] for name in ("year", "amount", "currency")}
    return known | {"funding_source": row["source"], "report_due_on": due.isoformat() if due else None}


_PARTS: Mapping[
    str, tuple[type[Schema], Callable[[Connection, Tenant, EditableEngagement, dict[str, Any]], _Change]]
] = {
    "partner": (PartnerDetails, _partner),
    "contacts": (Contacts, _contacts),
    "add-funding": (Funding, _add_funding),
    "remove-funding": (FundingEnd, _remove_funding),
}
