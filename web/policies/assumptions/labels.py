"""Labels of assumptions by what the municipality has said of them."""

from __future__ import annotations

from functools import partial

from flask_login import current_user

from web.i18n import labels
from web.i18n.gettext import _
from web.i18n.tables import Table, label
from workflow.core.calendar import local_day
from workflow.core.messages import N_
from workflow.versions.assumption_reviews import Ruling

STATES: Table = {
    "open": N_("Not confirmed by the municipality"),
    "confirmed": N_("Confirmed by the municipality"),
    "rejected": N_("Rejected by the municipality"),
}
#: Numbers of assumptions by state; `all` for every one.
_COUNTS: Table = {
    "all": N_("All: %(count)s"),
    "open": N_("Not confirmed: %(count)s"),
    "confirmed": N_("Confirmed: %(count)s"),
    "rejected": N_("Rejected: %(count)s"),
}
#: Answers that rest on assumptions, by the worst state among them.
_PARTLY_ASSUMED: Table = {
    "open": N_("Partly assumed, not confirmed"),
    "confirmed": N_("Partly assumed, confirmed"),
    "rejected": N_("Partly assumed, and rejected"),
}

state_label = partial(label, STATES)
partly_assumed = partial(label, _PARTLY_ASSUMED)


def count_label(state: str, count: int) -> str:
    """The number of assumptions in a state; `all` for every one."""
    return label(_COUNTS, state, count=count)


def ruling_label(ruling: Ruling | None) -> str:
    """The ruling on an assumption with its author and day, and the reason of a rejection."""
    if ruling is None:
        return state_label("open")
    day = labels.day(local_day(ruling.at, current_user.municipality.timezone))
    if ruling.verdict == "confirmed":
        return _("Confirmed by %(name)s, %(day)s", name=ruling.by, day=day)
    return _("Rejected by %(name)s, %(day)s: %(note)s", name=ruling.by, day=day, note=ruling.note)
