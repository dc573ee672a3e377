"""Signatures of an agreement: ours, and the other party's.

The record says who signed, with whom, when, how, and the digest of exactly what was signed. A click here is not the
signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import bindparam, select

from models import Disclosure, Document, Proposal
from workflow.cases.actions.chronology import check_after_decision, check_signatures, chronology_of
from workflow.cases.actions.context import ActionContext
from workflow.cases.actions.declaration import ActionDeclaration
from workflow.cases.context import Done
from workflow.cases.payloads import LONG_TEXT, StrictSchema, name_list, text_field
from workflow.core.dates import Day, read_day
from workflow.core.errors import Malformed
from workflow.core.messages import reason
from workflow.policy.actions import COUNTERPART_AWAITED, SIGNED
from workflow.policy.request_domain import Purpose, acts_for
from workflow.trail.chronology import DECIDED_TEXT
from workflow.trail.entry import as_text, from_text

#: Acts that end an agreement.
ENDING_ACTS = acts_for(Purpose.END)
#: Texts of a signature's entry.
_NAMES = ("signatories", "counterparty")
_disclosures, _documents, _proposals = Disclosure.__table__.c, Document.__table__.c, Proposal.__table__.c
_DISCLOSED = select(_disclosures.field, _disclosures.value).where(
    _disclosures.municipality_id == bindparam("municipality"),
    _disclosures.stream == bindparam("stream"),
    _disclosures.number == bindparam("number"),
)
_DOCUMENTS = (
    select(_documents.number, _documents.digest)
    .where(_documents.municipality_id == bindparam("municipality"), _documents.case_id == bindparam("case"))
    .order_by(_documents.id)
)
_DECIDED_TEXT = select(_proposals.digest).where(
    _proposals.municipality_id == bindparam("municipality"),
    _proposals.case_id == bindparam("case"),
    _proposals.version == bindparam("version"),
)


class Signature(StrictSchema):
    """What was signed, by whom and when; a click is not the signature. What is left out is recorded as not known."""

    signatories = name_list(load_default=list)
    counterparty = text_field(load_default="")
    signed_on = Day(required=True)
    counter_signed_on = Day(allow_none=True)
    method = fields.String(validate=validate.OneOf(("paper", "electronic")), allow_none=True)
    document_digest = fields.String(validate=validate.Regexp("^[0-9a-f]{64}$"), allow_none=True)
    #: Of a document added after the decision: the number of the one it is derived from, or `decided-text`; and what
    #: differs.
    derived_from = text_field(allow_none=True)
    difference = text_field(LONG_TEXT, allow_none=True)
    notice_on = Day(allow_none=True)
    ends_on = Day(allow_none=True)


class Counterpart(StrictSchema):
    """When the other party signed, and who signed for it where that was not recorded with our own signature."""

    counter_signed_on = Day(required=True)
    counterparty = text_field()


def sign(context: ActionContext) -> None:
    """Record our signature, and the other party's where its day is known; else the agreement waits for that day.

    An agreement is in force on the later of the two days. What ends an agreement is one party's word: it waits for no
    other signature.
    """
    given = context.payload
    signed_on, counter = given["signed_on"], given.get("counter_signed_on")
    check_signatures(context, {"signed_on": signed_on} | ({"counter_signed_on": counter} if counter else {}))
    notice, ends = given.get("notice_on"), given.get("ends_on")
    check_after_decision(context, {"notice_on": notice, "ends_on": ends})
    if notice and ends and ends < notice:
        raise Malformed(reason("field-wrong", field="ends_on", why="before the notice date"))
    is_ending = context.case_context.request.act in ENDING_ACTS
    context.outcome = SIGNED if counter or is_ending else COUNTERPART_AWAITED
    context.data["outcome"] = context.outcome
    context.data["signature"] = {
        "signed_on": signed_on.isoformat(),
        "counter_signed_on": _text_of(counter),
        "in_force_on": _text_of(max(signed_on, counter or signed_on) if context.outcome == SIGNED else None),
        "method": given.get("method"),
        **_what_was_signed(context),
        "notice_on": _text_of(notice),
        "ends_on": _text_of(ends),
    }
    context.texts["signatories"] = as_text(list(given["signatories"]))
    context.texts["counterparty"] = given["counterparty"]


def record_counterpart(context: ActionContext) -> None:
    """Record the day on which the other party signed, before or after us; the later day brings it into force."""
    counter: date = context.payload["counter_signed_on"]
    check_signatures(context, {"counter_signed_on": counter})
    ours = _our_signature(context)
    signature = from_text(ours.data)["signature"]
    in_force_on = max(read_day(signature["signed_on"], "signed_on"), counter)
    days = {"counter_signed_on": counter.isoformat(), "in_force_on": in_force_on.isoformat()}
    context.data["signature"] = {**signature, **days}
    if context.payload.get("counterparty"):
        context.texts["counterparty"] = context.payload["counterparty"]


def signature_record(context: ActionContext) -> dict[str, Any]:
    """The signature that an action completes, with the names of those who signed; empty where it completes none."""
    signature: dict[str, Any] = context.data.get("signature", {})
    if not signature:
        return {}
    names = {name: context.texts[name] for name in _NAMES if name in context.texts}
    if missing := [name for name in _NAMES if name not in names]:
        given = {"municipality": context.municipality_id, "stream": context.case.number}
        rows = context.connection.execute(_DISCLOSED, {**given, "number": _our_signature(context).number})
        names |= {row.field: row.value for row in rows if row.field in missing}
    return {**signature, **names}


def _our_signature(context: ActionContext) -> Done:
    """The entry of our signature, the last of the case."""
    return next(done for done in reversed(context.case_context.history) if done.action == "sign")


def _text_of(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _what_was_signed(context: ActionContext) -> dict[str, Any]:
    """The document signed: the text that was decided on, one that was before the body, or one derived from it."""
    case, digest = context.case, context.payload.get("document_digest")
    owned = {"municipality": context.municipality_id, "case": case.id}
    decided = context.connection.execute(
        _DECIDED_TEXT, {**owned, "version": case.proposal_version}
    ).scalar_one_or_none()
    is_text = digest in (None, decided)
    rows = () if is_text else context.connection.execute(_DOCUMENTS, owned)
    documents = {row.number: row.digest for row in rows}
    signed = DECIDED_TEXT if is_text else _first_with(documents, digest)
    if signed is None or (signed == DECIDED_TEXT and decided is None):
        raise Malformed(reason("unknown-document", field="document_digest"))
    found = {"digest": decided if signed == DECIDED_TEXT else digest, "signed": signed}
    origin, chronology = context.payload.get("derived_from"), chronology_of(context)
    if chronology.was_before_the_body(signed):
        if origin:
            raise Malformed(reason("document-not-derived", field="derived_from"))
        return found
    if not origin:
        raise Malformed(reason("signed-document-late", field="derived_from", document=signed))
    if not chronology.was_before_the_body(origin):
        raise Malformed(reason("origin-late" if origin in documents else "unknown-origin", field="derived_from"))
    if not context.payload.get("difference"):
        raise Malformed(reason("field-missing", field="difference"))
    context.texts["difference"] = context.payload["difference"]
    of_origin = decided if origin == DECIDED_TEXT else documents[origin]
    return {**found, "derived_from": origin, "derived_from_digest": of_origin}


def _first_with(documents: Mapping[str, str], digest: str | None) -> str | None:
    """The number of the first document with a digest."""
    return next((number for number, of_document in documents.items() if of_document == digest), None)


DECLARATIONS = (
    ActionDeclaration("sign", Signature, sign),
    ActionDeclaration("record-counterpart", Counterpart, record_counterpart),
)
