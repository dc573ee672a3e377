"""Labels of the coded statements of the check."""

from __future__ import annotations

import re
from itertools import product

import pytest
from flask_babel import force_locale, gettext

from web.i18n.locale import LANGUAGES
from web.policies.verification.counterexample_labels import LABELS
from workflow.policy.verification.messages import DETAILS, SENTENCES

VALUE = re.compile(r"%\((\w+)\)s")
pytestmark = pytest.mark.usefixtures("speaking")


#: Of a pack that cannot be read.
UNSAID = {"unreadable"}


def test_every_code_has_a_label_in_every_language() -> None:
    assert set(LABELS) == {*SENTENCES, *DETAILS} - UNSAID
    for code, language in product(LABELS, LANGUAGES):
        with force_locale(language):
            translated = gettext(LABELS[code])
        assert set(VALUE.findall(translated)) == set(VALUE.findall(LABELS[code])), code
        has_words = any(letter.isalpha() for letter in VALUE.sub("", LABELS[code]))
        assert (translated == LABELS[code]) is (language == "en" or not has_words), (code, language)


def test_a_label_shows_only_values_that_its_code_has_and_no_detail_that_is_english_alone() -> None:
    for code, label in LABELS.items():
        english = {**SENTENCES, **DETAILS}[code]
        assert set(VALUE.findall(label)) <= {*VALUE.findall(english)}
        assert not {"under", "more", "why", "problems", "meeting"} & set(VALUE.findall(label))
    assert not set(DETAILS) & set(SENTENCES)
