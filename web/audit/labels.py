"""Labels of the faults that verification finds, and of the access log."""

from __future__ import annotations

from functools import partial

from web.i18n import labels
from web.i18n.gettext import _, ngettext
from web.i18n.pack_messages import error_text
from web.i18n.tables import Table, label, label_or_code
from workflow.core.errors import WorkflowError
from workflow.core.messages import N_
from workflow.trail.fault import Fault

#: Faults by code, as `workflow.trail.fault` has them in English.
FAULTS: Table = {
    # -- chains
    "entry-missing": N_("this entry is missing"),
    "end-missing": N_("entries are missing at the end"),
    "entries-uncounted": N_("there are more entries than the case or journal counts"),
    "head-differs": N_("the last hash is not the one the case or journal pins"),
    "entry-unnumbered": N_("an entry has a number that is none"),
    "columns-not-text": N_("its columns are not text"),
    "columns-not-json": N_("its clauses or data are not JSON"),
    "columns-differ": N_("its columns are not what its canonical bytes say"),
    "hash-differs": N_("its hash is not that of its bytes"),
    "link-broken": N_("it does not follow the entry before it"),
    # -- disclosures
    "disclosure-missing": N_("the words of “%(field)s” are missing"),
    "disclosure-uncommitted": N_("the words of “%(field)s” belong to no commitment"),
    "disclosure-differs": N_("the words of “%(field)s” are not those committed to"),
    "disclosure-without-entry": N_("there are words of an entry that is not there"),
    "disclosure-without-case": N_("the words belong to no case"),
    # -- replay of cases
    "start-differs": N_("it does not begin where the entry before it ended"),
    "policy-differs": N_("it names another policy than the case is under"),
    "transition-not-open": N_("the procedure does not lead there"),
    "policy-unreadable": N_("the policy it is under cannot be read: %(error)s"),
    "case-state-differs": N_("the case is at “%(state)s”, its trail ends at “%(end)s”"),
    "case-policy-differs": N_("the case is under another policy than its trail says"),
    "case-field-differs": N_("the case's “%(field)s” is not what its trail says"),
    "case-missing": N_("the case is not there, but its trail is"),
    "entry-without-case": N_("the entry belongs to no case"),
    # -- evaluations and deadlines
    "evaluation-state-differs": N_("the evaluation is “%(state)s”, its trail ends at “%(end)s”"),
    "evaluation-field-differs": N_("the evaluation's “%(field)s” is not what its trail says"),
    "deadline-differs": N_("it tells of something else than its deadline"),
    "rung-out-of-order": N_("this rung is raised out of order, or twice"),
    "engagement-version-differs": N_("the engagement is at version %(version)s, its acts lead to %(counted)s"),
    # -- dates
    "dated-after-entry": N_("“%(field)s” lies after the day on which it was recorded"),
    "met-after-entry": N_("the meeting lies after the day on which it was recorded"),
    "met-before-submission": N_("the meeting lies before %(day)s, when the matter was handed in"),
    "met-before-endorsement": N_("the meeting lies before %(day)s, when the matter was endorsed"),
    "met-before-body": N_("the meeting lies before %(day)s, when %(body)s met on the matter"),
    "signed-before-decision": N_("“%(field)s” lies before %(day)s, the day of the decision"),
    "signed-document-late": N_("document %(document)s, which was signed or signed from, was not before the body"),
    "paragraph-taken": N_("its paragraph of that meeting is the decision in %(number)s"),
    # -- meetings
    "confirmed-by-absent": N_("somebody confirmed it who did not sit in the body that day"),
    "confirmed-by-preparer": N_("somebody confirmed it who had prepared or endorsed the matter"),
    "members-differ": N_("the members stored with its meeting are not those it tells of"),
    # -- changes that take two people
    "change-unproposed": N_("it takes two people, and nobody had proposed it"),
    "change-proposer-differs": N_("it names another proposer than the proposal"),
    "change-by-one": N_("whoever proposed it confirmed it"),
    "change-of-own-seat": N_("whoever confirmed it changed their own seat"),
    # -- texts, decisions and documents
    "text-without-entry": N_("no entry tells of version %(version)s of the text"),
    "text-differs": N_("the text is not the one its trail tells of"),
    "decision-differs": N_("the decision is not the one its trail tells of"),
    "decision-state-differs": N_("the decision is not where its trail says"),
    "decision-missing": N_("the decision it tells of is not there"),
    "decision-without-entry": N_("there is a decision no entry tells of"),
    "decision-without-case": N_("a decision belongs to a case that is not there (%(case_id)s)"),
    "document-without-entry": N_("no entry tells of document %(document)s"),
    "document-differs": N_("the document is not the one its trail tells of"),
    # -- reviews of assumptions
    "review-missing": N_("the ruling it tells of is not there"),
    "review-differs": N_("the ruling is not the one its trail tells of"),
    "review-without-entry": N_("there is a ruling no entry tells of"),
    # -- policy versions
    "activation-without-entry": N_("no entry tells that version %(version)s came into force"),
    "activation-differs": N_("the version came into force otherwise than its trail says"),
    "activation-reason-differs": N_("the reason is not the one its trail tells of"),
    "activation-missing": N_("version %(version)s is not in force as it tells"),
    "policy-bytes-differ": N_("the policy's bytes are not those of its digest"),
}


def fault_text(fault: Fault) -> str:
    """A fault in the reader's language."""
    return label(FAULTS, fault.code, **{name: _value_label(name, value) for name, value in fault.values.items()})


def _value_label(name: str, found: object) -> str:
    if isinstance(found, WorkflowError):
        return error_text(found)
    value = str(found)
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
