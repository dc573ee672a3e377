"""Labels of trail entries: action, actor, acting role, and the texts behind the commitments.

Facts recorded in clear have their labels in `web.audit.fact_labels`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from web.audit.fact_labels import Fact, plain
from web.audit.queries import TrailRow
from web.cases import action_labels
from web.evaluations import labels as evaluations_labels
from web.i18n import labels
from web.i18n.countries import country_name
from web.i18n.gettext import _
from web.i18n.tables import Table, label_or_code
from workflow.core.messages import N_
from workflow.core.tenants import Tenant
from workflow.trail.entry import from_text

#: Actions outside cases in the past tense, in the order of the search form.
ACTIONS_DONE: Table = {
    "load-policy": N_("Policy version loaded"),
    "confirm-assumption": N_("Assumption confirmed"),
    "reject-assumption": N_("Assumption rejected"),
    "activate-policy": N_("Policy version brought into force"),
    "add-person": N_("Person added"),
    "change-person": N_("Person changed"),
    "found-administrator": N_("Administrator seated at the founding"),
    "propose-change": N_("Change proposed"),
    "withdraw-change": N_("Proposed change withdrawn"),
    "decline-change": N_("Proposed change declined"),
    "invite-person": N_("Invited to choose a password"),
    "change-email": N_("E-mail address changed"),
    "rename-person": N_("Person renamed"),
    "erase-person": N_("Person erased"),
    "appoint": N_("Appointed"),
    "end-appointment": N_("Appointment ended"),
    "give-mandate": N_("Mandate recorded"),
    "end-mandate": N_("Mandate ended"),
    "retry-mail": N_("Mail sent once more"),
    "change-settings": N_("Own settings changed"),
    "create-calendar": N_("Calendar address created"),
    "revoke-calendar": N_("Calendar address ended"),
    "create-token": N_("API token created"),
    "revoke-tokens": N_("API tokens ended"),
    "change-password": N_("Own password changed"),
    "accept-invitation": N_("Password chosen by invitation"),
    "name-substitute": N_("Substitute named"),
    "end-substitution": N_("Substitution ended early"),
    "lapse": N_("Engagement lapsed on its last day"),
    **evaluations_labels.ACTIONS_DONE,
    "register-letter": N_("Letter registered"),
    "register-engagement": N_("Engagement from before registered"),
    "keep-engagement": N_("Engagement’s details changed"),
    "import-engagements": N_("List of engagements brought in"),
}
#: Every action an auditor can search for.
ACTIONS = (*action_labels.ACTIONS_DONE, *ACTIONS_DONE)


def action_done(action: str) -> str:
    """An action in the past tense; the trail may hold actions of an older version."""
    return label_or_code(ACTIONS_DONE, action) if action in ACTIONS_DONE else action_labels.done_label(action)


def entry_title(entry: TrailRow) -> str:
    """The action of an entry in the past tense, with its outcome where it has one."""
    data = entry.data
    if entry.action == "refer-back" and data.get("record") == "returned":
        return _("Record returned to the secretary")
    if entry.action in ("enter-decision", "confirm") and data.get("outcome"):
        decided = f"{action_done(entry.action)}: {labels.outcome_label(str(data['outcome'])).lower()}"
        return f"{decided}. {labels.returned_text(data['returned'])}" if "returned" in data else decided
    if entry.action in ("report-evaluation", "decide-evaluation"):
        return _with_outcome(entry)
    if entry.action == "change-person":
        return _person_change(data)
    return action_done(entry.action)


def _with_outcome(entry: TrailRow) -> str:
    """An evaluation's action with its proposed or decided outcome."""
    outcome = entry.data.get("outcome") or entry.data.get("proposes")
    if not outcome:
        return action_done(entry.action)
    return f"{action_done(entry.action)}: {labels.evaluation_outcome(str(outcome)).lower()}"


def _person_change(data: Mapping[str, Any]) -> str:
    if data.get("is_active") is False:
        return _("Account closed")
    if data.get("is_active") is True:
        return _("Account opened again")
    return _("New password set") if data.get("password") else action_done("change-person")


def stream_label(entry: TrailRow) -> str:
    """The label of an evaluation's or a deadline's trail; empty for a case's and for the journal."""
    kind = entry.stream.partition("-")[2].partition("-")[0]
    if kind == "v":
        return _("Evaluation")
    if kind == "d":
        what = labels.duty_label(str(entry.data.get("kind", "")))
        return _("Deadline: %(what)s", what=f"{what} {entry.data.get('subject', '')}".strip())
    return ""


def actor(entry: TrailRow) -> str:
    """The name of the actor, or the system."""
    return _("The system") if entry.actor == "system" else entry.actor


def acting_role(entry: TrailRow, tenant: Tenant) -> str:
    """The acting role of the actor; empty for the system."""
    if not entry.role or entry.role == "system":
        return ""
    role = labels.role_label(entry.role)
    return f"{role}, {labels.body_name(tenant, entry.body)}" if entry.body else role


# -- texts behind commitments


def disclosed(entry: TrailRow) -> tuple[Fact, ...]:
    """The texts behind an entry's commitments, the long text last."""
    fields = sorted(entry.disclosed, key=lambda name: (name == "text", name))
    return tuple(fact for name in fields for fact in _facts_of_text(name, entry.disclosed[name]))


def _facts_of_text(name: str, text: str) -> Iterator[Fact]:
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
        prefix = "partner_" if name == "partner" else ""
        yield from (fact for part, value in found.items() for fact in _part(prefix + part, value))
    else:
        yield labels.field_label(name), plain(found)


def _part(name: str, value: object) -> Iterator[Fact]:
    if isinstance(value, dict):
        yield from (fact for part, inner in value.items() for fact in _part(part, inner))
    elif name == "partner_country" and value:
        yield labels.field_label(name), country_name(str(value))
    elif name == "evaluation_outcome" and value:
        yield labels.field_label(name), labels.evaluation_outcome(str(value))
    elif value not in (None, "", []):
        yield labels.field_label(name), plain(value)
