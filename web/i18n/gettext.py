"""How does a screen's code speak? In English sentences that are translated when they are said."""

from __future__ import annotations

import flask_babel


def _(sentence: str, **values: object) -> str:
    """A sentence in the reader's language, its values put in."""
    return str(flask_babel.gettext(sentence, **values))


def ngettext(one: str, many: str, num: int) -> str:
    """A sentence about a number of things, in the reader's language."""
    return str(flask_babel.ngettext(one, many, num))
