"""Tests of the text difference: complete and minimal."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from web.ui.text_diff import Piece, compared

TEXTS = st.text(alphabet="ab c.\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = compared(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == after


@given(TEXTS)
def test_a_text_left_alone_shows_no_change(text: str) -> None:
    assert {piece.kind for piece in compared(text, text)} <= {"same"}


def test_one_word_changed_is_one_word_taken_out_and_one_put_in() -> None:
    assert compared("for three years.\nThe end.", "for two years.\nThe end.") == (
        Piece("same", "for "),
        Piece("del", "three"),
        Piece("ins", "two"),
        Piece("same", " years.\n"),
        Piece("same", "The end."),
    )


def test_words_changed_side_by_side_are_one_change() -> None:
    kinds = [(piece.kind, piece.text) for piece in compared("we join the network", "we leave every network")]
    assert kinds == [("same", "we "), ("del", "join the"), ("ins", "leave every"), ("same", " network")]


def test_a_long_text_is_compared_while_nobody_waits() -> None:
    before = "\n".join("word " * 200 for _ in range(80))
    after = before.replace("word word word word", "word other word word", 5_000)
    started = time.perf_counter()
    compared(before, after)
    assert time.perf_counter() - started < 3
