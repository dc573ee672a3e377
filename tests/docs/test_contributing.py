"""Recipes of CONTRIBUTING.md: each is followed on a copy of the program, and needs the files that it lists alone."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.docs.following import Block, Shell, blocks, commands, patched

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
#: Python files that a recipe changes besides its test, at most.
MOST = 3
COPIED = ("config", "models", "workflow", "web", "tests", "setup.cfg", "pyproject.toml")
PASSED_OVER = shutil.ignore_patterns("__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache")


class Recipe(NamedTuple):
    """One section of the guide."""

    title: str
    #: Paths of its list, in order.
    files: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def tests(self) -> tuple[str, ...]:
        """Files of tests in the list."""
        return tuple(file for file in self.files if file.startswith("tests/"))

    @property
    def modules(self) -> tuple[str, ...]:
        """Python files in the list that are no tests."""
        return tuple(file for file in self.files if file.endswith(".py") and not file.startswith("tests/"))


def recipes() -> dict[str, Recipe]:
    """Recipes of the guide by their titles."""
    found = {}
    for section in GUIDE.partition("\n## Recipes\n")[2].split("\n### ")[1:]:
        title = section.partition("\n")[0]
        files = tuple(re.findall(r"^- `([^`]+)`: ", section, flags=re.MULTILINE))
        found[title] = Recipe(title, files, tuple(blocks(section)))
    return found


RECIPES = recipes()
#: For each recipe, the tests of the program that its result must pass; `recipe_checks` looks at it from outside.
CHECKS = {
    "An action on a case": (
        "recipe_checks.py::test_note_is_offered_taken_and_read_by_everyone",
        "../workflow/cases/actions/test_declarations.py",
        "../workflow/policy/test_actions.py",
        "../workflow/cases/test_table.py::test_contract_knows_every_declared_action",
        "../web/i18n/test_labels.py::test_every_code_word_has_one_for_the_reader",
    ),
    "A requirement kind": (
        "recipe_checks.py::test_risks_are_asked_for_on_the_form_and_refused_at_the_gate",
        "../workflow/policy/test_requirement_kinds.py::test_every_field_of_a_kind_has_its_label_and_input_and_is_read",
    ),
    "An engagement kind": (
        "recipe_checks.py::test_festival_is_offered_decided_and_registered",
        "../workflow/policy/test_request_domain.py::test_every_kind_begins_by_one_act_that_needs_no_engagement_in_the_register",
    ),
    "A country's law": ("recipe_checks.py::test_pack_of_a_new_country_begins_and_passes_the_check",),
    "A list screen": (
        "recipe_checks.py::test_bodies_are_for_administrators",
        "../web/auth/test_access_control.py::test_the_shipped_table_fits_the_application",
    ),
    "An API resource": (
        "recipe_checks.py::test_bodies_are_described",
        "../web/api/test_description.py::test_the_description_is_valid_openapi",
        "../web/api/test_description.py::test_every_address_of_the_api_is_described_and_needs_a_token",
    ),
}


def contents(folder: Path) -> dict[str, bytes]:
    """Files of a copy by their paths."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the program and its tests."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=PASSED_OVER)
        else:
            shutil.copyfile(source, tmp_path / name)
    return tmp_path


def follow(recipe: Recipe, folder: Path) -> None:
    """Carry out every block of a recipe."""
    shell = Shell(folder)
    for block in recipe.blocks:
        if block.language == "console":
            for command, shown in commands(block):
                assert (shell.type(command), shell.ended) == (shown, 0), command
            continue
        assert block.file is not None
        file = folder / block.file
        if block.language == "diff":
            file.write_text(patched(file.read_text("utf-8"), block.text), "utf-8")
        elif file.exists():
            file.write_text(f"{file.read_text('utf-8')}\n\n{block.text}", "utf-8")
        else:
            file.write_text(block.text, "utf-8")


def run(folder: Path, *arguments: str) -> None:
    """A module of Python in a copy; fails with what it printed."""
    environ = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_", "INSTANS_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=folder,
        env={**environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-6000:]}{done.stderr[-3000:]}"


def test_every_recipe_is_checked() -> None:
    assert set(RECIPES) == set(CHECKS)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_recipe_takes_at_most_three_modules_and_one_test(recipe: Recipe) -> None:
    assert len(recipe.modules) <= MOST
    assert len(recipe.tests) == 1
    assert len(set(recipe.files)) == len(recipe.files)


@pytest.mark.slow  # each copies the program and runs it
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_recipe_changes_the_files_it_lists_and_what_it_makes_works(recipe: Recipe, copy: Path) -> None:
    before = contents(copy)
    follow(recipe, copy)
    after = contents(copy)
    changed = {file for file in after if after[file] != before.get(file)}
    assert changed == set(recipe.files)
    modules = [file for file in recipe.files if file.endswith(".py")]
    run(copy, "ruff", "check", "--no-cache", *modules)
    run(copy, "ruff", "format", "--no-cache", "--check", *modules)
    checks = [os.path.normpath(f"tests/docs/{check}") for check in CHECKS[recipe.title]]
    own = [test for test in recipe.tests if Path(test).name.startswith("test_")]
    run(
        copy,
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-m",
        "not slow and not postgres",
        *own,
        *checks,
    )


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", GUIDE))))
def test_link_of_the_guide_leads_to_a_file(link: str) -> None:
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("target", re.findall(r"`?make ([a-z-]+)", GUIDE))
def test_target_of_the_guide_is_in_the_makefile(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE)
