"""Sentences of notices about accounts, to their person and to auditors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from web.i18n import labels
from web.i18n.gettext import _
from web.notifications.account_queries import AccountNoticeRow
from workflow.core.dates import day_of_text
from workflow.core.messages import N_

#: By kind: the sentence to the person, and the one to an auditor about somebody else.
SENTENCES: Mapping[str, tuple[str, str]] = {
    "password-changed": (N_("Your password has been changed."), N_("%(name)s has a new password.")),
    "invited": (
        N_("You are invited to choose your password."),
        N_("%(name)s has been invited to choose a new password."),
    ),
    "email-changed": (
        N_("Your e-mail address has been changed."),
        N_("The e-mail address of %(name)s has been changed."),
    ),
    "renamed": (N_("Your name has been changed."), N_("The name of %(name)s has been changed.")),
    "account-closed": (N_("Your account has been closed."), N_("The account of %(name)s has been closed.")),
    "account-opened": (
        N_("Your account has been opened again."),
        N_("The account of %(name)s has been opened again."),
    ),
    "token-created": (
        N_("A token for programs has been created in your name. It is valid until %(until)s."),
        N_("A token for programs has been created in the name of %(name)s. It is valid until %(until)s."),
    ),
    "tokens-revoked": (
        N_("Your tokens for programs have been ended."),
        N_("The tokens for programs of %(name)s have been ended."),
    ),
    "seat-given": (N_("You have been given a seat."), N_("%(name)s has been given a seat.")),
    "seat-ended": (
        N_("A seat of yours has been given a last day."),
        N_("A seat of %(name)s has been given a last day."),
    ),
    "change-proposed": (
        N_("A change of your own account waits for your confirmation."),
        N_("A change that concerns %(name)s waits for your confirmation."),
    ),
    "calendar-created": (
        N_("Your calendar has a new address. It is valid until %(until)s."),
        N_("The calendar of %(name)s has a new address. It is valid until %(until)s."),
    ),
}


def shown(notices: Sequence[AccountNoticeRow]) -> list[tuple[str, AccountNoticeRow]]:
    """Notices with their sentences in the reader's language."""
    return [(account_sentence(_, _day, one.kind, one.detail, one.name, is_own=one.is_own), one) for one in notices]


def _day(written: str) -> str:
    found = day_of_text(written)
    return str(labels.day(found)) if found else written


def account_sentence(
    translate: Callable[..., str],
    day: Callable[[str], str],
    kind: str,
    detail: Mapping[str, Any],
    name: str,
    *,
    is_own: bool,
) -> str:
    """The sentence of a notice; `name` is whose account it is about, `day` writes a day of its detail."""
    until = day(detail["until"]) if "until" in detail else ""
    return translate(SENTENCES[kind][0 if is_own else 1], name=name, until=until)
