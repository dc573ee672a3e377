"""Checks of a person's password: of the present one, counted like a log-in, and of the rules for a new one."""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from flask import request

from models.database import writing
from web.auth.client_address import client_address
from web.core import login_throttle
from web.core.passwords import LONGEST_PASSWORD, SHORTEST_PASSWORD
from web.core.services import Services
from web.i18n.gettext import _, ngettext


def password_hint() -> str:
    """The rules of a new password."""
    return _(
        "At least %(least)s characters; a few words in a row are easy to remember. It must not be your user name.",
        least=SHORTEST_PASSWORD,
    )


def new_password_error(password: str, again: str, username: str) -> tuple[str, str]:
    """The field and the error of a new password; empty where it can be taken."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return "password", _(
            "The new password must have at least %(least)s and at most %(most)s characters.",
            least=SHORTEST_PASSWORD,
            most=LONGEST_PASSWORD,
        )
    plain = password.casefold().strip()
    if plain == username.casefold() or len(set(plain)) < 4:
        return "password", _("Your user name, or a few signs over and over, is too easy to guess.")
    if password != again:
        return "again", _("The two new passwords are not the same.")
    return "", ""


def is_own_password(here: Services, username: str, password_hash: str | None, password: str, now: datetime) -> bool:
    """Whether a signed-in person's password is right; raises `Throttled` after as many failures as a log-in."""
    keys = login_throttle.keys_of(username, client_address(request.remote_addr))
    with writing(here.engine, None) as connection:
        login_throttle.count_attempt(connection, keys, now)
    if not here.passwords.matches(password_hash, password):  # slow on purpose, outside every transaction
        return False
    with writing(here.engine, None) as connection:
        login_throttle.take_back(connection, keys, now)
    return True


def wait_text(wait: timedelta) -> tuple[str, int]:
    """What somebody is told who must wait, and the seconds."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    text = ngettext(
        "Too many attempts. Try again in a minute.",
        "Too many attempts. Try again in %(num)s minutes.",
        math.ceil(seconds / 60),
    )
    return text, seconds
