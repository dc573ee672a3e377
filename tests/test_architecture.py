"""The structure that `docs/architecture.md` describes: names, sizes, and its picture compared with the folders."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

import config
from tests.workflow.source_texts import tree_of

ROOT = Path(config.__file__).parent.parent
SOURCES = sorted(
    file
    for package in ("config", "models", "workflow", "web")
    for file in (ROOT / package).rglob("*.py")
    if "migrations" not in file.parts
)
TREES = {file: tree_of(file) for file in SOURCES}
#: Words that tell a stranger nothing as the name of a module or a class; the glossary's and the field's terms stand in
#: their place.
BANNED = """
told telling kept keeping beside asking asked wording words voice standing stand ins settling endings ruled boxes cells
place places pulse errands errand post chrome lanes once described utils helpers manager mixin wanted sought seated desk
looked spot deed deeds climbed said passed
"""
LONGEST_MODULE, LONGEST_FUNCTION = 300, 60
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
PICTURE = PAGE.split("```")[1]


def _words(name: str) -> Iterator[str]:
    """`CaseChanged` and `case_changed` alike: case, changed."""
    for part in name.split("_"):
        yield from (word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", part))


def test_names_of_modules_and_classes_use_no_banned_word() -> None:
    found, banned = [], set(BANNED.split())
    for file, tree in TREES.items():
        names = [file.stem, *(node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))]
        found += [f"{file.relative_to(ROOT)}: {name}" for name in names if banned & set(_words(name))]
    assert not found


def test_modules_open_with_a_noun_phrase() -> None:
    firsts = {file: (ast.get_docstring(tree) or "").split("\n", 1)[0] for file, tree in TREES.items()}
    assert not [f"{file.relative_to(ROOT)}: {first}" for file, first in firsts.items() if not _is_statement(first)]


def _is_statement(text: str) -> bool:
    return text.endswith((".", ":")) and "?" not in text


def test_modules_and_functions_stay_short() -> None:
    found = []
    for file, tree in TREES.items():
        lines = file.read_text(encoding="utf-8").count("\n")
        found += [f"{file.relative_to(ROOT)}: {lines} lines"] if lines > LONGEST_MODULE else []
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    found.append(f"{file.relative_to(ROOT)}: {node.name} has {lines} lines")
    assert not found


@pytest.mark.parametrize("package", ["workflow", "web"])
def test_the_picture_draws_the_rooms_that_the_contracts_order(package: str) -> None:
    contracts = ConfigParser()
    contracts.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = contracts[f"importlinter:contract:rooms-of-{package}"]["layers"]
    ordered = {name.strip() for line in layers.split("\n") for name in line.split("|") if name.strip()}
    folders = {folder.name for folder in (ROOT / package).iterdir() if (folder / "__init__.py").exists()}
    assert folders <= ordered
    drawn = set(re.findall(r"(\w+)/", PICTURE.split(f"\n{package}/", 1)[1]))
    assert folders <= drawn


def test_the_picture_draws_nothing_that_is_not_there() -> None:
    homes = ("", "config", "workflow", "workflow/policy", "workflow/cases", "web", "tests")
    assert not [
        name for name in re.findall(r"([a-z]\w*)/", PICTURE) if not any((ROOT / home / name).is_dir() for home in homes)
    ]


def test_links_of_the_page_lead_somewhere() -> None:
    assert not [link for link in re.findall(r"\]\(\.\./([^)#]+)", PAGE) if not (ROOT / link).exists()]
