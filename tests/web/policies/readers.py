"""Readers of the policy page."""

from __future__ import annotations

from tests.web.clients import Desk


def read_in_english(desk: Desk, path: str) -> str:
    desk.send("/language", {"language": "en"})
    answer = desk.get(path)
    assert answer.status_code == 200
    return answer.text
