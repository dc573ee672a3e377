"""Does what people write reach columns and trail in one form, and is what cannot be stored turned away?"""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest
from marshmallow import ValidationError
from sqlalchemy import select

from models import Decision, TrailEntry
from models.database import reading
from tests.workflow.changes import by_two
from tests.workflow.documents.test_service import pdf
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases import gate
from workflow.cases.gate import open_case
from workflow.core.errors import Malformed, NotFound
from workflow.core.text_validation import clean, line_fault
from workflow.documents.service import register_letter
from workflow.people.administration import administer
from workflow.policy.value_readers import text as pack_text
from workflow.register.service import register_engagement

#: Å as A and a ring, é as e and an accent: what some keyboards and file systems give.
DECOMPOSED = "A\u030abo, cafe\u0301 § 12"
COMPOSED = "\u00c5bo, caf\u00e9 § 12"
#: A NUL, and half of a pair of surrogates: JSON can carry both.
UNSTORABLE = ("\x00", "half\ud800", "\udfff", "a\x00b")


def test_texts_are_composed_wherever_they_stand() -> None:
    given = {"a": DECOMPOSED, "b": [DECOMPOSED, {"c": DECOMPOSED}], "d": 5, "e": None, "f": True}
    assert clean(given) == {"a": COMPOSED, "b": [COMPOSED, {"c": COMPOSED}], "d": 5, "e": None, "f": True}


@pytest.mark.parametrize("text", UNSTORABLE)
def test_text_that_cannot_be_stored_names_its_field(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        clean({"fields": {"representatives": ["A", text]}})
    assert caught.value.reasons[0].values["field"] == "fields.representatives"


@pytest.mark.parametrize("text", UNSTORABLE)
def test_gate_turns_away_what_cannot_be_stored(orebro: World, text: str) -> None:
    number = orebro.open("visit")
    for payload in ({"title": text}, {"fields": {"purpose": text}}, {"goals": [text]}):
        with refused(orebro, Malformed, "field-wrong"):
            orebro.act("officer", number, "amend", payload)
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("officer", number, "submit", comment=text)
    with refused(orebro, Malformed, "unknown-action"):
        orebro.act("officer", number, text)
    with pytest.raises(NotFound):
        gate.act(orebro.services, 1, f"orebro-{text}", "submit", {}, now=orebro.now, expected_version=1)
    with pytest.raises(NotFound):
        orebro.services.tenants.tenant(text)


@pytest.mark.parametrize("text", UNSTORABLE)
def test_every_other_way_in_turns_it_away_too(orebro: World, text: str) -> None:
    services, officer, admin = orebro.services, orebro.people["officer"], orebro.people["admin"]
    with refused(orebro, Malformed, "field-wrong"):
        open_case(services, officer, orebro.draft("visit", title=text), now=orebro.now)
    with refused(orebro, Malformed, "field-wrong"):
        register_letter(services, officer, "orebro", pdf(title=text), now=orebro.now)
    with refused(orebro, Malformed, "field-wrong"):
        given = {"kind": "visit", "title": "A", "source": text, "responsible": "kommunstyrelsen"}
        register_engagement(services, officer, "orebro", given, now=orebro.now)
    with refused(orebro, Malformed, "field-wrong"):
        given = {"name": text, "username": "new@orebro", "language": "sv"}
        administer(services, admin, "orebro", "add-person", given, now=orebro.now)


def entries(world: World, stream: str) -> list[TrailEntry]:
    """A stream's entries."""
    with reading(world.engine, world.tenant.id) as session:
        return list(session.scalars(select(TrailEntry).where(TrailEntry.stream == stream).order_by(TrailEntry.number)))


def strings(value: Any) -> list[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(value, dict):
        return [text for key, inner in value.items() for text in (key, *strings(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in strings(inner)]
    return [value] if isinstance(value, str) else []


def test_trail_holds_composed_text_however_it_was_typed(orebro: World) -> None:
    given = {"to_body": "forvaltningen-barn", "starts_on": "2026-09-15", "reference": DECOMPOSED}
    by_two(orebro, "give-mandate", given | {"all_engagements": True, "all_acts": True})
    number = orebro.open("visit", title=DECOMPOSED, external_number=DECOMPOSED, text=DECOMPOSED)
    orebro.walk(number, "decide:responsible")
    entered = orebro.decision(paragraph=DECOMPOSED)
    orebro.act("secretary.committee", number, "enter-decision", entered, DECOMPOSED)
    orebro.walk(number)
    found = [*entries(orebro, number), *entries(orebro, "orebro-journal")]
    texts = [text for entry in found for text in strings(json.loads(entry.canonical))]
    assert COMPOSED in texts
    assert [text for text in texts if not unicodedata.is_normalized("NFC", text)] == []
    row = orebro.row(number)
    assert (row.title, row.external_number) == (COMPOSED, COMPOSED)
    with reading(orebro.engine, orebro.tenant.id) as session:
        (decision,) = session.scalars(select(Decision))
    assert (decision.paragraph, decision.reason, decision.text) == (COMPOSED,) * 3
    assert verify(orebro.engine).ok


@pytest.mark.parametrize("levels", [40, 900])
def test_value_nested_too_deeply_is_refused_by_its_field(levels: int) -> None:
    deep: object = "text"
    for _ in range(levels):
        deep = [deep]
    with pytest.raises(Malformed) as refused:
        clean({"fields": {"purpose": deep}})
    assert refused.value.reasons[0].values["field"] == "fields"


# -- names and titles

#: Nothing to see, a control sign, and a text that shows in another order than it is stored.
UNREADABLE = [
    ("\u200b", "text-invisible"),
    ("\u2060\ufeff \u00a0", "text-invisible"),
    ("\u3164\u2800", "text-invisible"),
    ("a\x07b", "text-control"),
    ("two\nlines", "text-control"),
    ("Alice \u202e eviL", "text-reversed"),
    ("a \u2067 b", "text-reversed"),
]


@pytest.mark.parametrize(("text", "code"), UNREADABLE)
def test_name_or_title_that_cannot_be_read_is_refused_wherever_one_is_taken(
    orebro: World, text: str, code: str
) -> None:
    admin, officer, board = orebro.people["admin"], orebro.people["officer"], "kommunstyrelsen"
    number = orebro.open("visit")
    for payload in ({"title": text}, {"partner": {"name": text}}, {"fields": {"representatives": [text]}}):
        with refused(orebro, Malformed, code):
            orebro.act("officer", number, "amend", payload)
    with refused(orebro, Malformed, code):
        orebro.open("visit", title=text)
    person = {"name": text, "username": "new@orebro", "language": "sv"}
    seat = {"username": "officer@orebro", "role": "officer", "body": board, "starts_on": "2026-09-15"}
    mandate = {"to_body": "kommunstyrelseforvaltningen", "starts_on": "2026-09-15", "reference": text}
    acts = {"add-person": person, "appoint": seat | {"reference": text}, "give-mandate": mandate}
    for action, given in acts.items():
        with refused(orebro, Malformed, code):
            administer(orebro.services, admin, "orebro", action, given, now=orebro.now)
    legacy = {"kind": "twin-agreement", "title": "A", "source": "B", "responsible": board}
    for name in ("title", "source", "partner_name"):
        with refused(orebro, Malformed, code):
            register_engagement(orebro.services, officer, "orebro", legacy | {name: text}, now=orebro.now)
    for upload in (pdf(title=text), pdf(correspondent=f"{text}")):
        with refused(orebro, Malformed, code):
            register_letter(orebro.services, officer, "orebro", upload, now=orebro.now)


@pytest.mark.parametrize("text", ["Åbo", "北京", "Ĳ", "עברית", "e\u0301", "§", "👩‍👩‍👧", "«»", "بكين \u200f1"])
def test_name_with_one_visible_sign_is_taken(text: str) -> None:
    assert line_fault(text) == ""


def test_text_of_a_pack_must_be_visible_too() -> None:
    with pytest.raises(ValidationError, match="no-value"):
        pack_text("\u200b\u00a0")
