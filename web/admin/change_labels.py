"""Labels of changes that take two people."""

from __future__ import annotations

from functools import partial

from web.admin.change_queries import ProposalRow
from web.admin.labels import period
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import Table, label_or_code
from workflow.core.dates import day_of_text
from workflow.core.messages import N_
from workflow.policy.model import Policy
from workflow.policy.request_domain import ALL_ACTS, ENGAGEMENTS

KINDS: Table = {
    "invite-person": N_("Invite to choose a new password"),
    "change-email": N_("Change the e-mail address"),
    "erase-person": N_("Erase the person"),
    "appoint": N_("Appoint"),
    "end-appointment": N_("End an appointment"),
    "give-mandate": N_("Record a mandate"),
    "name-substitute": N_("Name a substitute"),
}

kind_label = partial(label_or_code, KINDS)


def title(one: ProposalRow, policy: Policy) -> str:
    """The kind of change, and whom or what it concerns."""
    concerned = one.name or labels.body_name(policy, str(one.payload.get("to_body", "")))
    return f"{kind_label(one.kind)}: {concerned}"


def seat_text(one: ProposalRow, policy: Policy) -> str:
    """What a change of seats does, in a sentence; empty for a change of an account."""
    given = one.payload
    if one.kind == "give-mandate":
        return mandate_text(given, policy)
    if one.kind not in ("appoint", "end-appointment", "name-substitute"):
        return ""
    role, body = (one.role, one.body) if one.kind == "end-appointment" else (given["role"], given["body"])
    seat = f"{labels.role_label(role)}, {labels.body_name(policy, body)}"
    last = day_of_text(given.get("ends_on"))
    if one.kind == "end-appointment":
        return _("%(seat)s: the last day is %(day)s.", seat=seat, day=labels.day(last) if last else "")
    first = day_of_text(given["starts_on"])
    days = period(first, last) if first else ""
    if one.kind == "name-substitute":
        return _("%(who)s stands in as %(seat)s, %(days)s.", who=given["substitute"], seat=seat, days=days)
    reference = f" {given['reference']}" if given.get("reference") else ""
    return _("%(seat)s, %(days)s.", seat=seat, days=days) + reference


def mandate_text(given: object, policy: Policy) -> str:
    """What a mandate covers, in a sentence that is read before it is given."""
    assert isinstance(given, dict)
    kinds = list(ENGAGEMENTS) if given.get("all_engagements") else given.get("engagements", [])
    acts = list(ALL_ACTS) if given.get("all_acts") else given.get("acts", [])
    administration = policy.body(given["to_body"])
    first, last = day_of_text(given["starts_on"]), day_of_text(given.get("ends_on"))
    return _(
        "%(administration)s may decide in the place of %(body)s, %(days)s. Kinds of engagement: %(kinds)s. "
        "What it may decide: %(acts)s. Decision: %(reference)s",
        administration=labels.localized(administration.names),
        body=labels.body_name(policy, administration.parent) if administration.parent else "",
        days=period(first, last) if first else "",
        kinds=", ".join(str(labels.kind_label(policy, kind)) for kind in kinds),
        acts=", ".join(str(labels.act_label(act)).lower() for act in acts),
        reference=given["reference"],
    )
