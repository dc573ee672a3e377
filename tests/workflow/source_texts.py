"""Texts in the source of a module, for tests that sentences stand in one table only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of a module, parsed once per process; nobody changes it."""
    return ast.parse(file.read_text(encoding="utf-8"))


def texts(tree: ast.Module) -> Iterator[str]:
    """Every text in a module but docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef)
    documented = [node.body[0].value for node in ast.walk(tree) if isinstance(node, owners) and _documents(node.body)]  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in documented:
            yield node.value


def _documents(body: list[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)


def composed(file: Path) -> list[str]:
    """Texts with a space and f-strings of a module: what a sentence would be composed of."""
    tree = tree_of(file)
    formatted = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    return [text for text in texts(tree) if " " in text] + formatted


def codes_in_calls(file: Path, function: str, position: int) -> set[str]:
    """Texts in one argument of every call of a function; of a choice between two, both."""
    tree = tree_of(file)
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == function]
    found = (one for call in calls for one in ast.walk(call.args[position]) if isinstance(one, ast.Constant))
    return {str(one.value) for one in found}
