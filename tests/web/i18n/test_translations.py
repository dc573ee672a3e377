"""Tests of the catalogues: complete in every language, with the same values, and without unused messages."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import web

ROOT = Path(web.__file__).parent.parent
TRANSLATED = ("da", "nb", "sv")
VALUE = re.compile(r"%\((\w+)\)s")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """Every sentence of the code and the templates, extracted as `make catalogues` does."""
    target = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    extract = ["--quiet", "extract", "--mapping-file", "pyproject.toml", "--keyword", "lazy_gettext", "--keyword", "N_"]
    extract += ["--keyword", "NP_:1c,2"]
    command = [
        sys.executable,
        "-m",
        "babel.messages.frontend",
        *extract,
        "--output-file",
        str(target),
        "web",
        "workflow",
        "config",
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    return _read(target)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def _catalogue(language: str) -> Catalog:
    return _read(ROOT / "web" / "translations" / language / "LC_MESSAGES" / "messages.po")


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_left_in_english(template: Catalog, language: str) -> None:
    known = _catalogue(language)
    missing = [
        message.id
        for message in template
        if message.id and ((found := known.get(message.id, message.context)) is None or not found.string or found.fuzzy)
    ]
    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_unused(template: Catalog, language: str) -> None:
    known = _catalogue(language)
    unused = [message.id for message in known if message.id and template.get(message.id, message.context) is None]
    assert unused == []
    assert not known.obsolete


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_uses_the_same_values(language: str) -> None:
    for message in _catalogue(language):
        if not message.id or isinstance(message.id, tuple):
            continue
        assert sorted(VALUE.findall(str(message.string))) == sorted(VALUE.findall(message.id)), message.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_plurals_are_whole(language: str) -> None:
    plural = [message for message in _catalogue(language) if isinstance(message.id, tuple)]
    assert plural
    assert all(isinstance(message.string, tuple) and all(message.string) for message in plural)
