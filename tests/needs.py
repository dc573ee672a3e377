"""What becomes of a test that needs something this machine lacks?

It is skipped, naming the reason; where `INSTANS_REQUIRE` lists the thing (`postgres,browser`), it fails.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def examples(whole: int) -> int:
    """How many examples are drawn: all where anything is required, as in `make test-all`, else a third."""
    return whole if os.environ.get("INSTANS_REQUIRE") else whole // 3


def require(what: str, reason: str) -> NoReturn:
    """End the test that needs `what`: failed where it is required, skipped elsewhere."""
    if what in os.environ.get("INSTANS_REQUIRE", "").split(","):
        pytest.fail(f"{what} is required here: {reason}", pytrace=False)
    pytest.skip(f"needs {what}: {reason}")
