"""The Nordic twin towns that a policy names, and what an engagement in the register makes of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workflow.policy.small_pack import changed, small
from tests.worlds import policy_of
from workflow.core.errors import PolicyInvalid
from workflow.policy.assumptions import assumption_ids, rules_by_assumption
from workflow.policy.diff.diff import changes
from workflow.policy.named_twins import NamedTwins, is_named_twin, registered_facts

NAMED = NamedTwins(("Kållby", "Nordic twin town A (example)"))
#: Written with a ring of its own, as some systems send it.
DECOMPOSED = "ka\u030allby"


@pytest.mark.parametrize("partner", ["Kållby", " kållby ", "KÅLLBY", DECOMPOSED, "nordic  twin town a (example)"])
def test_a_named_town_is_known_however_it_is_written(partner: str) -> None:
    assert is_named_twin(NAMED, partner, registered=False)


@pytest.mark.parametrize("partner", ["", "Kållby kommun", "Nordic twin town", "Nordic twin town E (example)"])
def test_no_other_town_is_named_whatever_the_register_says(partner: str) -> None:
    assert not is_named_twin(NAMED, partner, registered=True)


@given(st.text(), st.booleans())
def test_a_version_that_names_nobody_goes_by_the_register(partner: str, registered: bool) -> None:
    assert is_named_twin(None, partner, registered=registered) is registered


def test_only_the_exception_follows_from_the_name() -> None:
    row = SimpleNamespace(
        partner_name="A fifth town", scope="own-area", named_nordic_twin=True, eu_funded=True, external_funding=40
    )
    assert registered_facts(None, row)["named_nordic_twin"] is True
    facts = registered_facts(NAMED, row)
    assert facts == {"scope": "own-area", "named_nordic_twin": False, "eu_funded": True, "external_funding": 40}


def test_orebro_names_four_and_says_that_they_are_an_assumption() -> None:
    policy = policy_of("orebro")
    assert policy.named_nordic_twins is not None
    assert len(policy.named_nordic_twins.partners) == 4
    why = policy.named_nordic_twins.assumed
    assert why in assumption_ids(policy)
    assert [rule.tier for rule in rules_by_assumption(policy)[str(why)]] == ["named-twins"]


def test_a_pack_that_names_nobody_reads_as_it_did() -> None:
    assert small().named_nordic_twins is None
    assert "named_nordic_twins" not in small().canonical


def test_a_name_stands_once(tmp_path: Path) -> None:
    named = "named_nordic_twins: {partners: [Kållby, kållby]}\nkinds:\n"
    with pytest.raises(PolicyInvalid, match=r"named_nordic_twins\.partners\[1\]: 'kållby' stands here twice"):
        changed(tmp_path, ("kinds:\n", named))


def test_a_version_that_names_towns_differs_by_that(tmp_path: Path) -> None:
    now = changed(tmp_path, ("kinds:\n", "named_nordic_twins: {partners: [Kållby]}\nkinds:\n"))
    found = [(one.section, one.what, one.was, one.now) for one in changes(small(), now)]
    assert ("document", "named-twins", None, ("Kållby",)) in found
