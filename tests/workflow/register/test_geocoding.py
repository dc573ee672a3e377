"""Is a town found however people here spell it, and is nobody made to believe that there is only one?"""

from __future__ import annotations

import pytest

from workflow.register.geocoding import MOST, look_up


@pytest.mark.parametrize(
    ("asked", "country", "found"),
    [
        ("Brno", "", [("Brno", "CZ")]),
        ("  norrköping ", "", [("Norrköping", "SE")]),
        ("Norrkoping", "SE", [("Norrköping", "SE")]),
        ("Göteborg", "SE", [("Gothenburg", "SE")]),
        ("Köpenhamn", "", [("Copenhagen", "DK")]),
        ("Petah-Tikva", "IL", [("Petaẖ Tiqva", "IL")]),
        ("St. Albans", "GB", [("St Albans", "GB")]),
        ("St. Albans", "", [("St Albans", "GB"), ("St Albans", "AU")]),
        ("Columbus (Ohio)", "US", [("Columbus", "US")]),
        ("Klaksvík", "FO", []),
        ("Upernavik", "", []),
        ("Brno", "SE", []),
        ("", "", []),
        ("%", "", []),
    ],
)
def test_a_town_is_looked_up(asked: str, country: str, found: list[tuple[str, str]]) -> None:
    assert [(town.name, town.country) for town in look_up(asked, country)] == found


def test_a_name_that_several_bear_gives_them_all_to_choose_from() -> None:
    towns = look_up("Columbus", "US")
    assert [town.region for town in towns] == ["Ohio", "Georgia", "Indiana", "Mississippi", "Nebraska"]
    assert look_up("Columbus (Ohio)")[0] == towns[0]
    assert len(look_up("San Jose")) <= MOST
