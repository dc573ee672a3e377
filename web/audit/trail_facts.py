"""Which facts did an entry of the trail record in clear, and what are they called?

Codes, days and numbers become the reader's words, opaque ids the names of people. What has no words of ours is shown as
it was recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from web.admin import mail_labels
from web.audit.queries import Entry
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from web.register import details_labels, import_labels
from workflow.core.tenants import Tenant
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS

#: One fact: what it is called, and what it is.
Fact = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose words are used: the municipality, the policy version, and the names behind opaque ids."""

    tenant: Tenant
    policy: Policy
    names: Mapping[str, str]

    def body(self, key: object) -> str:
        """What a body is called."""
        return labels.body_name(self.tenant, str(key))

    def bodies(self, keys: object) -> str:
        """What several bodies are called."""
        return ", ".join(self.body(key) for key in keys) if isinstance(keys, list) else ""

    def person(self, public_id: object) -> str:
        """What a person is called; the opaque id where nobody bears it."""
        return self.names.get(str(public_id), str(public_id))


def facts(entry: Entry, reader: Reader) -> tuple[Fact, ...]:
    """The facts of an entry in reading order."""
    return tuple(fact for fact in _facts(entry.data, reader) if fact[1])


def _facts(data: Mapping[str, Any], reader: Reader) -> Iterator[Fact]:
    for name, value in sorted(data.items(), key=lambda item: _ORDER.get(item[0], len(_ORDER))):
        if name in _SILENT or value in (None, "", []):
            continue
        if name in ("request", "request_changed", "signature") and isinstance(value, dict):
            yield from _facts(value, reader)
        elif name == "engagement" and value not in ENGAGEMENTS:
            yield _("In the register"), str(value)
        elif name in _FACTS:
            label, shown = _FACTS[name]
            yield label(), shown(reader, value)
        else:
            yield labels.field_label(name), plain(value)


#: Told elsewhere on the page, or the shadow of something told.
_SILENT = (
    "committed",
    "outcome",
    "record",
    "responsible_kind",
    "proposal_version",
    "row",
    "route",
    "digest",
    "password",
    "substitution",
    "ruling",
    "assumption",
    "waits",
)

_Label = Callable[[], str]
_FACTS: Mapping[str, tuple[_Label, Callable[[Reader, Any], str]]] = {
    "engagement": (lambda: _("Engagement"), lambda r, v: labels.kind_label(r.policy, str(v))),
    "kind": (lambda: _("Of what kind"), lambda r, v: _kind(r, str(v))),
    "subject": (lambda: _("What waits"), lambda _r, v: str(v)),
    "evaluation": (lambda: _("Evaluation"), lambda _r, v: str(v)),
    "proposes": (lambda: _("Proposed"), lambda _r, v: labels.evaluation_outcome(str(v))),
    "worth": (lambda: _("Value against cost"), lambda _r, v: labels.worth_label(str(v))),
    "case": (lambda: _("Case"), lambda _r, v: str(v)),
    "opens": (lambda: _("Opened to end it"), lambda _r, v: str(v)),
    "cycle": (lambda: _("Last day number"), lambda _r, v: str(v)),
    "rung": (lambda: _("Rung"), lambda _r, v: str(int(v) + 1)),
    "due_on": (lambda: _("Last day"), lambda _r, v: _date(v)),
    "told": (lambda: _("Told"), lambda r, v: "; ".join(_seat(r, str(one)) for one in v)),
    "from": (lambda: _("Last day before"), lambda _r, v: _date(v)),
    "until": (lambda: _("New last day"), lambda _r, v: _date(v)),
    "due": (lambda: _("Planned"), lambda _r, v: "; ".join(_due(str(name), day) for name, day in v.items())),
    "cancelled": (lambda: _("Cancelled"), lambda _r, v: ", ".join(str(number) for number in v)),
    "act": (lambda: _("What is asked"), lambda _r, v: labels.act_label(str(v))),
    "responsible": (lambda: _("Responsible body"), lambda r, v: r.body(v)),
    "scope": (lambda: _("Whom it concerns"), lambda _r, v: labels.scope_label(str(v))),
    "initiative": (lambda: _("Initiative"), lambda _r, v: labels.initiative_label(str(v))),
    "principal": (lambda: _("Matter of principle"), lambda _r, v: _yes(v)),
    "named_nordic_twin": (lambda: _("Named Nordic twin town"), lambda _r, v: _yes(v)),
    "eu_funded": (lambda: _("Paid by the EU"), lambda _r, v: _yes(v)),
    "external_funding": (lambda: _("Paid by others"), lambda _r, v: f"{v} %"),
    "decides": (lambda: _("Decided by"), lambda _r, v: labels.body_kind_label(str(v))),
    "goals": (lambda: _("Goals"), lambda r, v: "; ".join(labels.goal_label(r.policy, str(goal)) for goal in v)),
    "origin": (lambda: _("Where it comes from"), lambda _r, v: labels.origin_label(str(v))),
    "external_number": (lambda: _("Number elsewhere"), lambda _r, v: str(v)),
    "body": (lambda: _("Body"), lambda r, v: r.body(v)),
    "from_body": (lambda: _("Given by"), lambda r, v: r.body(v)),
    "to_body": (lambda: _("Given to"), lambda r, v: r.body(v)),
    "asked": (lambda: _("Asked for an opinion"), lambda r, v: r.bodies(v)),
    "silent": (lambda: _("Gave no opinion"), lambda r, v: r.bodies(v)),
    "proposal": (lambda: _("The body proposes"), lambda _r, v: labels.proposal_label(str(v))),
    "meeting_date": (lambda: _("Meeting"), lambda _r, v: _date(v)),
    "paragraph": (lambda: _("Paragraph"), lambda _r, v: str(v)),
    "members": (lambda: _("Members that day"), lambda _r, v: str(v)),
    "present": (lambda: _("Took part"), lambda _r, v: str(v)),
    "for": (lambda: _("Votes for"), lambda _r, v: str(v)),
    "against": (lambda: _("Votes against"), lambda _r, v: str(v)),
    "abstained": (lambda: _("Abstentions"), lambda _r, v: str(v)),
    "casting_vote": (
        lambda: _("Casting vote"),
        lambda _r, v: {"for": _("For"), "against": _("Against")}.get(v, str(v)),
    ),
    "conflicts": (lambda: _("Conflicts of interest"), lambda _r, v: str(v)),
    "mandate": (lambda: _("Mandate"), lambda _r, v: str(v)),
    "officer": (lambda: _("Now with"), lambda r, v: r.person(v)),
    "person": (lambda: _("Person"), lambda r, v: r.person(v)),
    "substitute": (lambda: _("Stands in"), lambda r, v: r.person(v)),
    "role": (lambda: _("Role"), lambda _r, v: labels.role_label(str(v))),
    "appointment": (lambda: _("Appointment"), lambda _r, v: str(v)),
    "engagements": (
        lambda: _("Kinds of engagement"),
        lambda r, v: ", ".join(labels.kind_label(r.policy, str(kind)) for kind in v),
    ),
    "acts": (lambda: _("What may be decided"), lambda _r, v: ", ".join(labels.act_label(str(act)) for act in v)),
    "document": (lambda: _("Document"), lambda _r, v: str(v)),
    "media_type": (lambda: _("File"), lambda _r, v: labels.file_type(str(v))),
    "size": (lambda: _("Size"), lambda _r, v: labels.file_size(int(v))),
    "direction": (lambda: _("Direction"), lambda _r, v: labels.direction_label(str(v))),
    "method": (
        lambda: _("How it was signed"),
        lambda _r, v: {"paper": _("On paper"), "electronic": _("Electronically")}.get(v, str(v)),
    ),
    "signed": (
        lambda: _("What was signed"),
        lambda _r, v: _("The text decided on") if v == "decided-text" else str(v),
    ),
    "in_force_on": (lambda: _("In force since"), lambda _r, v: _date(v)),
    "valid_from": (lambda: _("In force from"), lambda _r, v: _date(v)),
    "valid_to": (lambda: _("In force to"), lambda _r, v: _date(v)),
    "governs_from": (lambda: _("Governs from"), lambda _r, v: _date(v)),
    "basis": (lambda: _("Rests on"), lambda _r, v: _BASES[v]() if v in _BASES else str(v)),
    "from_policy": (lambda: _("Version before"), lambda _r, v: str(v)),
    "status": (lambda: _("Status"), lambda _r, v: _POLICY_STATUS[v]() if v in _POLICY_STATUS else str(v)),
    "is_active": (lambda: _("Active"), lambda _r, v: _yes(v)),
    "changed": (lambda: _("Changed"), lambda _r, v: ", ".join(labels.field_label(str(name)) for name in v)),
    "mail_wanted": (lambda: labels.field_label("mail_wanted"), lambda _r, v: mail_labels.wanted(str(v))),
    "language": (lambda: labels.field_label("language"), lambda _r, v: LANGUAGES.get(str(v), str(v))),
    "mail": (lambda: _("Mail"), lambda _r, v: str(v)),
    "was": (lambda: _("Before"), lambda _r, v: mail_labels.state(str(v))),
    "replaces": (lambda: _("Replaces an older one"), lambda _r, v: _yes(v)),
    "part": (lambda: _("What was changed"), lambda _r, v: _KEPT[v]() if v in _KEPT else str(v)),
    "partner_kind": (lambda: _("What the partner is"), lambda _r, v: details_labels.partner_kind(str(v))),
    "funding_source": (lambda: _("Whose money it is"), lambda _r, v: details_labels.funding_source(str(v))),
    "assumed": (lambda: _("The assumption"), lambda _r, v: labels.pack_text(str(v))),
    "reads": (lambda: _("Clauses it reads"), lambda _r, v: ", ".join(str(clause) for clause in v)),
    "list": (lambda: _("What became of the list"), lambda _r, v: import_labels.state(str(v))),
}
_BASES: Mapping[str, _Label] = {
    "founding": lambda: _("nothing governed before"),
    "decision": lambda: _("a decision of the competent body"),
    "reading": lambda: _("a new reading of the same document"),
}
#: Where a fact stands among the others; what a request is about comes first.
_ORDER = {
    name: tenant for tenant, name in enumerate(("request", "request_changed", *_FACTS, "for", "against", "abstained"))
}
_KEPT: Mapping[str, _Label] = {
    "partner": lambda: _("The partner’s details"),
    "contacts": lambda: _("Contact persons"),
    "add-funding": lambda: _("A line of funding was added"),
    "remove-funding": lambda: _("A line of funding was taken away"),
    "document": lambda: _("A document was added"),
}
_POLICY_STATUS: Mapping[str, _Label] = {
    "adopted": lambda: _("Adopted"),
    "proposed": lambda: _("Proposed, not adopted"),
    "law": lambda: _("The country’s law alone"),
}


def _kind(reader: Reader, kind: str) -> str:
    """The kind of an engagement, or of what waits with a last day."""
    return labels.kind_label(reader.policy, kind) if kind in ENGAGEMENTS else labels.duty_label(kind)


def _seat(reader: Reader, token: str) -> str:
    """A ROLE@BODY of the trail."""
    role, _at, body = token.partition("@")
    return f"{labels.role_label(role)}, {reader.body(body)}"


def _due(name: str, day: object) -> str:
    """What was planned, and by when."""
    kind, _space, number = name.partition(" ")
    return f"{labels.duty_label(kind)} {number}: {_date(day)}"


def _yes(value: object) -> str:
    return _("Yes") if value else _("No")


def plain(value: object) -> str:
    """A value without words of ours: lists in one line, days as people write them."""
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return _date(value) if isinstance(value, str) else str(value)


def _date(value: object) -> str:
    """A day in words where the text is one; anything else, the law's oldest day too, as it stands."""
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return str(labels.day(day)) if day.year > 1 else _("any time")
