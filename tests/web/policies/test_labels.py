"""Labels of the policy's screens."""

from __future__ import annotations

from tests.worlds import policy_of
from web.policies.labels import request_summary
from workflow.policy.request_domain import Request


def test_a_request_names_everything_that_is_not_as_usual() -> None:
    request = Request("project", "enter", "committee", scope="municipality", eu_funded=True, external_funding=40)
    said = request_summary(policy_of("orebro"), request)
    assert said.endswith("The whole municipality; the EU pays a part; others pay 40 percent")
    assert "principle" not in said
