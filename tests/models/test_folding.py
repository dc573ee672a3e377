"""Do names sort as in the alphabet, and are they found however they are spelt?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.folding import LAST, MOST_WORDS, WORD_LENGTH, search_words, sort_key

NAMES = ["Örebro", "Zagreb", "İzmir", "Åbo", "Ålborg", "Ærø", "aachen", "Ärla", "", "Oslo", "Øster", "Petaẖ Tiqva"]


@pytest.mark.parametrize(
    ("language", "order"),
    [
        (
            "sv",
            ["aachen", "İzmir", "Oslo", "Petaẖ Tiqva", "Zagreb", "Åbo", "Ålborg", "Ärla", "Ærø", "Örebro", "Øster", ""],
        ),
        (
            "da",
            ["aachen", "İzmir", "Oslo", "Petaẖ Tiqva", "Zagreb", "Ärla", "Ærø", "Örebro", "Øster", "Åbo", "Ålborg", ""],
        ),
        (
            "nb",
            ["aachen", "İzmir", "Oslo", "Petaẖ Tiqva", "Zagreb", "Ärla", "Ærø", "Örebro", "Øster", "Åbo", "Ålborg", ""],
        ),
    ],
)
def test_names_sort_as_the_language_has_its_alphabet(language: str, order: list[str]) -> None:
    assert sorted(NAMES, key=lambda name: sort_key(name, language)) == order


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Venskabsby: Kópavogur", ("venskabsby", "kopavogur")),
        ("ÅRHUS, Århus & Arhus", ("arhus",)),
        ("St. Albans", ("st", "albans")),
        ("Łódź", ("lodz",)),
        ("% – ~", ()),
        ("a" * 90, ("a" * WORD_LENGTH,)),
    ],
)
def test_words_are_plain_and_each_stands_once(text: str, found: tuple[str, ...]) -> None:
    assert search_words(text) == found


@given(st.text())
def test_any_text_can_be_folded_and_folding_words_again_changes_nothing(text: str) -> None:
    found = search_words(text)
    assert len(found) <= MOST_WORDS
    assert sort_key(text, "sv") <= LAST or sort_key(text, "sv")[0] > "z"
    for word in found:
        assert 0 < len(word) <= WORD_LENGTH


@given(st.text(alphabet="abcåäöæøéüßABCÅÄÖÆØ 123.-"))
def test_capitals_make_no_difference(text: str) -> None:
    assert search_words(text.upper()) == search_words(text.upper().lower())
    assert sort_key(text.upper(), "da") == sort_key(text.upper().lower(), "da")
