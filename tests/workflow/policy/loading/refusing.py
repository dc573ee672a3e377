"""A file that is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.policy.small_pack import LAW
from workflow.core.errors import PolicyInvalid
from workflow.policy.loading.loader import load_pack


def refused(path: Path, law_folder: Path = LAW.parent) -> PolicyInvalid:
    with pytest.raises(PolicyInvalid) as refusal:
        load_pack(path, law_folder)
    assert "\n" not in str(refusal.value)
    return refusal.value
