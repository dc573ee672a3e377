"""Label lookup: tables from codes to gettext messages.

A subject's `labels.py` declares one table for each kind of code, its messages marked by `N_`, and reads it here:

    ROLES: Table = {"officer": N_("Case officer"), …}
    role_label = partial(label, ROLES)
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping

from web.i18n.gettext import _

#: Code to English message.
Table = Mapping[str, str]


class UnknownCode(UserWarning):
    """A code has no label. Tests turn the warning into an error; in production the code is shown and logged once."""


def label(table: Table, code: str, **values: object) -> str:
    """The label of one of our own codes in the reader's language; where it has none, the code and an `UnknownCode`."""
    if code not in table:
        warnings.warn(f"no label for {code!r}", UnknownCode, stacklevel=2)
        return code
    return _(table[code], **values)


def label_or_code(table: Table, code: str, **values: object) -> str:
    """The label of a code that may come from outside, such as a field of a request; the code itself if it has none."""
    return _(table[code], **values) if code in table else code
