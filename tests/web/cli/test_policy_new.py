"""Does a municipality without a pack get one to begin with, in its country's words, sound and all assumed?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.cli.calling import Run, fails
from workflow.policy.loading.loader import load_pack, packaged
from workflow.policy.rules import rules
from workflow.policy.verification.runner import check


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("code", "arguments", "named"),
    [
        (2, ["Egesund", "--country", "dk"], "Egesund"),
        (2, ["ege-sund", "--country", "dk"], "ege-sund"),
        (2, ["../egesund", "--country", "dk"], "../egesund"),
        (2, ["egesund"], "--country"),
        (2, ["egesund", "--country", "fi"], "fi"),
        (2, ["--country", "dk"], "KEY"),
        (1, ["dk", "--country", "dk"], "the key of the country"),
        (1, ["egesund", "--country", "dk", "--name", "Ege\x07sund"], "control character"),
        (1, ["egesund", "--country", "dk", "--name", "E" * 2_001], "2000"),
    ],
)
def test_what_cannot_be_begun_is_named_and_no_file_is_left(
    run: Run, folder: Path, code: int, arguments: list[str], named: str
) -> None:
    fails(run("policy", "new", *arguments), code, named)
    assert list(folder.iterdir()) == []


def test_a_file_that_is_there_is_left_as_it_is(run: Run, folder: Path) -> None:
    (folder / "egesund.yaml").write_text("mine", encoding="utf-8")
    fails(run("policy", "new", "egesund", "--country", "dk"), 1, "egesund.yaml is there already")
    assert (folder / "egesund.yaml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("country", "language", "council"),
    [("se", "sv", "Kommunfullmäktige"), ("no", "nb", "Kommunestyret"), ("dk", "da", "Kommunalbestyrelsen")],
)
def test_a_new_pack_passes_the_check_and_takes_its_document_to_be_silent_about_everything(
    run: Run, folder: Path, country: str, language: str, council: str
) -> None:
    name = 'Egesund & "Øen": $key #1'
    code, out, err = run("policy", "new", "egesund2", "--country", country, "--name", name)
    assert (code, err) == (0, "")
    assert out.startswith("egesund2.yaml is written.")

    policy = load_pack(folder / "egesund2.yaml", packaged().law)

    assert [found.counterexample for found in check(policy).obligations if not found.ok] == []
    assert policy.municipality.names[language] == name
    assert policy.only("council").names[language] == council
    assert policy.document.status == "proposed"
    assert not any(clause.startswith("egesund2/") for clause in policy.clauses)
    own = [rule for rule in rules(policy) if rule.tier == "competence"]
    assert own
    assert all(rule.assumed and not rule.clauses for rule in own)


def test_without_a_name_the_key_is_the_name(run: Run, folder: Path) -> None:
    assert run("policy", "new", "egesund", "--country", "dk")[0] == 0
    assert load_pack(folder / "egesund.yaml", packaged().law).municipality.names["da"] == "Egesund"
