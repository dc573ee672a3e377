"""How do the answers of the API look?

Schemas for the OpenAPI document. The answers themselves are built elsewhere; tests hold every one of them against what
stands here.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from web.api.problems import Told
from web.register.queries import STATUSES
from workflow.policy.attribute_fields import attribute_field
from workflow.policy.request_domain import ALL_ACTS, ATTRIBUTES, ENGAGEMENTS, FACTS, REGISTERED
from workflow.policy.vocabulary import BODY_KINDS, RESPONSIBLE_KINDS, STEPS
from workflow.register.details import SOURCES
from workflow.register.details_schema import PARTNER_KINDS


def _text(says: str = "", **options: Any) -> fields.String:
    return fields.String(required=True, metadata={"description": says} if says else {}, **options)


def _maybe(says: str = "") -> fields.String:
    return _text(says, allow_none=True)


def _many(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


_CLAUSES = fields.List(fields.String(), required=True, metadata={"description": "Ids of clauses."})
_KINDS = validate.OneOf(BODY_KINDS)


def _attribute(name: str) -> fields.Field[Any]:
    said = ATTRIBUTES[name].description
    return attribute_field(ATTRIBUTES[name], required=True, metadata={"description": said} if said else {})


#: What a case is judged by.
AttributesTold = Schema.from_dict({name: _attribute(name) for name in FACTS}, name="AttributesTold")


class AskedAttributes(AttributesTold):  # type: ignore[misc, valid-type]
    """What a question is judged by."""

    responsible = _text("Kind of the responsible body.", validate=validate.OneOf(RESPONSIBLE_KINDS))


class Stop(Schema):
    """One step of a way."""

    step = _text(validate=validate.OneOf(STEPS))
    state = _text("The state of a case that is here.")
    by = _text("A kind of body, `responsible`, or ROLE@BODY.")
    body_key = _maybe("Null in a consultation, where several are asked.")
    body_name = _text("What the municipality calls it.")
    within = _maybe("Time allowed: `N days` or `N workdays`.")
    clauses = _CLAUSES
    assumed = _maybe("Why the step goes further than the document.")


class TravelledStop(Stop):
    """One step of a case's way."""

    done = fields.Boolean(required=True)
    current = fields.Boolean(required=True)


class Demand(Schema):
    """What must be there before a step."""

    id = _text()
    field = _text("Where it is told: in `fields`, `goals`, or `attributes` for `initiative`.")
    before = _text(validate=validate.OneOf(STEPS))
    clauses = _CLAUSES
    assumed = fields.Boolean(required=True)
    options = fields.List(fields.String(), metadata={"description": "Goals of which one is needed."})


class CheckedDemand(Demand):
    """What must be there before a step of a case, and whether it is."""

    met = fields.Boolean(required=True)


class RulingTold(Schema):
    """What the municipality says of one assumption."""

    assumption = _text("As it stands in `assumptions`.")
    verdict = _text(
        "`open` until somebody has ruled on it.", validate=validate.OneOf(("open", "confirmed", "rejected"))
    )
    by = _maybe("Who recorded it.")
    at = _maybe("When, an instant in UTC.")
    note = _text("On whose word, or why not; empty while it is open.")


class WhoDecides(Schema):
    """Who decides a request, on which way and by which clause; or the clause that forbids it."""

    municipality = _text()
    policy_version = _text()
    engagement = _text(validate=validate.OneOf(ENGAGEMENTS))
    act = _text(validate=validate.OneOf(ALL_ACTS))
    responsible = _text("Key of the responsible body.")
    attributes = fields.Nested(AskedAttributes, required=True)
    outcome = _text(validate=validate.OneOf(("decided", "refused")))
    body = _maybe("Kind of the deciding body.")
    body_key = _maybe()
    body_name = _maybe()
    route = _many(Stop)
    requirements = _many(Demand)
    clauses = _CLAUSES
    assumed = fields.Boolean(required=True)
    assumptions = fields.List(fields.String(), required=True)
    rulings = _many(RulingTold)


class CaseHead(Schema):
    """What a list tells of a case."""

    number = _text("URL-safe and unique, like `orebro-2026-00012`.")
    external_number = _text()
    title = _text()
    municipality = _text()
    engagement = _text(validate=validate.OneOf(ENGAGEMENTS))
    act = _text(validate=validate.OneOf(ALL_ACTS))
    responsible = _text("Key of the responsible body.")
    state = _text()
    outcome = _maybe("approved, noted, rejected, withdrawn or not-raised, once it is final.")
    version = fields.Integer(required=True, metadata={"description": "Number of entries in its trail."})
    body_kind = _text("Kind of the deciding body.", validate=_KINDS)
    body_key = _text("The deciding body.")
    body_name = _text()
    due_on = fields.Date(required=True, allow_none=True)
    opened_at = fields.DateTime(required=True)
    changed_at = fields.DateTime(required=True)
    example = fields.Boolean(required=True, metadata={"description": "Made up for the demo."})


class WaitsFor(Schema):
    """Whose turn it is."""

    role = _text()
    body_key = _text()
    person = fields.String(metadata={"description": "User name, where it waits for one person."})


class PartnerTold(Schema):
    """With whom."""

    name = _text()
    country = _text()


class SecrecyTold(Schema):
    """The law a case is kept secret under, and a note."""

    law = _text()
    note = _text()


class ProposalTold(Schema):
    """The text as it stands."""

    version = fields.Integer(required=True)
    text = _text()
    digest = _text("SHA-256 of the text in NFC and UTF-8.")


class DocumentTold(Schema):
    """A registered document."""

    number = _text()
    title = _text()
    direction = _text(validate=validate.OneOf(("incoming", "outgoing", "drawn-up")))
    correspondent = _text()
    file_name = _text()
    media_type = _text()
    size = fields.Integer(required=True, metadata={"description": "Bytes."})
    digest = _text("SHA-256 of the content.")
    dated_on = fields.Date(required=True)
    registered_at = fields.DateTime(required=True)


class DecisionTold(Schema):
    """What a body recommended or decided."""

    body_key = _text()
    body_name = _text()
    step = _text("The state it was taken in.")
    state = _text(validate=validate.OneOf(("entered", "confirmed", "replaced")))
    outcome = _text()
    proposal = _text()
    text = _text()
    decided_on = fields.Date(required=True)
    paragraph = _text()
    members = fields.Integer(required=True, allow_none=True)
    present = fields.Integer(required=True, allow_none=True)
    votes_for = fields.Integer(required=True, allow_none=True, data_key="for")
    against = fields.Integer(required=True, allow_none=True)
    abstained = fields.Integer(required=True, allow_none=True)
    casting_vote = _text()
    conflicts = fields.List(fields.String(), required=True)
    reason = _text()
    entered_by = _text()
    entered_at = fields.DateTime(required=True)
    confirmed_by = _maybe()
    confirmed_at = fields.DateTime(required=True, allow_none=True)
    mandate = _maybe("Reference of the mandate used.")
    clauses = _CLAUSES


class AvailableAction(Schema):
    """An action that is open where the case is, and whether the caller may take it."""

    action = _text()
    allowed = fields.Boolean(required=True)
    reasons = _many(Told)
    clauses = _CLAUSES


class CaseTold(CaseHead):
    """A case, as the caller may see it."""

    attributes = fields.Nested(AttributesTold, required=True)
    waits_for = fields.Nested(WaitsFor, required=True, allow_none=True)
    route = _many(TravelledStop)
    requirements = _many(CheckedDemand)
    clauses = _CLAUSES
    assumptions = fields.List(fields.String(), required=True)
    policy_version = _text()
    policy_digest = _text()
    origin = _text()
    officer = _text()
    opened_by = _text()
    partner = fields.Nested(PartnerTold, required=True)
    fields_ = fields.Dict(required=True, data_key="fields")
    goals = fields.List(fields.String(), required=True)
    engagements = fields.List(
        fields.String(), required=True, metadata={"description": "Numbers it concerns or entered in the register."}
    )
    secrecy = fields.Nested(SecrecyTold, required=True)
    postponements = fields.Integer(required=True)
    closed_at = fields.DateTime(required=True, allow_none=True)
    proposal = fields.Nested(ProposalTold, required=True, allow_none=True)
    documents = _many(DocumentTold)
    decisions = _many(DecisionTold)
    available_actions = _many(AvailableAction)
    members = fields.Integer(metadata={"description": "Members today of the body whose turn it is."})
    quorum = fields.Integer(metadata={"description": "How many of them must take part."})


class CaseList(Schema):
    """A page of cases."""

    items = _many(CaseHead)
    next = _maybe("Address of the next page.")


class EntryTold(Schema):
    """One entry of a trail."""

    number = fields.Integer(required=True)
    at = _text()
    actor = _text("Opaque id of the person.")
    actor_role = _text()
    actor_body = _text()
    on_behalf_of = _text()
    mandate = _text()
    action = _text()
    from_state = _text()
    to_state = _text()
    policy_version = _text()
    policy_digest = _text()
    clauses = _CLAUSES
    data = fields.Dict(required=True)
    previous_hash = _text()
    canonical = _text("RFC 8785 JSON of everything above, as it was hashed.")
    hash = _text("SHA-256(0x00 ‖ canonical), hexadecimal.")
    words = fields.Dict(
        required=True, metadata={"description": "By field: salt and value behind each of data.committed."}
    )


class TrailTold(Schema):
    """The trail of a case."""

    case = _text()
    version = fields.Integer(required=True)
    head_hash = _text()
    entries = _many(EntryTold)


class EngagementHead(Schema.from_dict({name: _attribute(name) for name in REGISTERED})):  # type: ignore[misc]
    """What a list tells of an engagement."""

    number = _text()
    kind = _text(validate=validate.OneOf(ENGAGEMENTS))
    title = _text()
    status = _text(validate=validate.OneOf(("active", "noted", "ended")))
    municipality = _text()
    partner = fields.Nested(PartnerTold, required=True)
    responsible = _text("Key of the responsible body.")
    starts_on = fields.Date(required=True, allow_none=True)
    ends_on = fields.Date(required=True, allow_none=True)
    standing = _text("What it is today by its dates.", validate=validate.OneOf(STATUSES))
    partner_kind = _text("Empty where nobody has said.", validate=validate.OneOf(("", *PARTNER_KINDS)))
    latitude = fields.Float(required=True, allow_none=True, metadata={"description": "Degrees north (WGS 84)."})
    longitude = fields.Float(required=True, allow_none=True, metadata={"description": "Degrees east."})
    participants = fields.Integer(required=True, allow_none=True)
    example = fields.Boolean(required=True)


class FundingTold(Schema):
    """Money for one year from one source."""

    year = fields.Integer(required=True)
    source = _text(validate=validate.OneOf(SOURCES))
    funder = _text("Who pays, or the programme's name.")
    amount = fields.Integer(required=True, metadata={"description": "Whole units of the currency."})
    currency = _text("ISO 4217.")
    report_due_on = fields.Date(required=True, allow_none=True)


class EvaluationTold(Schema):
    """An evaluation of an engagement."""

    rule = _text()
    state = _text()
    due_on = fields.Date(required=True)


class EvaluationHead(Schema):
    """What a list tells of an evaluation."""

    number = _text("URL-safe and unique, like `orebro-v-00012`.")
    municipality = _text()
    engagement_number = _text("What is evaluated.")
    engagement = _text(validate=validate.OneOf(ENGAGEMENTS))
    title = _text()
    responsible = _text("Key of the responsible body.")
    rule = _text("Id of the policy's rule that asks for it.")
    state = _text(validate=validate.OneOf(("pending", "under-way", "reported", "decided", "cancelled")))
    due_on = fields.Date(required=True)
    late = fields.Boolean(required=True, metadata={"description": "It should have been reported by now."})
    reports = fields.Nested(
        WaitsFor, required=True, allow_none=True, metadata={"description": "The seat that reports."}
    )
    proposes = _maybe("continue, renegotiate or terminate: what the report proposes.")
    outcome = _maybe("continue, renegotiate or terminate: what the competent body decided.")
    decided_in = _maybe("Number of the case in which it is, or was, decided.")
    version = fields.Integer(required=True, metadata={"description": "Number of entries in its trail."})
    example = fields.Boolean(required=True, metadata={"description": "Made up for the demo."})


class QuestionTold(Schema):
    """A question that the policy asks."""

    key = _text("Where its answer stands in the payload's `answers`.")
    names = fields.Dict(required=True, metadata={"description": "By language."})


class EvaluationInFull(EvaluationHead):
    """An evaluation, as the caller may see it."""

    clauses = _CLAUSES
    assumed = _maybe("Why the rule goes further than the document.")
    weighs_value = fields.Boolean(required=True, metadata={"description": "Whether value is weighed against cost."})
    questions = _many(QuestionTold)
    policy_version = _text()
    report = fields.Dict(required=True, metadata={"description": "Answers, worth and reasons; empty before."})
    reported_by = _maybe("User name.")
    reported_on = fields.Date(required=True, allow_none=True)
    decided_on = fields.Date(required=True, allow_none=True)
    deadline_open = fields.Boolean(required=True, metadata={"description": "Whether reminders may still be raised."})
    available_actions = _many(AvailableAction)


class EvaluationList(Schema):
    """A page of evaluations."""

    items = _many(EvaluationHead)
    next = _maybe("Address of the next page.")


class EngagementTold(EngagementHead):
    """An engagement in the register."""

    goals = fields.List(fields.String(), required=True)
    fields_ = fields.Dict(required=True, data_key="fields")
    notice_on = fields.Date(required=True, allow_none=True)
    signature = fields.Dict(required=True)
    origin = _text(validate=validate.OneOf(("case", "register")))
    source = _text("What an engagement from before rests on.")
    entered_by = _maybe("Number of the case.")
    changed_by = _maybe("Number of the case.")
    evaluations = _many(EvaluationTold)
    details_version = fields.Integer(required=True, metadata={"description": "How often its details were changed."})
    funding = _many(FundingTold)


class EngagementList(Schema):
    """A page of engagements."""

    items = _many(EngagementHead)
    next = _maybe("Address of the next page.")
