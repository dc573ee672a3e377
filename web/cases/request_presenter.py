"""Presenter of a request while it is typed.

It has the policy in force, the register where the act needs it, the letter the request began from, the values typed so
far, and the answer as soon as there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row
from werkzeug.datastructures import MultiDict

from models.database import reading
from web.auth.session import User
from web.cases import request_forms
from web.cases.request_forms import FromRegister, content_inputs, demands_of, origin_inputs, secrecy_inputs
from web.cases.request_preview import Preview, preview, requested
from web.cases.request_queries import OLDEST_FIRST, Found, from_register, letter_of, register_page
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from web.ui.forms import Input, Typed, filled, read
from workflow.cases.context import GivenMandate, load_mandates
from workflow.cases.secrecy import reader_of
from workflow.core.messages import reason
from workflow.policy.model import Policy
from workflow.policy.request_domain import ACTS_ON_REGISTERED, ENGAGEMENTS, Purpose, acts_for, acts_of

Sent = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class RequestPage:
    """A request that is being typed, with the answers of the municipality's policy and register."""

    policy: Policy
    kind: str
    act: str
    #: Bodies whose matters the officer prepares.
    bodies: tuple[str, ...]
    responsible: str
    found: FromRegister | None
    #: Engagements to choose from, and the cursor of the next page.
    register: Sequence[Found]
    more_after: str
    letter: Row[Any] | None
    deciding: tuple[Input, ...]
    answer: Preview | None
    mandates: tuple[GivenMandate, ...]
    #: What must be answered before the policy can answer.
    open_questions: tuple[FormError, ...]

    @property
    def needs_register(self) -> bool:
        """Whether the act names an engagement in the register."""
        return self.act in ACTS_ON_REGISTERED


def load(sent: Sent, user: User, *, is_typed: bool) -> RequestPage:
    """Read what the policy and the register say of a request as it stands."""
    here, tenant = services(), user.municipality
    today = here.today(tenant)
    kind, act = kind_and_act(sent)
    with reading(here.engine, tenant.id) as db:
        _version_id, policy = here.workflow.policies.in_force(db.connection(), tenant.id, today)
        letter = letter_of(db, sent.get("letter", ""))
        found = chosen_engagement(db.connection(), user, policy, sent, kind, act)
        rows: tuple[Sequence[Found], str] = ((), "")
        if act and act not in acts_for(Purpose.BEGIN):
            reader = reader_of(db, here.workflow.policies, tenant, user)
            after = OLDEST_FIRST.read_or_first(sent.get("after", ""))
            rows = register_page(db, reader, kind, sent.get("find", "").strip(), after, today)
        page = _answered(policy, user, sent, kind, act, found, rows, letter, today, is_typed=is_typed)
        if page.answer is not None and page.answer.is_by_mandate:
            body = tenant.body_ids[page.answer.deciding]
            page = replace(page, mandates=load_mandates(db.connection(), tenant.id, body, today))
    return page


def kind_and_act(sent: Sent) -> tuple[str, str]:
    """Kind and act as chosen; empty where there is no such choice."""
    kind = sent.get("engagement", "") if sent.get("engagement") in ENGAGEMENTS else ""
    return kind, sent.get("act", "") if kind and sent.get("act") in acts_of(kind) else ""


def chosen_engagement(
    connection: Connection, user: User, policy: Policy, sent: Sent, kind: str, act: str
) -> FromRegister | None:
    """The engagement of the register that a request is about; None where it names none of its kind."""
    if act in ("enter", "adopt") or not sent.get("engagement_number"):
        return None
    tenant = user.municipality
    reader = reader_of(connection, services().workflow.policies, tenant, user)
    found = from_register(connection, tenant, reader, policy, sent["engagement_number"])
    return found if found is not None and found.kind == kind else None


def _answered(
    policy: Policy,
    user: User,
    sent: Sent,
    kind: str,
    act: str,
    found: FromRegister | None,
    rows: tuple[Sequence[Found], str],
    letter: Row[Any] | None,
    today: date,
    *,
    is_typed: bool,
) -> RequestPage:
    bodies = request_forms.prepared_by(policy, user)
    responsible = responsible_body(policy, bodies, sent, found)
    values = _initial_values(sent, letter)
    demanded: Any = {}
    answer = None
    questions = open_questions(kind, act, bodies, found)
    deciding = request_forms.deciding_inputs(policy, bodies, values, found, {})
    if kind and act and not questions and responsible:
        shown = filled(deciding, sent) if is_typed else deciding
        typed = read(shown, _as_sent(shown))
        if (share := wrong_share(typed)) is not None:
            questions = (share,)
        else:
            answer = preview(policy, requested(policy, kind, act, responsible, typed, found), responsible, today)
            demanded = demands_of(policy, answer.request) if answer.procedure else {}
            deciding = request_forms.deciding_inputs(policy, bodies, values, found, demanded)
    if is_typed:
        deciding = filled(deciding, sent)
    return RequestPage(policy, kind, act, bodies, responsible, found, *rows, letter, deciding, answer, (), questions)


def open_questions(kind: str, act: str, bodies: tuple[str, ...], found: FromRegister | None) -> tuple[FormError, ...]:
    """What must still be answered before the policy can answer."""
    lacking: list[FormError] = []
    if not bodies:
        lacking.append(("", _("You prepare no body’s matters today, so you cannot ask for anything."), ()))
    if not kind:
        lacking.append(("engagement", _("Choose what it is about."), ()))
    elif not act:
        lacking.append(("act", _("Choose what is to be done."), ()))
    elif act in ACTS_ON_REGISTERED and found is None:
        lacking += form_errors([reason("engagement-needed", field="engagement_number")])
    return tuple(lacking)


def wrong_share(typed: Typed) -> FormError | None:
    """The error of a share of funding that is no percentage."""
    share = typed.get("attributes.external_funding", 0)
    if isinstance(share, int) and 0 <= share <= 100:
        return None
    return ("attributes.external_funding", _("Write a whole number from 0 to 100."), ())


def _as_sent(inputs: Iterable[Input]) -> Sent:
    return MultiDict([(field.name, field.value) for field in inputs])


def responsible_body(policy: Policy, bodies: tuple[str, ...], sent: Sent, found: FromRegister | None) -> str:
    """The body whose matter it is: the register's, the one chosen, or the first that the officer prepares for."""
    if found is not None:
        return found.responsible
    if sent.get("responsible") in {body.key for body in policy.responsible_bodies()}:
        return sent["responsible"]
    return bodies[0] if bodies else ""


def _initial_values(sent: Sent, letter: Row[Any] | None) -> dict[str, Any]:
    """Values the form begins with: those of a link or a letter."""
    values: dict[str, Any] = {name: value for name, value in sent.items() if value}
    values["goals"] = sent.getlist("goals")
    if letter is not None:
        of_letter = {"title": letter.title, "partner.name": letter.correspondent, "origin": "outside"}
        values = of_letter | {"attributes.initiative": "external"} | values
    return values


def content(page: RequestPage, sent: Sent, *, is_typed: bool) -> tuple[Input, ...]:
    """Inputs for the rest of the request, once it is known who decides."""
    if page.answer is None or page.answer.procedure is None:
        return ()
    values = _initial_values(sent, page.letter)
    if page.found is not None:
        values = {"partner.name": page.found.partner_name, "partner.country": page.found.partner_country} | values
    inputs = (
        *content_inputs(page.policy, page.answer.request, page.answer.procedure, values),
        *origin_inputs(values),
        *secrecy_inputs(values),
    )
    return filled(inputs, sent) if "title" in sent and is_typed else inputs
