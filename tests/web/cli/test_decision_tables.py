"""How does a competence table leave as a decision table, and come in again?"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.web.cli.calling import Run, fails

MODEL = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


@pytest.fixture
def table(run: Run, tmp_path: Path) -> Path:
    """The table of Oslo, in a file."""
    code, out, err = run("policy", "table", "oslo")
    assert (code, err) == (0, "")
    file = tmp_path / "oslo.dmn"
    file.write_text(out, encoding="utf-8")
    return file


def test_a_table_is_asked_of_a_municipality_and_taken_into_a_file(run: Run, packs: Path, table: Path) -> None:
    fails(run("policy", "table", "bergen"), 2, "bergen", "orebro")
    fails(run("policy", "table", "oslo", "--format", "xlsx"), 2, "xlsx")
    fails(run("policy", "import-table", str(table)), 2, "--into")
    fails(run("policy", "import-table", str(table), "--into", "nowhere.yaml"), 2, "nowhere.yaml")
    fails(run("policy", "import-table", "nowhere.dmn", "--into", str(packs / "oslo.yaml")), 2, "nowhere.dmn")


def test_what_cannot_be_taken_in_is_one_line_and_changes_nothing(run: Run, packs: Path, table: Path) -> None:
    pack = packs / "oslo.yaml"
    before = pack.read_bytes()
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace('<text>"membership"</text>', '<text>"membershop"</text>', 1), encoding="utf-8")
    told = run("policy", "import-table", str(table), "--into", str(pack))
    fails(told, 1, "oslo.dmn:", "rule 3, column engagement", "membershop", "did you mean membership?")
    fails(run("policy", "import-table", str(table), "--into", str(pack), "--decision", "nobody"), 1, "nobody")
    assert pack.read_bytes() == before


def test_the_whole_answer_of_a_municipality_is_one_table(table: Path) -> None:
    root = ET.fromstring(table.read_text(encoding="utf-8"))  # noqa: S314 - our own file
    (found,) = root.iter(f"{MODEL}decisionTable")
    assert found.get("hitPolicy") == "UNIQUE"
    assert "Kind of engagement" in {column.get("label") for column in found.iter(f"{MODEL}input")}
    assert "principal-agreements" in "".join(found.itertext())


def test_a_table_comes_back_and_a_changed_one_changes_the_pack(run: Run, packs: Path, table: Path) -> None:
    pack = packs / "oslo.yaml"
    before = pack.read_bytes()
    code, out, err = run("policy", "import-table", str(table), "--into", str(pack))
    assert (code, err) == (0, "")
    assert "says what the table says already" in out
    assert pack.read_bytes() == before
    text = table.read_text(encoding="utf-8")
    why = "the strategy does not mention twin-town agreements"
    assert text.count(why) == 2
    table.write_text(text.replace(why, "we have asked the city government"), encoding="utf-8")
    code, out, err = run("policy", "import-table", str(table), "--into", str(pack))
    assert (code, err) == (0, "")
    assert "new or changed: twins, twins-evaluate; nothing gone" in out
    assert f"instans policy check {pack}" in out
    assert why not in pack.read_text(encoding="utf-8")
    assert run("policy", "check", str(pack))[0] == 0
