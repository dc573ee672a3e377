"""In which words is it told how a version of the policy stands, and what brought it?"""

from __future__ import annotations

from web.i18n import labels
from web.i18n.gettext import _
from web.policies.versions.queries import Version


def standing_label(standing: str) -> str:
    """How a version stands."""
    return {
        "in-force": _("In force"),
        "coming": _("In force from a later day"),
        "waits": _("Waits, governs nothing"),
        "earlier": _("Governed earlier"),
        "law": _("The country’s law alone"),
    }[standing]


def governs(version: Version) -> str:
    """Since when it governs, or from when; empty where no day is fixed."""
    return _("from %(day)s", day=labels.day(version.governs_from)) if version.governs_from else ""


def basis_label(basis: str) -> str:
    """What a version came into force on."""
    return {
        "": "",
        "founding": _("It stood when the municipality began here"),
        "decision": _("A decision of the competent body"),
        "reading": _("A new reading of the same document"),
    }[basis]


def brought_by(version: Version) -> str:
    """Who brought it in."""
    return version.brought_by or _("the installation")
