"""Presenter of a request while it is typed.

It has the policy in force, the register where the act needs it, the letter the request began from, the values typed so
far, and the answer as soon as the policy can be asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from models import Document
from models.database import reading
from web.auth.session import User
from web.cases import request_form
from web.cases.decision_preview import Found, Preview, from_register, preview, register_page, requested
from web.cases.request_fields import content_inputs, demands_of, origin_inputs, secrecy_inputs
from web.cases.request_form import FromRegister
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import Line, lines
from web.ui.forms import Input, Typed, filled, read
from workflow.cases.context import GivenMandate, load_mandates
from workflow.core.messages import reason
from workflow.policy.domain import acts_of
from workflow.policy.model import ACTS_ON_REGISTERED, ENGAGEMENTS, Policy

Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """A request that is being typed, and what the municipality's policy and register say of it."""

    policy: Policy
    kind: str
    act: str
    #: Bodies whose matters the officer prepares.
    bodies: tuple[str, ...]
    responsible: str
    found: FromRegister | None
    #: Engagements to choose from, one more than a page where there is more.
    register: tuple[Found, ...]
    letter: Row[Any] | None
    deciding: tuple[Input, ...]
    answer: Preview | None
    mandates: tuple[GivenMandate, ...]
    #: What must be answered before the policy can be asked.
    open_questions: tuple[Line, ...]

    @property
    def needs_register(self) -> bool:
        """Whether the act names an engagement in the register."""
        return self.act in ACTS_ON_REGISTERED


def begin(sent: Sent, user: User, *, is_typed: bool) -> Desk:
    """Read what the policy and the register say of a request as it stands."""
    here, tenant = services(), user.municipality
    today = here.today(tenant)
    kind = sent.get("engagement", "") if sent.get("engagement") in ENGAGEMENTS else ""
    act = sent.get("act", "") if kind and sent.get("act") in acts_of(kind) else ""
    with reading(here.engine, tenant.id) as db:
        _version_id, policy = here.workflow.policies.in_force(db.connection(), tenant.id, today)
        letter = _letter(db, sent.get("letter", ""))
        found = None
        if act not in ("enter", "adopt") and sent.get("engagement_number"):
            found = from_register(db, tenant, sent["engagement_number"])
            found = found if found is None or found.kind == kind else None
        rows: tuple[Found, ...] = ()
        if act and act not in ("enter", "adopt"):
            rows = register_page(db, kind, sent.get("find", "").strip(), _whole(sent.get("after", "")), today)
        desk = _asked(policy, user, sent, kind, act, found, rows, letter, is_typed=is_typed)
        if desk.answer is not None and desk.answer.is_by_mandate:
            body = tenant.body_ids[desk.answer.deciding]
            desk = replace(desk, mandates=load_mandates(db.connection(), tenant.id, body, today))
    return desk


def _asked(
    policy: Policy,
    user: User,
    sent: Sent,
    kind: str,
    act: str,
    found: FromRegister | None,
    rows: tuple[Found, ...],
    letter: Row[Any] | None,
    *,
    is_typed: bool,
) -> Desk:
    bodies = request_form.prepared_by(policy, user)
    responsible = _responsible(policy, bodies, sent, found)
    values = _begun(sent, letter)
    demanded: Any = {}
    answer = None
    questions = _questions(kind, act, bodies, sent, found)
    deciding = request_form.deciding_inputs(policy, bodies, values, found, {})
    if kind and act and not questions and responsible:
        shown = filled(deciding, sent) if is_typed else deciding
        typed = read(shown, _as_sent(shown))
        if (share := _share(typed)) is not None:
            questions = (share,)
        else:
            answer = preview(policy, requested(policy, kind, act, responsible, typed, found), responsible)
            demanded = demands_of(policy, answer.request) if answer.procedure else {}
            deciding = request_form.deciding_inputs(policy, bodies, values, found, demanded)
    if is_typed:
        deciding = filled(deciding, sent)
    return Desk(policy, kind, act, bodies, responsible, found, rows, letter, deciding, answer, (), questions)


def _questions(
    kind: str, act: str, bodies: tuple[str, ...], sent: Sent, found: FromRegister | None
) -> tuple[Line, ...]:
    """What is not answered yet and must be, before the policy can be asked."""
    lacking: list[Line] = []
    if not bodies:
        lacking.append(("", _("You prepare no body’s matters today, so you cannot ask for anything."), ()))
    if not kind:
        lacking.append(("engagement", _("Choose what it is about."), ()))
    elif not act:
        lacking.append(("act", _("Choose what is to be done."), ()))
    elif act in ACTS_ON_REGISTERED and found is None:
        lacking += lines([reason("engagement-needed", field="engagement_number")])
    return tuple(lacking)


def _share(typed: Typed) -> Line | None:
    share = typed.get("attributes.external_funding", 0)
    if isinstance(share, int) and 0 <= share <= 100:
        return None
    return ("attributes.external_funding", _("Write a whole number from 0 to 100."), ())


def _as_sent(inputs: Iterable[Input]) -> Sent:
    return MultiDict([(field.name, field.value) for field in inputs])


def _responsible(policy: Policy, bodies: tuple[str, ...], sent: Sent, found: FromRegister | None) -> str:
    if found is not None:
        return found.responsible
    if sent.get("responsible") in {body.key for body in policy.responsible_bodies()}:
        return sent["responsible"]
    return bodies[0] if bodies else ""


def _begun(sent: Sent, letter: Row[Any] | None) -> dict[str, Any]:
    """What stands in the form before anybody types: what a link or a letter brings."""
    values: dict[str, Any] = {name: value for name, value in sent.items() if value}
    values["goals"] = sent.getlist("goals")
    if letter is not None:
        told = {"title": letter.title, "partner.name": letter.correspondent, "origin": "outside"}
        values = told | {"attributes.initiative": "external"} | values
    return values


def _letter(db: Session, number: str) -> Row[Any] | None:
    """A registered letter that belongs to no case and to no engagement."""
    if not number:
        return None
    columns = (Document.id, Document.number, Document.title, Document.correspondent)
    more = (Document.direction, Document.dated_on, Document.file_name)
    alone = (Document.case_id.is_(None), Document.engagement_id.is_(None))
    query: Any = select(*columns, *more).where(Document.number == number, *alone)
    found: Row[Any] | None = db.execute(query).one_or_none()
    return found


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def telling(desk: Desk, sent: Sent, *, is_typed: bool) -> tuple[Input, ...]:
    """The rest of the request, once it is known who decides."""
    if desk.answer is None or desk.answer.procedure is None:
        return ()
    values = _begun(sent, desk.letter)
    if desk.found is not None:
        values = {"partner.name": desk.found.partner_name, "partner.country": desk.found.partner_country} | values
    inputs = (
        *content_inputs(desk.policy, desk.answer.request, desk.answer.procedure, values),
        *origin_inputs(values),
        *secrecy_inputs(values),
    )
    return filled(inputs, sent) if "title" in sent and is_typed else inputs
