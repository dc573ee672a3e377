"""Labels of imports: states, faults and the columns of a list."""

from __future__ import annotations

from functools import partial

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import Table, label_or_code
from workflow.core.messages import N_
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS, SCOPES
from workflow.register.details_schema import PARTNER_KINDS
from workflow.register.import_rows import NEEDED, Fault

STATES: Table = {
    "tried": N_("Tried, nothing registered yet"),
    "running": N_("Under way"),
    "done": N_("Done"),
    "dropped": N_("Given up"),
}

state = partial(label_or_code, STATES)


def fault(found: Fault) -> str:
    """The reason why a row is refused."""
    return str(labels.reason_text(found.why))


def columns(policy: Policy) -> tuple[tuple[str, str, bool], ...]:
    """Name, description and necessity of each column."""
    bodies = ", ".join(body.key for body in policy.responsible_bodies())
    goals = ", ".join(goal.key for group in policy.goals for goal in group.items)
    day = _("A day, like 2026-05-31.")
    yes = _("yes or no.")
    descriptions = {
        "kind": _("One of %(values)s.", values=", ".join(ENGAGEMENTS)),
        "title": _("As it will stand in the register."),
        "source": _("What it rests on: the paper that proves it."),
        "responsible": _("The responsible body: one of %(values)s.", values=bodies),
        "partner_name": _("The town, the network or the organisation."),
        "partner_country": _("Two letters, like SE."),
        "partner_kind": _("One of %(values)s.", values=", ".join(PARTNER_KINDS)),
        "scope": _("One of %(values)s.", values=", ".join(SCOPES)),
        "starts_on": day,
        "ends_on": day,
        "goals": _("Some of %(values)s, with a semicolon between them.", values=goals) if goals else "",
        "purpose": str(labels.field_label("purpose")),
        "representatives": _("Names, with a semicolon between them."),
        "named_nordic_twin": _("Whether the policy excepts it from time limits: %(yes)s", yes=yes),
        "eu_funded": _("Whether the EU pays a part: %(yes)s", yes=yes),
        "external_funding": _("Percent that others pay, a whole number."),
        "participants": _("How many people take part."),
        "latitude": _("Degrees north; south with a minus, like -33.9."),
        "longitude": _("Degrees east; west with a minus."),
        "number": _("From an export: a row whose number is in the register already is refused."),
    }
    return tuple((name, text, name in NEEDED) for name, text in descriptions.items() if text)
