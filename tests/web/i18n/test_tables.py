"""Tests of label lookup."""

from __future__ import annotations

import warnings

import pytest

from web.i18n.tables import UnknownCode, label, label_or_code

TABLE = {"chair": "Chair", "decide": "Decision: %(body)s"}


def test_a_code_without_a_label_is_an_error_in_tests() -> None:
    with pytest.raises(UnknownCode, match="'mayor'"):
        label(TABLE, "mayor")


def test_a_code_without_a_label_is_shown_as_it_is_in_production() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert label(TABLE, "mayor") == "mayor"


def test_a_code_from_outside_is_shown_as_it_is() -> None:
    assert label_or_code(TABLE, "mayor") == "mayor"


def test_a_label_takes_values() -> None:
    assert (
        label(TABLE, "decide", body="Council") == label_or_code(TABLE, "decide", body="Council") == "Decision: Council"
    )
