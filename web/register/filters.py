"""What can be chosen to narrow and to order the register? Pairs of a value and what it is called."""

from __future__ import annotations

from web.i18n import labels
from web.i18n.gettext import _
from web.register.labels import status_label
from web.register.queries import SORTS, STATUSES
from web.ui.forms import country_choices
from workflow.policy.model import Policy
from workflow.policy.request_domain import ENGAGEMENTS

#: A value, and what it is called.
Pairs = tuple[tuple[str, str], ...]


def kinds(policy: Policy) -> Pairs:
    """Kinds of engagement, as the policy calls them."""
    return tuple((kind, str(labels.kind_label(policy, kind))) for kind in ENGAGEMENTS)


def statuses() -> Pairs:
    """What an engagement can be today."""
    return tuple((status, status_label(status)) for status in STATUSES)


def countries(chosen: str) -> Pairs:
    """All countries by name; one that was written otherwise stays."""
    return tuple((choice.value, choice.label) for choice in country_choices(chosen) if choice.value)


def bodies(policy: Policy) -> Pairs:
    """Bodies that can be responsible."""
    return tuple((body.key, str(labels.words(body.names))) for body in policy.responsible_bodies())


def sorts() -> Pairs:
    """In which order a list stands."""
    called = {
        "newest": _("Newest first"),
        "title": _("By title"),
        "partner": _("By partner"),
        "ends": _("What ends first"),
    }
    return tuple((sort, called[sort]) for sort in SORTS)
