"""Labels of people, appointments, mandates and substitutions."""

from __future__ import annotations

from datetime import date
from functools import partial

from web.admin.queries import MandateRow
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from web.i18n.tables import Table, label
from workflow.core.messages import N_
from workflow.policy.model import Policy

#: Whether a period lies ahead, holds today, or is over.
VALIDITIES: Table = {"ahead": N_("Not yet"), "now": N_("Holds today"), "over": N_("Over")}
#: Confirmation of a change of an account.
ACCOUNT_CHANGES: Table = {
    "close": N_("The account is closed and every session of it has ended."),
    "open": N_("The account is open again."),
    "name": N_("The name is changed. What the trail says of earlier days keeps the name of its day."),
}

validity_label = partial(label, VALIDITIES)
account_changed = partial(label, ACCOUNT_CHANGES)


def period(starts_on: date, ends_on: date | None) -> str:
    """First and last day of a period."""
    if ends_on is None:
        return _("since %(day)s", day=labels.day(starts_on))
    return _("%(first)s to %(last)s", first=labels.day(starts_on), last=labels.day(ends_on))


def mandate_scope(policy: Policy, mandate: MandateRow) -> str:
    """The kinds and acts that a mandate covers."""
    kinds = ", ".join(str(labels.kind_label(policy, kind)) for kind in mandate.engagements) or _("all kinds")
    acts = ", ".join(str(labels.act_label(act)).lower() for act in mandate.acts) or _("everything")
    return _("%(kinds)s: %(acts)s", kinds=kinds, acts=acts)


def language_name(code: str) -> str:
    """A language's own name."""
    return LANGUAGES.get(code, code)
