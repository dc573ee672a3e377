"""In which words does a page speak of mail?"""

from __future__ import annotations

from web.i18n.gettext import _


def wanted(choice: str) -> str:
    """How much mail somebody wants."""
    return {"each": _("One for each notice"), "daily": _("One a day, in the morning"), "none": _("None")}.get(
        choice, choice
    )


def state(found: str) -> str:
    """What became of a mail."""
    return {
        "queued": _("Waiting to be sent"),
        "held": _("Waiting for the day’s digest"),
        "gathered": _("Part of a digest"),
        "sending": _("Being sent"),
        "sent": _("Sent"),
        "failed": _("Given up"),
        "unsure": _("May have arrived"),
    }.get(found, found)


def why(error: str) -> str:
    """Why a mail did not arrive: in the reader's words where the reason is ours, else as the mail server put it."""
    return {
        "": _("Nobody is sending: is the scheduler running?"),
        "mail is switched off": _("Mail is switched off."),
        "whoever was sending it died meanwhile": _("The program that was sending it was stopped in the middle."),
        "the account is closed": _("The account is closed."),
        "the person has no address any more": _("The person has no address any more."),
    }.get(error, error)
