"""In which words is an auditor told what verifying found, and who read what?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from workflow.core.messages import N_

#: What verifying says is wrong, marked for translation; `%(…)s` stands for what it names.
FAULTS = (
    N_("this entry is missing"),
    N_("entries are missing at the end"),
    N_("there are more entries than the case or journal counts"),
    N_("the last hash is not the one the case or journal pins"),
    N_("an entry has a number that is none"),
    N_("there are words of an entry that is not there"),
    N_("its columns are not text"),
    N_("its clauses or data are not JSON"),
    N_("its columns are not what its canonical bytes say"),
    N_("its hash is not that of its bytes"),
    N_("it does not follow the entry before it"),
    N_("the words of “%(field)s” are missing"),
    N_("the words of “%(field)s” belong to no commitment"),
    N_("the words of “%(field)s” are not those committed to"),
    N_("it does not begin where the entry before it ended"),
    N_("it names another policy than the case is under"),
    N_("the procedure does not lead there"),
    N_("the case is at “%(state)s”, its trail ends at “%(end)s”"),
    N_("the case's “%(field)s” is not what its trail says"),
    N_("the case is not there, but its trail is"),
    N_("the evaluation is “%(state)s”, its trail ends at “%(end)s”"),
    N_("the evaluation's “%(field)s” is not what its trail says"),
    N_("it tells of something else than its deadline"),
    N_("this rung is raised out of order, or twice"),
    N_("no entry tells of version %(version)s of the text"),
    N_("the text is not the one its trail tells of"),
    N_("the decision is not the one its trail tells of"),
    N_("the decision is not where its trail says"),
    N_("the decision it tells of is not there"),
    N_("there is a decision no entry tells of"),
    N_("no entry tells of document %(document)s"),
    N_("the document is not the one its trail tells of"),
    N_("the ruling is not the one its trail tells of"),
    N_("the ruling it tells of is not there"),
    N_("there is a ruling no entry tells of"),
    N_("the policy it is under cannot be read: %(error)s"),
    N_("the case is under another policy than its trail says"),
    N_("no entry tells that version %(version)s came into force"),
    N_("the version came into force otherwise than its trail says"),
    N_("the reason is not the one its trail tells of"),
    N_("version %(version)s is not in force as it tells"),
)
_VALUE = re.compile(r"%\((\w+)\)s")


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = _VALUE.split(sentence)
    spelled = (f"(?P<{part}>.*)" if tenant % 2 else re.escape(part) for tenant, part in enumerate(parts))
    return re.compile("".join(spelled), re.DOTALL)


_PATTERNS = tuple((_pattern(sentence), sentence) for sentence in FAULTS)


def fault(what: str) -> str:
    """What is wrong, in the reader's language where it is one of the known sentences."""
    for pattern, sentence in _PATTERNS:
        if found := pattern.fullmatch(what):
            return _(sentence, **{name: _named(name, value) for name, value in found.groupdict().items()})
    return what


def _named(name: str, value: str) -> str:
    if name == "field":
        return labels.field_label(value)
    return labels.state_label(value) if name in ("state", "end") else value


def looked_at(entries: int) -> str:
    """How much was looked at."""
    return ngettext("%(num)s entry was checked.", "%(num)s entries were checked.", entries)


_ERRORS: Mapping[str, str] = {
    "NotFound": N_("there was nothing to see for this person"),
    "Malformed": N_("what was sent could not be read"),
    "NotMandated": N_("this person may not do it"),
    "CaseChanged": N_("the case had changed meanwhile"),
    "ActionNotOpen": N_("it was not open at that place"),
    "RequirementMissing": N_("something the policy demands was missing"),
    "NotCompetent": N_("the policy or the law refuses it"),
    "QuorumMissing": N_("the body could not decide so"),
}


def refused_because(error: str) -> str:
    """Why something was refused, in a few words."""
    return _(_ERRORS[error]) if error in _ERRORS else error


def access_kind(what: str) -> str:
    """What a line of the access log tells of."""
    return {
        "read": _("Read"),
        "refused": _("Refused"),
        "logged-in": _("Logged in"),
        "login-failed": _("Log-in failed"),
    }.get(what, what)


def reading_way(action: str) -> str:
    """In which way something was read."""
    return {"api": _("through the API"), "verify": _("and verified")}.get(action, "")


def subject(name: str, key: str) -> str:
    """What was read or refused: a case by its number, or the part of the trail."""
    parts = {f"{key}-journal": _("The journal"), f"{key}-trail": _("The search of the trail")}
    return parts.get(name, name)
