"""Labels of mail: its frequency, its states, and why it did not arrive."""

from __future__ import annotations

from functools import partial

from web.i18n.tables import Table, label_or_code
from workflow.core.messages import N_

FREQUENCIES: Table = {
    "each": N_("One for each notice"),
    "daily": N_("One a day, in the morning"),
    "none": N_("None"),
}
STATES: Table = {
    "queued": N_("Waiting to be sent"),
    "held": N_("Waiting for the day’s digest"),
    "gathered": N_("Part of a digest"),
    "sending": N_("Being sent"),
    "sent": N_("Sent"),
    "failed": N_("Given up"),
    "unsure": N_("May have arrived"),
}
#: Our own errors; those of a mail server are shown as it wrote them.
ERRORS: Table = {
    "": N_("Nobody is sending: is the scheduler running?"),
    "mail is switched off": N_("Mail is switched off."),
    "whoever was sending it died meanwhile": N_("The program that was sending it was stopped in the middle."),
    "the account is closed": N_("The account is closed."),
    "the person has no address any more": N_("The person has no address any more."),
    "the invitation has ended": N_("The invitation has ended in the meantime."),
}

JOBS: Table = {
    "reminders": N_("Reminders"),
    "imports": N_("Imports"),
    "notices": N_("Notices"),
    "digests": N_("Digests"),
    "mail": N_("Mail"),
}

job = partial(label_or_code, JOBS)
frequency = partial(label_or_code, FREQUENCIES)
state = partial(label_or_code, STATES)
error = partial(label_or_code, ERRORS)
