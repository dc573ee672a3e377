"""Coded messages about a pack or a law that cannot be read, with their English sentences, marked for translation.

The readers of values, the schemas and the cross references give a code with values: keys, names and numbers as the file
has them, or other messages. The command line says them in English (`str`), `web` in the reader's language.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar

from marshmallow import ValidationError

from workflow.core.messages import N_, Message

_VALUES: Mapping[str, str] = {
    "no-text": N_("should be text (put it in quotes)"),
    "no-value": N_("has no value"),
    "too-long": N_("is longer than %(most)s characters"),
    "no-truth": N_("should be true or false"),
    "no-number": N_("should be a whole number from %(low)s to %(high)s"),
    "no-day": N_("should be a date written YYYY-MM-DD"),
    "day-out-of-range": N_("should be a date from %(first)s to %(last)s"),
    "unknown": N_("unknown %(what)s %(value)s%(hint)s"),
    "hint-near": N_("; did you mean %(near)s?"),
    "hint-known": N_("; known: %(known)s"),
    "unknown-key-without-value": N_("unknown key %(value)s without a value; a text with a comma stands in quotes"),
    "this-list": N_("this list"),
    "this-map": N_("this map"),
    "no-key": N_("%(value)s is not a key of small letters, digits and single hyphens"),
    "no-clause-id": N_("%(value)s is not a clause id like municipality/section.rule"),
    "no-municipality-key": N_("%(value)s is not a municipality key of small letters and digits"),
    "no-country-code": N_("%(value)s is not a country code like se"),
    "no-language-code": N_("%(value)s is not a language code like sv"),
    "no-list": N_("should be a list"),
    "no-list-but-text": N_("should be a list: put it in brackets"),
    "empty": N_("is empty"),
    "twice": N_("%(value)s stands here twice"),
    "no-texts": N_("should be a text in each language, like {sv: …, en: …}"),
    "no-map": N_("should be a map"),
    "no-period": N_("%(value)s is not a period like '60 days' or '10 workdays'"),
    "no-time": N_("should be at least one day"),
    "no-months": N_("%(value)s is not a period like '24 months'"),
    "no-seat": N_("%(value)s is not ROLE@KIND or ROLE@responsible"),
    "missing": N_("is missing"),
    "after-or-before": N_("has exactly one of after, before"),
    # -- conditions and claims
    "no-condition": N_("should be a value, a list or {from: …, to: …}"),
    "empty-span": N_("from %(low)s to %(high)s is empty"),
    "no-attributes": N_("should be a map of attributes"),
    "no-such-act": N_("no request has this act for this engagement"),
    "only-true": N_("is true or left out"),
    "some-of": N_("is a map of some of %(known)s"),
    "example-names": N_("an example names its %(name)s"),
    "example-has-one": N_("an example has exactly one of %(known)s"),
    "only-goal-has-group": N_("only the requirement goal has a group"),
}
_FILES: Mapping[str, str] = {
    "cannot-be-read": N_("cannot be read: %(error)s"),
    "too-large": N_("is larger than %(megabytes)s MB"),
    "no-utf-8": N_("is not UTF-8"),
    "no-yaml": N_("is not YAML: %(problem)s%(hint)s"),
    "hint-colon": N_("; a text with a colon stands in quotes"),
    "anchors": N_("anchors and aliases (& and *) are not allowed"),
    "tags": N_("tags are not allowed: %(tag)s"),
    "several-documents": N_("holds more than one document"),
    "too-deep": N_("is nested deeper than %(most)s levels"),
    "key-is-no-list": N_("a key is one word, not a list or a map"),
    "key-is-no-text": N_("a key is one word, not a long text"),
    "key-twice": N_("this key stands here twice"),
    "control-character": N_("holds a control character"),
    "no-json": N_("cannot be written as JSON: %(error)s"),
    "no-pack": N_("holds no policy pack (*.yaml)"),
    "version-elsewhere": N_("%(value)s stands in another file too"),
    "no-law": N_("there is no law for '%(country)s'"),
    "other-country": N_("is not '%(country)s', as the file's name says"),
    "digest-differs": N_("its stored text does not have its digest"),
    "other-municipality": N_("is '%(found)s', and this is '%(key)s'"),
    "too-many-requests": N_(
        "tells %(count)s requests apart; here at most %(most)s are tried, by 'instans policy check' all"
    ),
    "other-body-kind": N_("'%(body)s' is stored with the kind %(stored)s and cannot become a %(kind)s"),
    "other-content": N_("is stored with another content; a version that has governed never changes, give it a new id"),
    # the policy check has messages of its own
    "promise-broken": "%(title)s: %(counterexample)s",
}
_REFERENCES: Mapping[str, str] = {
    "translation-missing": N_("this translation is missing"),
    "country-names": N_("names the country in its own language and in English"),
    "route-of-law": N_("the country's law has a route of this name"),
    "key-of-country": N_("is the key of the country"),
    "government-needed": N_("needs government: one of %(known)s"),
    "one-government": N_("the country's law knows one form alone"),
    "unknown-timezone": N_("unknown time zone '%(value)s'"),
    "version-name": N_("a version is called %(key)s-YEAR"),
    "before-any-document": N_("is before any document"),
    "before-valid-from": N_("is before valid_from"),
    "exactly-one-body": N_("there is exactly one %(kind)s, not %(count)s"),
    "no-such-body": N_("the municipality has no %(kind)s"),
    "has-no-parent": N_("a %(kind)s has no parent"),
    "needs-parent": N_("an %(kind)s needs a parent"),
    "wrong-parent": N_("an %(kind)s cannot stand below an %(above)s"),
    "no-administration": N_("'%(key)s' has no administration below it"),
    "clause-prefix": N_("a clause id here begins with %(prefix)s/"),
    "claims-needed": N_("a clause of kind %(kind)s needs claims"),
    "guidance-needs-reason": N_("guidance needs a reason why it enforces nothing"),
    "only-guidance-has-reason": N_("only guidance has a reason why it enforces nothing"),
    "duty-needs-enforced-by": N_("a duty needs enforced_by: what the system does for it"),
    "not-enforced-by-system": N_("a clause of kind %(kind)s is not enforced by the system itself"),
    # -- routes
    "other-government": N_("%(clause)s holds only where the government is %(government)s"),
    "several-bodies": N_("there may be several of kind %(kind)s; say responsible"),
    "step-order": N_("steps come in this order: %(steps)s"),
    "step-needed": N_("a route has a step %(step)s"),
    "one-step": N_("a route has one step %(step)s"),
    "board-before-council": N_("before the council decides, the executive board recommends"),
    "consultation-needs-within": N_("a consultation needs within: how long it lasts"),
    "taken-by-one": N_("the step %(step)s is taken by one"),
    "drafted-by-officer": N_("a case is drafted by officer@responsible"),
    "role-below-council": N_("no %(role)s sits below the council"),
    "body-without-role": N_("an %(kind)s has no %(role)s"),
    # -- rows, requirements, evaluations, ladders
    "days-of-law": N_("only a row of the law has days of its own"),
    "other-body-on-route": N_("on route %(route)s %(body)s decides, in this row %(row)s"),
    "two-rows-needed": N_("some of these requests are signed and some are not; make two rows"),
    "sign-step-needed": N_("these requests are signed, and route %(route)s has no sign step"),
    "sign-step-in-vain": N_("nothing is signed for these requests, and route %(route)s has a sign step"),
    "goal-needs-group": N_("the requirement goal names its group"),
    "never-signed": N_("some of these requests are never signed, so it would never be asked"),
    "asked-twice": N_("%(id)s is asked of some requests twice"),
    "evaluated-twice": N_("%(id)s comes round for some of these engagements too"),
    "evaluation-has-one": N_("an evaluation has exactly one of every, before_expiry, on"),
    "ladder-begins": N_("an evaluation's ladder begins on its last day"),
    "nobodys-turn": N_("nobody's turn it is here; name a seat"),
    "rung-later": N_("each rung comes later than the one before it"),
    "nothing-late": N_("after its last day nothing is left to be late"),
    # -- laws
    "clause-not-every-day": N_("%(clause)s does not hold on every day on which this does"),
    "same-days": N_("%(id)s answers some of these requests on the same days"),
    "no-row-before": N_("no row answers these requests on %(day)s, before %(id)s does"),
    "no-row": N_("no row answers these requests on %(day)s"),
    "no-quorum": N_("no quorum for a %(kind)s%(since)s"),
    "one-rule-a-day": N_("exactly one rule holds on any day, not %(count)s%(since)s"),
    "no-minority": N_("a minority is less than the whole"),
    "other-minority": N_("another minority brings this about on the same days%(since)s"),
    "since": N_(" from %(day)s"),
}
#: What is unknown, as `unknown` names it.
_THINGS: Mapping[str, str] = {
    "thing-attribute": N_("attribute"),
    "thing-body": N_("body"),
    "thing-body-kind": N_("body kind"),
    "thing-clause": N_("clause"),
    "thing-clause-kind": N_("clause kind"),
    "thing-deciding-body-kind": N_("deciding body kind"),
    "thing-engagement": N_("engagement"),
    "thing-field": N_("field"),
    "thing-form-of-government": N_("form of government"),
    "thing-goal-group": N_("goal group"),
    "thing-key": N_("key"),
    "thing-kind-of-responsible-body": N_("kind of responsible body"),
    "thing-ladder": N_("ladder"),
    "thing-language": N_("language"),
    "thing-outcome": N_("outcome"),
    "thing-requirement": N_("requirement"),
    "thing-role": N_("role"),
    "thing-route": N_("route"),
    "thing-rule-for-ties": N_("rule for ties"),
    "thing-status": N_("status"),
    "thing-step": N_("step"),
    "thing-voice": N_("voice"),
    "thing-vote": N_("vote"),
    "thing-way-to-enforce": N_("way to enforce"),
}
SENTENCES: Mapping[str, str] = {**_VALUES, **_FILES, **_REFERENCES, **_THINGS}


@dataclass(frozen=True, slots=True)
class PackMessage(Message):
    """What is wrong with a pack or a law; its values are texts, numbers, or other messages."""

    sentences: ClassVar = SENTENCES


def pack_message(code: str, **values: object) -> PackMessage:
    """A message by its code."""
    return PackMessage(code, values)


def invalid(code: str, **values: object) -> ValidationError:
    """The error with which a reader of values refuses one."""
    return ValidationError([pack_message(code, **values)])


def unknown(what: str, value: object, known: Collection[str]) -> PackMessage:
    """The message about an unknown value, with the nearest known one; `what` is named under `thing-`."""
    thing = f"thing-{what.replace(' ', '-')}"
    near = get_close_matches(str(value), list(known), 1)
    hint: object = ""
    if near:
        hint = pack_message("hint-near", near=near[0])
    elif len(known) <= 12:
        hint = pack_message("hint-known", known=", ".join(known))
    # what only the command line and the demo's scripts read is English alone
    named = pack_message(thing) if thing in SENTENCES else what
    return pack_message("unknown", what=named, value=shown(value), hint=hint)


def shown(value: object) -> object:
    """A value as the file writes it, on one line and cut when it is long."""
    if value is None or isinstance(value, bool):
        return "null" if value is None else str(value).lower()
    if isinstance(value, list | dict):
        return pack_message("this-list" if isinstance(value, list) else "this-map")
    line = " ".join(str(value).split())
    return f"'{line}'" if len(line) <= 60 else f"'{line[:60]}…'"
