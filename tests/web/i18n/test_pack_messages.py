"""Messages about a pack that cannot be read, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

import pytest
from flask import Flask
from flask_babel import force_locale, gettext
from sqlalchemy import Engine

from tests.web.conftest import serving
from tests.worlds import build
from web.audit.labels import fault_text
from web.i18n.locale import LANGUAGES
from web.i18n.pack_messages import error_text, pack_message_text
from workflow.core.errors import NotFound, PolicyInvalid
from workflow.core.messages import reason
from workflow.policy.pack_messages import SENTENCES, pack_message, unknown
from workflow.trail.fault import fault

VALUE = re.compile(r"%\((\w+)\)s")
#: Said by the policy check itself.
ENGLISH = {"promise-broken"}
HELD = PolicyInvalid("pack.yaml", 3, "document.version", unknown("status", "adoptd", ("adopted", "proposed")))


@pytest.fixture(autouse=True)
def speaking(sqlite_engine: Engine) -> Iterator[Flask]:
    for app in serving(build(sqlite_engine, "orebro")):
        with app.test_request_context("/"):
            yield app


def test_every_message_is_translated_with_the_same_values() -> None:
    for code, language in product(set(SENTENCES) - ENGLISH, set(LANGUAGES) - {"en"}):
        with force_locale(language):
            translated = gettext(SENTENCES[code])
        assert set(VALUE.findall(translated)) == set(VALUE.findall(SENTENCES[code])), (code, language)
        if not code.startswith("thing-"):  # a word may be the same
            assert translated != SENTENCES[code], (code, language)


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_every_message_is_said_with_its_values(code: str) -> None:
    values = dict.fromkeys(VALUE.findall(SENTENCES[code]), "x") | ({"obligation": "P1"} if code in ENGLISH else {})
    assert "%(" not in pack_message_text(pack_message(code, **values))


def test_messages_within_a_message_are_said_in_its_language() -> None:
    assert str(HELD) == "pack.yaml:3: document.version: unknown status 'adoptd'; did you mean adopted?"
    assert error_text(HELD) == str(HELD)
    with force_locale("sv"):
        assert (
            error_text(HELD) == "pack.yaml:3: document.version: 'adoptd' är inte känt här (status); menade du adopted?"
        )


def test_a_trail_whose_policy_cannot_be_read_says_why_in_the_readers_language() -> None:
    broken = PolicyInvalid("orebro-2012", None, "", pack_message("digest-differs"))
    found = fault("orebro-2026-00001", None, "policy-unreadable", error=broken)
    assert str(found) == "the policy it is under cannot be read: orebro-2012: its stored text does not have its digest"
    with force_locale("da"):
        said = fault_text(found)
    assert said.endswith("orebro-2012: den lagrede tekst har ikke versionens kontrolsum")
    missing = fault("orebro-2026-00001", None, "policy-unreadable", error=NotFound(reason("not-found")))
    with force_locale("nb"):
        assert "There is no such case" not in fault_text(missing)


def test_a_text_that_no_table_has_is_shown_as_it_is() -> None:
    assert pack_message_text("Invalid input") == "Invalid input"
    assert unknown("decision", "x", ("y",)).values["what"] == "decision"
