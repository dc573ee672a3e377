"""Labels of the obligations of the policy check."""

from __future__ import annotations

import pytest

from tests.workflow.policy.small_pack import small
from web.policies.verification.labels import OBLIGATIONS
from workflow.policy.verification.runner import check

pytestmark = pytest.mark.usefixtures("speaking")


def test_every_obligation_has_a_title_and_a_meaning() -> None:
    assert {one.id for one in check(small()).obligations} == set(OBLIGATIONS)
