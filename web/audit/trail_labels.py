"""In which words is an entry of the trail told?

What was done, by whom and from which seat, and the words behind its commitments. The facts it recorded in clear are
told by `web.audit.trail_facts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from web.audit.queries import Entry
from web.audit.trail_facts import Fact, plain
from web.cases.action_labels import ACTIONS_DONE, done_label
from web.i18n import labels
from web.i18n.countries import country_name
from web.i18n.gettext import _
from web.i18n.tables import label_or_code
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.trail.entry import from_text

#: What was done outside any case, told afterwards.
_DONE: Mapping[str, str] = {
    "load-policy": N_("Policy version loaded"),
    "confirm-assumption": N_("Assumption confirmed"),
    "reject-assumption": N_("Assumption rejected"),
    "activate-policy": N_("Policy version brought into force"),
    "add-person": N_("Person added"),
    "change-person": N_("Person changed"),
    "appoint": N_("Appointed"),
    "end-appointment": N_("Appointment ended"),
    "give-mandate": N_("Mandate recorded"),
    "end-mandate": N_("Mandate ended"),
    "retry-mail": N_("Mail sent once more"),
    "change-settings": N_("Own settings changed"),
    "create-calendar": N_("Calendar address created"),
    "revoke-calendar": N_("Calendar address ended"),
    "name-substitute": N_("Substitute named"),
    "end-substitution": N_("Substitution ended early"),
    "lapse": N_("Engagement lapsed on its last day"),
    "start-evaluation": N_("Evaluation begun"),
    "report-evaluation": N_("Evaluation reported"),
    "return-evaluation": N_("Evaluation given back"),
    "decide-evaluation": N_("Evaluation decided"),
    "raise": N_("Reminder raised"),
    "extend": N_("More time given"),
    "register-letter": N_("Letter registered"),
    "register-engagement": N_("Engagement from before registered"),
    "keep-engagement": N_("Engagement’s details changed"),
    "import-engagements": N_("List of engagements brought in"),
}
#: Every action an auditor can look for.
ACTIONS = (*ACTIONS_DONE, *_DONE)


def done(action: str) -> str:
    """What an action is called once it is done."""
    return label_or_code(_DONE, action) if action in _DONE else done_label(action)


def told(entry: Entry) -> str:
    """What was done, with its outcome where it had one."""
    data = entry.data
    if entry.action == "refer-back" and data.get("record") == "returned":
        return _("Record returned to the secretary")
    if entry.action in ("enter-decision", "confirm") and data.get("outcome"):
        return f"{done(entry.action)}: {labels.outcome_label(str(data['outcome'])).lower()}"
    if entry.action in ("report-evaluation", "decide-evaluation"):
        return _with_outcome(entry)
    if entry.action == "change-person":
        return _changed(data)
    return done(entry.action)


def _with_outcome(entry: Entry) -> str:
    """What was proposed, or decided, for what was evaluated."""
    outcome = entry.data.get("outcome") or entry.data.get("proposes")
    told_ = labels.evaluation_outcome(str(outcome)).lower() if outcome else ""
    return f"{done(entry.action)}: {told_}" if told_ else done(entry.action)


def _changed(data: Mapping[str, Any]) -> str:
    if data.get("is_active") is False:
        return _("Account closed")
    if data.get("is_active") is True:
        return _("Account opened again")
    return _("New password set") if data.get("password") else done("change-person")


def own_stream(entry: Entry) -> str:
    """What an evaluation's or a deadline's own stream is called; empty for a case's and for the journal."""
    kind = entry.stream.partition("-")[2].partition("-")[0]
    if kind == "v":
        return _("Evaluation")
    if kind == "d":
        what = labels.duty_label(str(entry.data.get("kind", "")))
        return _("Deadline: %(what)s", what=f"{what} {entry.data.get('subject', '')}".strip())
    return ""


def who(entry: Entry, tenant: Tenant) -> str:
    """Who did it: a name, or the system."""
    return _("The system") if entry.who == "system" else entry.who


def seat(entry: Entry, tenant: Tenant) -> str:
    """From which seat it was done."""
    if not entry.role or entry.role == "system":
        return ""
    role = labels.role_label(entry.role)
    return f"{role}, {labels.body_name(tenant, entry.body)}" if entry.body else role


# -- words behind commitments


def disclosed(entry: Entry) -> tuple[Fact, ...]:
    """The words behind an entry's commitments, the long text last."""
    fields = sorted(entry.words, key=lambda name: (name == "text", name))
    return tuple(fact for name in fields for fact in _opened(name, entry.words[name]))


def _opened(name: str, text: str) -> Iterator[Fact]:
    if not text:
        return
    if name not in ("fields", "partner", "secrecy", "changes", "signatories"):
        yield labels.field_label(name), text
        return
    try:
        found = from_text(text)
    except ValueError:
        found = text
    if isinstance(found, dict):
        whose = "partner_" if name == "partner" else ""
        yield from (fact for part, value in found.items() for fact in _part(whose + part, value))
    else:
        yield labels.field_label(name), plain(found)


def _part(name: str, value: object) -> Iterator[Fact]:
    if isinstance(value, dict):
        yield from (fact for part, inner in value.items() for fact in _part(part, inner))
    elif name == "partner_country" and value:
        yield labels.field_label(name), country_name(str(value))
    elif value not in (None, "", []):
        yield labels.field_label(name), plain(value)
