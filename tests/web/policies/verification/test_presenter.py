"""The report of the check as its page shows it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.workflow.policy.amended_law import amended
from tests.workflow.policy.small_pack import changed, small
from tests.worlds import policy_of
from web.policies.request_query import read_request
from web.policies.verification.presenter import SHOWN, arguments, coverage, obligations, table_faults, unanswered_here
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.verification.runner import Report, check

pytestmark = pytest.mark.usefixtures("speaking")
HOLED = ("{engagement: visit}, decides", "{engagement: visit, act: [enter, renew]}, decides")


@cache
def sound() -> tuple[Policy, Report]:
    return small(), check(small())


def test_a_sound_pack_has_ten_promises_and_no_story() -> None:
    shown = obligations(*sound())
    assert [one.id for one in shown] == [f"P{number}" for number in range(1, 11)]
    assert all(one.ok and one.story is None and one.title and one.meaning and one.counted for one in shown)
    assert table_faults(*sound()) == ()


def test_acts_that_share_a_gap_are_put_together_with_their_plainest_requests(tmp_path: Path) -> None:
    policy = changed(tmp_path, HOLED)
    report = check(policy)
    (gap,) = table_faults(policy, report)
    assert (gap.engagement, gap.acts, gap.rows, gap.law_alone, gap.since) == (
        "visit",
        ("evaluate", "terminate"),
        (),
        False,
        "",
    )
    assert len(gap.requests) == SHOWN < gap.count
    (here,) = unanswered_here(report, "visit", "evaluate", "committee", "own-area")
    assert all((one.responsible, one.scope) == ("committee", "own-area") for one in here.requests)
    assert not list(unanswered_here(report, "visit", "enter", "committee", "own-area"))


def test_coverage_shows_first_what_something_must_carry_out() -> None:
    shown = coverage(*sound())
    kinds = [one.kind for one in shown]
    assert kinds.index("guidance") > kinds.index("duty")
    assert all(not one.left_over for one in shown)
    assert all(0 <= one.filled <= 10 for one in shown)


@pytest.mark.parametrize(
    "request_",
    [
        Request("visit", "enter", "committee"),
        Request("project", "renew", "executive-board", scope="municipality", eu_funded=True, external_funding=40),
        Request("twin-agreement", "renew", "committee", named_nordic_twin=True),
        Request("membership", "enter", "administration", initiative="external", principal=True),
    ],
)
@pytest.mark.parametrize("key", ["orebro", "stockholm"])
def test_a_request_comes_back_from_the_address_it_is_linked_by(key: str, request_: Request) -> None:
    policy = policy_of(key)
    given = {name: str(value) for name, value in arguments(policy, request_).items()}
    engagement, act = given.pop("engagement"), given.pop("act")
    assert read_request(policy, engagement, act, given)[0] == request_


def test_a_report_over_several_periods_of_the_law_is_shown_as_one(tmp_path: Path) -> None:
    policy = amended(tmp_path)
    assert all(one.ok for one in obligations(policy, check(policy)))
