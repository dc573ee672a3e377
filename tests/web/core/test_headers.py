"""Tests of header values built from outside text."""

from __future__ import annotations

import pytest

from web.core.headers import disposition, local_path


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "cases",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "/cases\\..\\x",
        "https://evil.example",
        "javascript:alert(1)",
        "/\tevil",
        "/\r\nSet-Cookie: x=y",
        " //evil.example",
    ],
)
def test_another_site_is_no_redirect_target(wanted: str) -> None:
    assert local_path(wanted) == "/"


def test_a_path_of_the_application_is_a_redirect_target() -> None:
    assert local_path("/cases?show=all") == "/cases?show=all"


def test_a_name_cannot_break_out_of_its_header() -> None:
    assert disposition('a";\r\nSet-Cookie: x.pdf') == (
        "attachment; filename=\"a____Set-Cookie_ x.pdf\"; filename*=UTF-8''a%22%3B%0D%0ASet-Cookie%3A%20x.pdf"
    )
    assert disposition("Ånge.pdf") == "attachment; filename=\"_nge.pdf\"; filename*=UTF-8''%C3%85nge.pdf"
    assert disposition("") == "attachment; filename=\"document\"; filename*=UTF-8''"
