"""Tests of the signed-in person's municipality: chosen in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from flask import Flask
from flask_login import login_user

import web
from tests.worlds import World
from web.auth.session import User, own_municipality
from workflow.core.errors import NotFound

ROOT = Path(web.__file__).parent
#: Modules of the web process that look a municipality up by a key, and whose key it is.
LOOKED_UP = {
    "auth/demo_login.py": "every municipality of a demo, before anybody is signed in",
    "auth/session.py": "the municipality in the signed cookie",
    "auth/views.py": "the municipality in a user name, before its password is checked",
    "worklist/calendar_views.py": "the municipality in a calendar's secret, before the secret is checked",
}
#: What a transaction of the web process is opened for: the reader's municipality under the names that it has.
CHOSEN = {
    *("tenant.id", "user.municipality.id", "who.tenant.id", "signed_in().municipality.id", "person.municipality.id"),
    *("account.tenant.id", "self.tenant.id", "key.municipality_id"),
}
#: Modules that open transactions of no municipality, and for what.
OF_NONE = {
    "auth/passwords.py": "the count of failures, also for names of nobody",
    "auth/views.py": "the count of failures, before it is known who logs in",
}


def sources() -> dict[str, ast.Module]:
    """Modules of the web process, by path: neither commands nor the demo's seed."""
    files = sorted(file for file in ROOT.rglob("*.py") if file.relative_to(ROOT).parts[0] not in ("cli", "demo"))
    return {file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in files}


def test_a_municipality_is_looked_up_only_where_a_session_begins() -> None:
    found = {
        path
        for path, tree in sources().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in ("tenant", "tenant_of") and _is_tenants(node.value)
    }
    assert found == set(LOOKED_UP)


def test_transactions_are_opened_for_the_reader_s_municipality() -> None:
    chosen, of_none = set(), set()
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("reading", "writing"):
                what = ast.unparse(node.args[1])
                if what == "None":
                    of_none.add(path)
                else:
                    chosen.add(what)
    assert chosen <= CHOSEN
    assert of_none == set(OF_NONE)


def test_the_number_of_another_municipality_is_not_found(app: Flask, world: World) -> None:
    tenant = world.tenant
    reader = User(1, "p", f"reader@{tenant.key}", "Reader", "sv", tenant, frozenset())
    with app.test_request_context():
        login_user(reader)
        assert own_municipality(f"{tenant.key}-2026-1") is tenant
        for number in ("oslo-2026-1", f"x{tenant.key}-2026-1", "", f"oslo-1@{tenant.key}", f"{tenant.key}-\0"):
            with pytest.raises(NotFound):
                own_municipality(number)


def _is_tenants(node: ast.expr) -> bool:
    return (node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")) == "tenants"
