"""What does a browser hear from us that keeps it safe, and what does no template ever contain?"""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import web
from tests.web.conftest import PASSWORD, Browser, serving
from tests.worlds import World
from web.core.security import CONTENT_SECURITY_POLICY, LARGEST_FORM, LARGEST_FROM_STRANGER, LARGEST_REQUEST, largest
from workflow.documents.service import MAX_DOCUMENT_BYTES

TEMPLATES = sorted((Path(web.__file__).parent / "templates").rglob("*.html"))

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@pytest.fixture
def secure(world: World) -> Flask:
    """The application as it is served in production."""
    return next(serving(world, cookies_secure=True))


@pytest.mark.parametrize("path", ["/login", "/nowhere", "/healthz", "/static/instans.css", "/"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path, buffered=True).headers
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "camera=()" in headers["Permissions-Policy"]


def test_the_policy_allows_no_script_and_nothing_from_elsewhere() -> None:
    allowed = dict(part.split(" ", 1) for part in CONTENT_SECURITY_POLICY.split("; "))
    assert allowed["default-src"] == "'none'"
    assert "script-src" not in allowed
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert {allowed[name] for name in ("frame-ancestors", "base-uri")} == {"'none'"}
    assert allowed["form-action"] == "'self'"


def test_no_page_is_kept_by_a_cache_but_our_own_files_are(browser: Browser) -> None:
    assert browser.get("/login").headers["Cache-Control"] == "no-store"
    browser.log_in("officer@orebro")
    assert browser.get("/").headers["Cache-Control"] == "no-store"
    assert "no-store" not in browser.get("/static/instans.css").headers.get("Cache-Control", "")


def test_over_https_cookies_are_tied_to_the_host(secure: Flask) -> None:
    answer = secure.test_client().get("/login", base_url="https://instans.example")
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["__Host-instans"]
    assert cookie["secure"]
    assert cookie["httponly"]
    assert (cookie["samesite"], cookie["path"], cookie["domain"]) == ("Lax", "/", "")
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_the_language_cookie_is_tied_to_the_host_as_well(secure: Flask) -> None:
    client = secure.test_client()
    base = "https://instans.example"
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/login", base_url=base).text)
    assert found is not None
    answer = client.post(
        "/language",
        base_url=base,
        data={"language": "sv", "csrf_token": found[1]},
        headers={"Referer": f"{base}/login"},
    )
    given = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-instans-language="))
    for word in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in given


def test_the_demo_over_http_promises_no_https(client: FlaskClient) -> None:
    answer = client.get("/login")
    assert "Strict-Transport-Security" not in answer.headers
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["instans"]
    assert cookie["httponly"]
    assert not cookie["secure"]


# -- forms


def test_a_form_without_its_token_is_refused(client: FlaskClient) -> None:
    answer = client.post("/login", data={"username": "officer@orebro", "password": PASSWORD})
    assert answer.status_code == 400
    assert client.get("/").status_code == 303


def test_another_sessions_token_is_refused(app: Flask, browser: Browser) -> None:
    stolen = Browser(app.test_client()).token()
    browser.get("/login")
    answer = browser.client.post(
        "/login", data={"csrf_token": stolen, "username": "officer@orebro", "password": PASSWORD}
    )
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/logout", "/language"])
def test_a_logged_in_persons_forms_need_the_token_too(browser: Browser, path: str) -> None:
    browser.log_in("officer@orebro")
    assert browser.client.post(path, data={"language": "sv"}).status_code == 400
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(("path", "size"), [("/login", 65 * 1024), ("/logout", 5 * 1024 * 1024)])
def test_more_than_we_take_is_refused(browser: Browser, path: str, size: int) -> None:
    browser.log_in("officer@orebro")
    answer = browser.post(path, filler="x" * size)
    assert answer.status_code == 413
    assert "This is too large" in answer.text
    assert browser.get("/").status_code == 200


def test_only_a_form_with_a_file_may_be_as_large_as_a_document() -> None:
    assert largest("officer", "multipart/form-data") == LARGEST_REQUEST > MAX_DOCUMENT_BYTES
    assert (
        largest("token", "application/json") == largest("officer", "application/x-www-form-urlencoded") == LARGEST_FORM
    )
    assert largest("anyone", "multipart/form-data") == LARGEST_FROM_STRANGER


# -- templates


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_contains_what_the_policy_forbids(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for forbidden in (
        r"\sstyle\s*=",
        r"<script\b",
        r"<style\b",
        r"\son[a-z]+=[\"']",
        r"javascript:",
        r"https?://(?!www\.w3\.org/2000/svg)",
    ):
        assert not re.search(forbidden, text), forbidden
    assert "|safe" not in text.replace(" ", "")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_posts_carries_the_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b[^>]*method=[\"']post[\"'][\s\S]*?</form>", text, re.IGNORECASE):
        assert "csrf" in form, form[:120]
