"""Coded messages, and the reasons of refusals: their codes and English sentences, marked for translation.

Layers pass messages as codes with values. `web` shows a message in the reader's language, the command line in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self


def N_(sentence: str) -> str:
    """Mark a sentence for translation where it cannot be translated yet."""
    return sentence


@dataclass(frozen=True, slots=True)
class Message:
    """A code with values. A code without a sentence is a `KeyError` at once."""

    #: English sentences by code; each subclass has its own table.
    sentences: ClassVar[Mapping[str, str]] = {}

    code: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sentences[self.code]

    def __str__(self) -> str:
        """The message in English."""
        values = {name: self.value_text(name, value) for name, value in self.values.items()}
        return self.sentences[self.code] % values

    def value_text(self, name: str, value: object) -> str:
        """A value as it stands in the English sentence."""
        return str(value)

    def with_values(self, **values: object) -> Self:
        """The same message with more values."""
        return replace(self, values={**self.values, **values})


SENTENCES: Mapping[str, str] = {
    # -- who may
    "not-found": N_("There is no such case, or you may not see it."),
    "no-actor": N_("This account is not active."),
    "not-appointed": N_("This is for the %(role)s of %(body)s, and you hold no such appointment today."),
    "officers-only": N_("Only a case officer may register this."),
    "admins-only": N_("Only an administrator may do this."),
    "has-administrator": N_("There are its administrators already; they seat the next one on the screen."),
    "own-appointment": N_("Nobody appoints themselves; another administrator must do this."),
    "not-yours": N_("Only the officer who has the case may do this; it is with %(officer)s."),
    "only-requester": N_("Only the officer who asked for it may withdraw it."),
    "no-mandate": N_(
        "%(body)s decides only under a recorded mandate from %(parent)s that covers this; there is none today."
    ),
    "four-eyes-submitted": N_("You submitted or changed this case, so somebody else must pass it on or decide it."),
    "four-eyes-acted": N_("You have already acted on this case on its present way; a second person must do this."),
    "four-eyes-entered": N_("You entered this decision, so somebody else must confirm it."),
    "recused": N_("You are recorded as having a conflict of interest in this case."),
    "prepared-it": N_("You prepared this case as an employee, so you may not take part in the body's decision."),
    # -- who stands in for somebody away
    "away-recused": N_("%(absent)s, for whom you stand in, is recorded as having a conflict of interest in this case."),
    "away-four-eyes-submitted": N_(
        "%(absent)s, for whom you stand in, submitted or changed this case, so somebody else must pass it on or decide "
        "it."
    ),
    "away-four-eyes-acted": N_(
        "%(absent)s, for whom you stand in, has already acted on this case on its present way; a second person must do "
        "this."
    ),
    "away-four-eyes-entered": N_(
        "%(absent)s, for whom you stand in, entered this decision, so somebody else must confirm it."
    ),
    "away-prepared-it": N_(
        "%(absent)s, for whom you stand in, prepared this case as an employee, so you may not act for them in the "
        "body’s decision."
    ),
    "substitute-not-yours": N_("You name a substitute for a seat of your own; for others, an administrator does it."),
    "substitute-oneself": N_("Nobody stands in for themselves: choose somebody else."),
    "substitute-member": N_("An elected member has deputies at the meeting; nobody stands in for a member here."),
    "substitute-appointed": N_(
        "Nobody stands in for an auditor or an administrator: another must be appointed in the ordinary way."
    ),
    "substitute-seat": N_("The person away does not hold this seat of their own on every day of that time."),
    "substitute-body": N_(
        "Only somebody with an appointment of their own in the same body, on every day of that time, can stand in."
    ),
    "substitute-elected": N_(
        "Only an elected member of the same body, on every day of that time, can stand in for its chair."
    ),
    "substitute-away": N_("The person you chose is away themselves during that time; choose somebody else."),
    "substitute-taken": N_("Somebody already stands in for this seat from %(first)s to %(last)s."),
    "substitute-over": N_("That time is over already; what was done in it stands."),
    "substitute-longer": N_(
        "This can only end it earlier; for a longer time, name a substitute for the days that follow."
    ),
    # -- accounts
    "own-password": N_("Give your own password; without it this cannot be changed."),
    "password-changed-meanwhile": N_("Your password has been changed in the meantime; log in again with the new one."),
    "own-proposal": N_("You have proposed this yourself, so somebody else must confirm it."),
    "confirms-not": N_(
        "Another administrator confirms this; where there is no other, the chair of the body concerned, else of the "
        "council. Nobody confirms a change of their own seat, and an auditor confirms nothing."
    ),
    "takes-two": N_("Nobody does this alone: propose it, and another person confirms it."),
    "seat-longer": N_("This can only end it earlier; what is to hold longer is given anew, from today on."),
    "seats-apart": N_(
        "The person is %(role)s in %(body)s on some of these days. Who decides, who audits and who administers are "
        "different people."
    ),
    "change-settled": N_("This has been confirmed, declined or withdrawn already, or nobody confirmed it in time."),
    "erased-already": N_("This person has been erased."),
    "erase-seated": N_("The person holds an appointment, or will hold one. End it first: nobody with one is erased."),
    "erase-stands-in": N_("The person stands in for somebody, or somebody for them. End that first."),
    "erase-waits": N_("%(case)s waits for this person as its officer. Give it to somebody else first."),
    "token-life": N_("“%(field)s” must be at least 1 and at most %(most)s."),
    "no-seat": N_(
        "You hold no appointment today and stand in for nobody, so there is nothing here for you to read. An "
        "administrator of your municipality can tell you why."
    ),
    "rulings-only": N_(
        "What the municipality says of an assumption is recorded by the international coordinator or an administrator, "
        "and never by an auditor."
    ),
    # -- where the case is
    "not-open": N_("This cannot be done while the case is at “%(state)s”."),
    "unknown-action": N_("There is no action called “%(action)s”."),
    "changed": N_("Somebody else has changed the case since you opened it. Look at it again before you act."),
    "engagement-renewed": N_(
        "Case %(case)s has renewed the engagement since this case was judged, so it must go back to its officer and be "
        "judged again."
    ),
    "engagement-terminated": N_(
        "Case %(case)s has ended the engagement since this case was judged, so it must go back to its officer and be "
        "judged again."
    ),
    "engagement-lapsed": N_(
        "The engagement has run out since this case was judged, so it must go back to its officer and be judged again."
    ),
    "body-has-acted": N_("A body has acted on the case; from now on only that body can decide to withdraw it."),
    "not-first-body": N_("Only the body where a matter is first raised may end it as not raised."),
    "must-be-answered": N_(
        "A motion, a citizen’s proposal, another body’s matter or a request from outside must be answered."
    ),
    "outcome-not-open": N_("“%(outcome)s” is not an outcome a body can choose at this step."),
    "note-is-no-answer": N_("This request needs a yes or a no: taking note of it gives nobody the right to go ahead."),
    "refused-by-clause": N_(
        "The policy forbids this. Nobody in the municipality may decide it while the policy stands."
    ),
    "law-changed": N_(
        "By the law of %(day)s another body decides this, or on another route. The case must be referred back first."
    ),
    "other-body": N_("With this change another body is competent, so the case must be referred back first."),
    "engagement-needed": N_("Choose the engagement in the register that this concerns."),
    "engagement-unknown": N_("There is no such engagement in the register."),
    "engagement-ended": N_("That engagement has already ended."),
    "engagement-other-kind": N_("That engagement is of another kind."),
    # -- versions of the policy
    "version-unknown": N_("There is no version called “%(version)s”."),
    "version-active": N_("This version is in force already, or will be from a day that is fixed."),
    "version-past": N_("A version governs from today at the earliest: what was judged before stays as it was judged."),
    "version-ended": N_("The version's own last day is before that day."),
    "version-rejected": N_("It rests on an assumption that the municipality has rejected: %(assumption)s"),
    "version-case": N_("Name a case of your municipality in which the policy was adopted or revised, and concluded."),
    "version-case-used": N_(
        "That case has brought %(version)s into force already; another version needs its own decision."
    ),
    "version-reading": N_(
        "A new reading stays with the same document: the title, or the status, of this version is another one."
    ),
    "version-four-eyes": N_(
        "You brought this version in, so another administrator must bring a new reading into force."
    ),
    "move-closed": N_("The case has ended; it stays under the version it was decided by."),
    "move-same": N_("The case is under this version already."),
    "move-not-in-force": N_("A case can only be moved to the version that is in force today, which is %(version)s."),
    "move-no-body": N_("The new version knows no %(body)s, whose matter this is."),
    "move-no-answer": N_("The new version gives this request no answer, or more than one."),
    "move-no-stop": N_("On its new way the case would come to no step “%(step)s” of %(body)s, where it is now."),
    "move-skips": N_("The step “%(step)s” of %(body)s would be skipped."),
    "move-decided": N_(
        "%(body)s has decided; under the new version the decision would be for %(other)s. What is decided stays as it "
        "is."
    ),
    # -- what is missing or wrong
    "missing": N_("“%(field)s” is required before this step."),
    "field-missing": N_("“%(field)s” is needed."),
    "field-wrong": N_("“%(field)s” is not valid: %(why)s"),
    "day-out-of-range": N_("“%(field)s” must lie between %(first)s and %(last)s."),
    "secrecy-unchanged": N_("The mark is as it was."),
    "text-invisible": N_("“%(field)s” holds nothing that can be seen."),
    "text-control": N_("“%(field)s” must be one line of text without control characters."),
    "text-reversed": N_(
        "“%(field)s” holds signs that change the direction of writing, so it would show otherwise than it is stored."
    ),
    "field-unknown": N_("There is no field called “%(field)s”."),
    "partner-instead": N_("The policy names the Nordic twin towns that it excepts: say with whom the engagement is."),
    "no-named-twin": N_("The policy excepts the Nordic twin towns that it names, and “%(partner)s” is none of them."),
    "derived": N_("“%(field)s” is read from the register and cannot be given."),
    "only-raised": N_("A manager may raise a case to one of principle; to lower it, refer it back to its officer."),
    "reason-needed": N_("Give your reasons."),
    "not-quorate": N_(
        "%(body)s cannot decide: %(present)s of %(members)s members took part, and at least %(needed)s must."
    ),
    "too-many-present": N_("%(present)s present is more than the %(members)s members of %(body)s on that day."),
    "votes-do-not-add-up": N_("The votes and abstentions add up to %(sum)s, but %(voters)s members took part."),
    "no-majority": N_("The votes do not carry this outcome: %(for)s for, %(against)s against."),
    "casting-vote-needed": N_("The votes are equal: say how the chair’s casting vote fell."),
    "tie-lapses": N_("The votes are equal, so the proposal lapses; there is no casting vote."),
    "must-vote": N_("Members who are present must vote; nobody may abstain in this matter."),
    # -- the order of time
    "day-after-today": N_("“%(field)s” must not lie after today."),
    "meeting-in-future": N_("The meeting has not been held yet."),
    "meeting-before-submission": N_("The meeting cannot have been before %(day)s, when the matter was handed in."),
    "meeting-before-endorsement": N_("The meeting cannot have been before %(day)s, when the matter was endorsed."),
    "meeting-before-body": N_("The meeting cannot have been before %(day)s, when %(body)s met on the matter."),
    "paragraph-taken": N_("%(paragraph)s of that meeting of %(body)s is already the decision in %(case)s."),
    "not-presiding": N_("You did not sit in the body on %(day)s. Whoever chaired that meeting confirms its record."),
    "signed-before-decision": N_("“%(field)s” must not lie before %(day)s, the day of the decision."),
    "evaluation-not-found": N_("There is no such evaluation."),
    "evaluation-not-open": N_("This cannot be done while the evaluation is “%(state)s”."),
    "evaluation-changed": N_("Somebody else has changed the evaluation since you opened it. Look at it again."),
    "worth-needed": N_("Say whether its value still matches its cost; the policy weighs one against the other."),
    "no-value-left": N_("What has no value left is ended: the report can then only propose to terminate it."),
    "reasons-to-go-on": N_("Its value is below its cost, so going on needs reasons."),
    "whose-case": N_("Choose the officer who is to have the case, one of %(body)s."),
    "deadline-not-found": N_("There is no such deadline, or nothing waits for it any more."),
    "deadline-changed": N_("The deadline has been moved since you opened it. Look at it again."),
    "deadline-too-late": N_("The new last day cannot lie after %(day)s, when everybody above has been told."),
    "own-deadline": N_("This last day binds you yourself: somebody else must give more time."),
    "deadline-not-later": N_("The new last day must be later than the present one and not in the past."),
    "unknown-document": N_("No document of this case has that digest."),
    "signed-document-late": N_(
        "The document was added after the decision. Say which one before the body it comes from."
    ),
    "document-not-derived": N_("The document was before the body itself: leave this empty."),
    "unknown-origin": N_("There is no such document in this case."),
    "origin-late": N_("That document was added after the decision too."),
    "unknown-person": N_("Nobody with the user name “%(username)s” is known here."),
    "move-signed": N_("We have signed the agreement. The case stays under the policy version it was decided under."),
    "pending-first": N_("A decision has been entered and waits to be confirmed."),
    "idempotency-differs": N_("This idempotency key was used for another request."),
    "document-too-large": N_("The file is larger than %(megabytes)s MB."),
    "document-type": N_("Only PDF, DOCX, PNG and JPEG files can be registered; this file is something else."),
    "document-empty": N_("The file is empty."),
    "mail-not-stuck": N_("This mail is neither given up nor in doubt, so it cannot be sent once more."),
    # -- what the municipality says of an assumption
    "assumption-not-found": N_("There is no such assumption in that version of the policy."),
    "ruling-needs-note": N_("Say on whose word it is confirmed, or why it is rejected."),
    "ruling-changed": N_("Somebody else has ruled on this assumption since you opened it. Look at it again."),
    "version-replaced": N_("That version of the policy governs no longer; look at the one that does."),
    # -- the register
    "details-changed": N_(
        "Somebody else has changed these details since you opened them. Look at them again before you save."
    ),
    "half-a-place": N_("A place needs both a latitude and a longitude: “%(field)s” is missing."),
    "too-many-lines": N_("An engagement can have %(most)s lines of funding, and these are there."),
    "table-unreadable": N_("This is neither a CSV text nor an XLSX workbook that can be read."),
    "table-too-large": N_("The file is larger than %(megabytes)s MB."),
    "table-swollen": N_("The workbook would unpack to far more than it should, so it was not opened."),
    "table-too-long": N_("The file has more than %(rows)s rows. Divide it into several files."),
    "table-empty": N_("There is no row below the names of the columns."),
    "column-unknown": N_("There is no column called “%(column)s”."),
    "column-twice": N_("The column “%(column)s” is there twice."),
    "column-missing": N_("The column “%(column)s” is missing."),
    "cell-formula": N_("“%(field)s” holds a formula. Paste its value instead: formulas are never calculated here."),
    "cell-error": N_("“%(field)s” holds an error of the spreadsheet."),
    "cell-date": N_("“%(field)s” is not a date that can only mean one day. Write it like 2026-05-31."),
    "cell-truth": N_("“%(field)s” must be yes or no."),
    "cell-number": N_("“%(field)s” must be a number."),
    "row-cells": N_("The row has more cells than there are columns."),
    "already-registered": N_("%(number)s is in the register already."),
    "import-not-open": N_("The list has been begun, finished or given up in the meantime."),
    "import-row-failed": N_("The row could not be registered because of an unexpected error, which is in the log."),
    "import-no-rows": N_("No row of the list is free of errors, so there is nothing to register."),
}


@dataclass(frozen=True, slots=True)
class Reason(Message):
    """One reason, with the clauses it rests on."""

    sentences: ClassVar = SENTENCES

    clauses: tuple[str, ...] = ()


def reason(code: str, *, clauses: tuple[str, ...] = (), **values: object) -> Reason:
    """A reason by its code."""
    return Reason(code, values, clauses)
