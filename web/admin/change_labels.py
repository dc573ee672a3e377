"""Labels of changes that take two people."""

from __future__ import annotations

from functools import partial

from web.i18n.tables import Table, label_or_code
from workflow.core.messages import N_

KINDS: Table = {
    "invite-person": N_("Invite to choose a new password"),
    "change-email": N_("Change the e-mail address"),
    "erase-person": N_("Erase the person"),
}

kind_label = partial(label_or_code, KINDS)
