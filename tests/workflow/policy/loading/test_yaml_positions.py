"""Reading of YAML: what is no plain document is refused with its line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.workflow.policy.loading.refusing import refused
from tests.workflow.policy.small_pack import changed, planted


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "nowhere.yaml").message


def test_a_folder_is_no_pack(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path).message


def test_a_file_larger_than_a_megabyte_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"# " + b"x" * 1_000_000)
    assert "larger than 1 MB" in refused(path).message


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.yaml"
    path.write_text("# nothing\n", encoding="utf-8")
    assert refused(path).message == "is empty"


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("a: b\nnames: Örebro\n".encode("latin-1"))
    assert (refused(path).line, refused(path).message) == (2, "is not UTF-8")


@pytest.mark.parametrize("key", ['"a\\nb"', '"a\\u2028b"', "x" * 101])
def test_a_key_is_one_short_word(key: str, tmp_path: Path) -> None:
    path = planted(tmp_path, ("default_responsible:", f"{key}:"))
    assert refused(path).message == "a key is one word, not a long text"


def test_a_wrong_word_of_several_lines_is_told_on_one(tmp_path: Path) -> None:
    path = planted(tmp_path, ("kind: duty", 'kind: "du\\nty"'))
    assert "unknown clause kind 'du ty'" in refused(path).message


def test_an_endless_text_is_refused(tmp_path: Path) -> None:
    path = planted(tmp_path, ("cannot be checked", "x" * 3_000))
    assert "longer than 2000 characters" in refused(path).message


def test_a_bomb_of_aliases_dies_at_its_first_anchor(tmp_path: Path) -> None:
    path = tmp_path / "bomb.yaml"
    levels = "".join(f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 9)}]\n" for n in range(1, 30))
    path.write_text("b0: &b0 [x]\n" + levels, encoding="utf-8")
    started = time.perf_counter()
    assert (refused(path).line, "anchors and aliases" in refused(path).message) == (1, True)
    assert time.perf_counter() - started < 1


def test_words_that_look_like_yes_or_no_stay_words(tmp_path: Path) -> None:
    policy = changed(tmp_path, ("sv: Lära, en: Learn", "sv: Ja, en: yes"))
    assert policy.goals[0].items[0].names["en"] == "yes"
