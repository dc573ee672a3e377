"""Labels of the facts that trail entries record in clear.

Codes, dates and opaque ids become labels, dates in the reader's format and names of people. A fact without a label is
shown as recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.admin import change_labels, mail_labels
from web.audit.queries import TrailRow
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from web.i18n.tables import Table, label_or_code
from web.register import details_labels, import_labels
from web.register import labels as register_labels
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS
from workflow.trail.chronology import DECIDED_TEXT

#: A label and its value.
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class LabelSource:
    """Sources of labels: the municipality, the policy version, and people by opaque id."""

    tenant: Tenant
    policy: Policy
    names: Mapping[str, str]

    def body(self, key: object) -> str:
        """The name of a body."""
        return labels.body_name(self.tenant, str(key))

    def bodies(self, keys: object) -> str:
        """The names of several bodies."""
        return ", ".join(self.body(key) for key in keys) if isinstance(keys, list) else ""

    def seated(self, ids: Mapping[str, list[str]]) -> str:
        """The names of those who sat in a body, whoever chaired first."""
        everybody = dict.fromkeys(one for role in sorted(ids) for one in ids[role])
        return ", ".join(self.person(one) for one in everybody)

    def person(self, public_id: object) -> str:
        """The name of a person; the opaque id where it is unknown."""
        return self.names.get(str(public_id), str(public_id))


def facts(entry: TrailRow, source: LabelSource) -> tuple[Fact, ...]:
    """The facts of an entry in reading order."""
    return tuple(fact for fact in _facts(entry.data, source) if fact[1])


def _facts(data: Mapping[str, Any], source: LabelSource) -> Iterator[Fact]:
    for name, value in sorted(data.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER))):
        if name in _HIDDEN or value in (None, "", []):
            continue
        if name in ("request", "request_changed", "signature") and isinstance(value, dict):
            yield from _facts(value, source)
            if name == "signature" and value.get("counter_signed_on") is None:
                yield labels.field_label("counter_signed_on"), _("Not known")
        elif name == "engagement" and value not in ENGAGEMENTS:
            yield _("In the register"), str(value)
        elif name in _FACTS:
            message, formatted = _FACTS[name]
            yield _(message) if message else labels.field_label(name), formatted(source, value)
        else:
            yield labels.field_label(name), plain(value)


#: Facts that are shown elsewhere on the page, or follow from others.
_HIDDEN = (
    "committed",
    "outcome",
    "record",
    "returned",
    "engagement_version",
    "register_version",
    "responsible_kind",
    "proposal_version",
    "row",
    "route",
    "digest",
    "derived_from_digest",
    "in_place_of_chair",
    "password",
    "substitution",
    "ruling",
    "assumption",
    "waits",
    "words",
)


def _text(_source: LabelSource, value: Any) -> str:
    return str(value)


def _date_of(_source: LabelSource, value: Any) -> str:
    return _date(value)


def _yes_or_no(_source: LabelSource, value: Any) -> str:
    return _yes(value)


#: Label and formatter of a fact by its name; an empty label means the field's own (`web.i18n.labels.field_label`).
_FACTS: Mapping[str, tuple[str, Callable[[LabelSource, Any], str]]] = {
    "engagement": (N_("Engagement"), lambda r, v: labels.kind_label(r.policy, str(v))),
    "kind": (N_("Of what kind"), lambda r, v: _kind(r, str(v))),
    "subject": (N_("What waits"), _text),
    "evaluation": (N_("Evaluation"), _text),
    "proposes": (N_("Proposed"), lambda _r, v: labels.evaluation_outcome(str(v))),
    "worth": (N_("Value against cost"), lambda _r, v: labels.worth_label(str(v))),
    "case": (N_("Case"), _text),
    "opens": (N_("Opened to end it"), _text),
    "cycle": (N_("Last day number"), _text),
    "rung": (N_("Rung"), lambda _r, v: str(int(v) + 1)),
    "due_on": (N_("Last day"), _date_of),
    "told": (N_("Told"), lambda r, v: "; ".join(_seat(r, str(one)) for one in v)),
    "from": (N_("Last day before"), _date_of),
    "until": (N_("New last day"), _date_of),
    "due": (N_("Planned"), lambda _r, v: "; ".join(_due(str(name), day) for name, day in v.items())),
    "cancelled": (N_("Cancelled"), lambda _r, v: ", ".join(str(number) for number in v)),
    "act": (N_("What is asked"), lambda _r, v: labels.act_label(str(v))),
    "responsible": (N_("Responsible body"), LabelSource.body),
    "scope": (N_("Whom it concerns"), lambda _r, v: labels.scope_label(str(v))),
    "initiative": (N_("Initiative"), lambda _r, v: labels.initiative_label(str(v))),
    "principal": (N_("Matter of principle"), _yes_or_no),
    "named_nordic_twin": (N_("Named Nordic twin town"), _yes_or_no),
    "eu_funded": (N_("Paid by the EU"), _yes_or_no),
    "external_funding": (N_("Paid by others"), lambda _r, v: f"{v} %"),
    "decides": (N_("Decided by"), lambda _r, v: labels.body_kind_label(str(v))),
    "goals": (N_("Goals"), lambda r, v: "; ".join(labels.goal_label(r.policy, str(goal)) for goal in v)),
    "origin": (N_("Where it comes from"), lambda _r, v: labels.origin_label(str(v))),
    "external_number": (N_("Number elsewhere"), _text),
    "body": (N_("Body"), LabelSource.body),
    "from_body": (N_("Given by"), LabelSource.body),
    "to_body": (N_("Given to"), LabelSource.body),
    "asked": (N_("Asked for an opinion"), LabelSource.bodies),
    "silent": (N_("Gave no opinion"), LabelSource.bodies),
    "seated": ("", LabelSource.seated),
    "proposal": (N_("The body proposes"), lambda _r, v: labels.proposal_label(str(v))),
    "meeting_date": (N_("Meeting"), _date_of),
    "paragraph": (N_("Paragraph"), _text),
    "members": (N_("Members that day"), _text),
    "present": (N_("Took part"), _text),
    "for": (N_("Votes for"), _text),
    "against": (N_("Votes against"), _text),
    "abstained": (N_("Abstentions"), _text),
    "casting_vote": (
        N_("Casting vote"),
        lambda _r, v: label_or_code(CASTING_VOTES, str(v)),
    ),
    "conflicts": (N_("Conflicts of interest"), _text),
    "mandate": (N_("Mandate"), _text),
    "officer": (N_("Now with"), LabelSource.person),
    "person": (N_("Person"), LabelSource.person),
    "substitute": (N_("Stands in"), LabelSource.person),
    "role": (N_("Role"), lambda _r, v: labels.role_label(str(v))),
    "appointment": (N_("Appointment"), _text),
    "engagements": (
        N_("Kinds of engagement"),
        lambda r, v: ", ".join(labels.kind_label(r.policy, str(kind)) for kind in v),
    ),
    "acts": (N_("What may be decided"), lambda _r, v: ", ".join(labels.act_label(str(act)) for act in v)),
    "document": (N_("Document"), _text),
    "media_type": (N_("File"), lambda _r, v: labels.file_type(str(v))),
    "size": (N_("Size"), lambda _r, v: labels.file_size(int(v))),
    "direction": (N_("Direction"), lambda _r, v: labels.direction_label(str(v))),
    "method": (
        N_("How it was signed"),
        lambda _r, v: label_or_code(register_labels.SIGNATURE_METHODS, str(v)),
    ),
    "signed": (
        N_("What was signed"),
        lambda _r, v: _("The text decided on") if v == DECIDED_TEXT else str(v),
    ),
    "counter_signed_on": ("", _date_of),
    "derived_from": ("", lambda _r, v: _("The text decided on") if v == DECIDED_TEXT else str(v)),
    "in_force_on": (N_("In force since"), _date_of),
    "valid_from": (N_("In force from"), _date_of),
    "valid_to": (N_("In force to"), _date_of),
    "governs_from": (N_("Governs from"), _date_of),
    "basis": (N_("Rests on"), lambda _r, v: label_or_code(ACTIVATION_BASES, str(v))),
    "from_policy": (N_("Version before"), _text),
    "status": (N_("Status"), lambda _r, v: label_or_code(POLICY_STATUSES, str(v))),
    "is_active": (N_("Active"), _yes_or_no),
    "changed": (N_("Changed"), lambda _r, v: ", ".join(labels.field_label(str(name)) for name in v)),
    "change": (N_("Proposal"), _text),
    "proposed_change": (N_("What is proposed"), lambda _r, v: change_labels.kind_label(str(v))),
    "proposed_by": (N_("Proposed by"), LabelSource.person),
    "way": (N_("How the link went"), lambda _r, v: label_or_code(LINK_WAYS, str(v))),
    "tokens": (N_("Tokens ended"), _text),
    "calendars": (N_("Calendar addresses ended"), _text),
    "invitations": (N_("Earlier invitations ended"), _text),
    "has_address": (N_("Has an address now"), _yes_or_no),
    "again": (N_("Another link for the same person"), _yes_or_no),
    "erased": (N_("Number of the erased person"), _text),
    "mail_wanted": ("", lambda _r, v: mail_labels.frequency(str(v))),
    "language": ("", lambda _r, v: LANGUAGES.get(str(v), str(v))),
    "mail": (N_("Mail"), _text),
    "was": (N_("Before"), lambda _r, v: mail_labels.state(str(v))),
    "replaces": (N_("Replaces an older one"), _yes_or_no),
    "part": (N_("What was changed"), lambda _r, v: label_or_code(DETAIL_CHANGES, str(v))),
    "partner_kind": (N_("What the partner is"), lambda _r, v: details_labels.partner_kind(str(v))),
    "funding_source": (N_("Whose money it is"), lambda _r, v: details_labels.funding_source(str(v))),
    "assumed": (N_("The assumption"), lambda _r, v: labels.pack_text(str(v))),
    "reads": (N_("Clauses it reads"), lambda _r, v: ", ".join(str(clause) for clause in v)),
    "list": (N_("What became of the list"), lambda _r, v: import_labels.state(str(v))),
}
LINK_WAYS: Table = {
    "mail": N_("By mail to the person"),
    "shown": N_("Shown once to whoever confirmed it, or to the command line"),
}
CASTING_VOTES: Table = {"for": N_("For"), "against": N_("Against")}
ACTIVATION_BASES: Table = {
    "founding": N_("nothing governed before"),
    "decision": N_("a decision of the competent body"),
    "reading": N_("a new reading of the same document"),
}
#: Position of a fact among the others; a request's facts come first.
_ORDER = {
    name: position
    for position, name in enumerate(("request", "request_changed", *_FACTS, "for", "against", "abstained"))
}
DETAIL_CHANGES: Table = {
    "partner": N_("The partner’s details"),
    "contacts": N_("Contact persons"),
    "add-funding": N_("A line of funding was added"),
    "remove-funding": N_("A line of funding was taken away"),
    "document": N_("A document was added"),
}
POLICY_STATUSES: Table = {
    "adopted": N_("Adopted"),
    "proposed": N_("Proposed, not adopted"),
    "law": N_("The country’s law alone"),
}


def _kind(source: LabelSource, kind: str) -> str:
    """The kind of an engagement, or of what waits with a last day."""
    return labels.kind_label(source.policy, kind) if kind in ENGAGEMENTS else labels.duty_label(kind)


def _seat(source: LabelSource, token: str) -> str:
    """A `ROLE@BODY` of the trail."""
    role, _at, body = token.partition("@")
    return f"{labels.role_label(role)}, {source.body(body)}"


def _due(name: str, day: object) -> str:
    """A planned deadline and its date."""
    kind, _space, number = name.partition(" ")
    return f"{labels.duty_label(kind)} {number}: {_date(day)}"


def _yes(value: object) -> str:
    return _("Yes") if value else _("No")


def plain(value: object) -> str:
    """A value without a label of its own: lists on one line, dates in the reader's format."""
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return _date(value) if isinstance(value, str) else str(value)


def _date(value: object) -> str:
    """A date in the reader's format; another text unchanged."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return str(labels.day(day)) if day.year > 1 else _("any time")
