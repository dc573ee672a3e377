"""Labels of the faults that verification finds, and of the access log."""

from __future__ import annotations

import re
from functools import partial

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.tables import Table, label, label_or_code
from workflow.core.messages import N_

#: Sentences of verification, marked for translation; `%(…)s` stands for a value.
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
    spelled = (f"(?P<{part}>.*)" if position % 2 else re.escape(part) for position, part in enumerate(parts))
    return re.compile("".join(spelled), re.DOTALL)


_PATTERNS = tuple((_pattern(sentence), sentence) for sentence in FAULTS)


def fault(what: str) -> str:
    """A fault in the reader's language; an unknown sentence unchanged."""
    for pattern, sentence in _PATTERNS:
        if found := pattern.fullmatch(what):
            return _(sentence, **{name: _value_label(name, value) for name, value in found.groupdict().items()})
    return what


def _value_label(name: str, value: str) -> str:
    if name == "field":
        return labels.field_label(value)
    return labels.state_label(value) if name in ("state", "end") else value


def entries_checked(entries: int) -> str:
    """The number of entries checked."""
    return ngettext("%(num)s entry was checked.", "%(num)s entries were checked.", entries)


#: Refusals by the name of their error.
REFUSALS: Table = {
    "NotFound": N_("there was nothing to see for this person"),
    "Malformed": N_("what was sent could not be read"),
    "NotMandated": N_("this person may not do it"),
    "CaseChanged": N_("the case had changed meanwhile"),
    "ActionNotOpen": N_("it was not open at that place"),
    "RequirementMissing": N_("something the policy demands was missing"),
    "NotCompetent": N_("the policy or the law refuses it"),
    "QuorumMissing": N_("the body could not decide so"),
}
ACCESS_KINDS: Table = {
    "read": N_("Read"),
    "refused": N_("Refused"),
    "logged-in": N_("Logged in"),
    "login-failed": N_("Log-in failed"),
}
#: How a trail was read, where not on its page.
READING_CHANNELS: Table = {"api": N_("through the API"), "verify": N_("and verified")}

refusal = partial(label_or_code, REFUSALS)
access_kind = partial(label_or_code, ACCESS_KINDS)


def reading_channel(action: str) -> str:
    """How a trail was read; empty for its page."""
    return label(READING_CHANNELS, action) if action in READING_CHANNELS else ""


def subject(name: str, key: str) -> str:
    """The subject of an access: a case number, the journal or the search."""
    parts = {f"{key}-journal": _("The journal"), f"{key}-trail": _("The search of the trail")}
    return parts.get(name, name)
