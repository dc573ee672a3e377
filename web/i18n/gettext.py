"""Gettext functions of the screens' code: English messages, translated when they are used."""

from __future__ import annotations

import flask_babel


def _(message: str, **values: object) -> str:
    """A message in the reader's language, its values put in."""
    return str(flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """A message about a number of things, in the reader's language."""
    return str(flask_babel.ngettext(one, many, num))
