"""In which words does administration speak of people, appointments and mandates?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from web.admin.queries import Given
from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.locale import LANGUAGES
from workflow.policy.model import Policy


def standing_label(standing: str) -> str:
    """Where today stands to a period."""
    return {"ahead": _("Not yet"), "now": _("Holds today"), "over": _("Over")}[standing]


def period(starts_on: date, ends_on: date | None) -> str:
    """From when to when."""
    if ends_on is None:
        return _("since %(day)s", day=labels.day(starts_on))
    return _("%(first)s to %(last)s", first=labels.day(starts_on), last=labels.day(ends_on))


def covers(policy: Policy, mandate: Given) -> str:
    """What a mandate lets an administration decide."""
    kinds = ", ".join(str(labels.kind_label(policy, kind)) for kind in mandate.engagements) or _("all kinds")
    acts = ", ".join(str(labels.act_label(act)).lower() for act in mandate.acts) or _("everything")
    return _("%(kinds)s: %(acts)s", kinds=kinds, acts=acts)


def language_name(code: str) -> str:
    """A language's own name."""
    return LANGUAGES.get(code, code)


def person_changes() -> Mapping[str, str]:
    """What a person is told after a change of an account."""
    return {
        "close": _("The account is closed and every session of it has ended."),
        "open": _("The account is open again."),
        "password": _("The new password is set and every session of the account has ended."),
    }
