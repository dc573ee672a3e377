"""What tells a hundred thousand copied cases apart?

Each has a number, words, days and a partner of its own, worked out from where it stands in the row of all, so that two
runs measure the same. The spread is a municipality's: nearly all of it is long decided, a little waits, less is late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import Column, Date, Integer, MetaData, String, Table

from models.base import UTCDateTime
from models.folding import search_words, sort_key
from tests.worlds import NOON, World

TODAY = NOON.date()
#: Over how many days the cases were opened.
DAYS = 3_650
#: Kinds of cases to copy, and how many of a thousand are copies of each: first those that wait, then concluded ones.
WAITING = {"review": 5, "decide:responsible": 5, "draft": 5}
CONCLUDED = {
    "visit": 400,
    "membership": 200,
    "exchange": 150,
    "project": 100,
    "cooperation-agreement": 60,
    "partnership": 55,
    "twin-agreement": 20,
}
#: Prime to a thousand: neighbours are copies of different cases.
_STRIDE, _OTHER = 617, 389
_THEMES = (
    *("Samarbete om vatten", "Ungdomsutbyte", "Besök om klimat", "Nätverk för äldreomsorg", "Skolprojekt om skog"),
    *("Kulturvecka", "Energisamarbete", "Stöd till sjukhus", "Lärarutbyte", "Återvinning av textil", "Översvämningar"),
)
_TOWNS = (
    *(("Åbo", "FI"), ("Tartu", "EE"), ("Kolding", "DK"), ("Drammen", "NO"), ("Łódź", "PL"), ("Terrassa", "ES")),
    *(("Yantai", "CN"), ("Novi Sad", "RS"), ("Ölfus", "IS"), ("Århus", "DK"), ("Bergen", "NO"), ("Kraków", "PL")),
    *(("Ghent", "BE"), ("Rostock", "DE"), ("Vilnius", "LT"), ("Ljubljana", "SI"), ("Pori", "FI")),
)

#: What is known of each copy, beside the case it is a copy of; gone with the connection.
ROWS = Table(
    "invented",
    MetaData(),
    Column("n", Integer, primary_key=True),
    Column("pattern", Integer, nullable=False),
    Column("case_id", Integer),
    Column("number", String),
    Column("title", String),
    Column("title_key", String),
    Column("partner", String),
    Column("partner_key", String),
    Column("country", String),
    Column("day", Date),
    Column("at", String),
    Column("instant", UTCDateTime()),
    Column("due_on", Date),
    Column("engagement_id", Integer),
    Column("engagement_number", String),
    Column("status", String),
    Column("ends_on", Date),
    Column("evaluation", String),
    Column("evaluation_state", String),
    Column("evaluation_due", Date),
    prefixes=["TEMPORARY"],
)


def rows(world: World, patterns: list[tuple[int, int]], wanted: int, case_id: int) -> Iterator[tuple[object, ...]]:
    """Rows of `ROWS` as text and numbers; `patterns` are ids of cases and their shares of a thousand."""
    of_thousand = [id_ for id_, share in patterns for _ in range(share)]
    key, language = world.tenant.key, world.tenant.language
    themes = [(theme, sort_key(theme, language)) for theme in _THEMES]
    towns = [(town, sort_key(town, language), country) for town, country in _TOWNS]
    for n in range(wanted):
        theme, theme_key = themes[n % len(themes)]
        town, town_key, country = towns[n % len(towns)]
        day = TODAY - timedelta(days=(wanted - n) * DAYS // wanted)
        clock = f"09:{n // 60 % 60:02}:{n % 60:02}.{n % 1_000_000:06}"
        engagement = (case_id + n, f"{key}-e-9{n:07}", *_lasts(n, day))
        yield (
            *(n, of_thousand[n * _STRIDE % 1_000], case_id + n, number_of(world, n)),
            *(f"{theme} {n}", f"{theme_key} {n}", town, town_key, country),
            *(day.isoformat(), f"{day}T{clock}Z", f"{day} {clock}"),
            (TODAY + timedelta(days=n // 1_000 % 120 - 30)).isoformat(),
            *engagement,
            *(f"{key}-v-9{n:07}", *_evaluated(n, day)),
        )


def words() -> dict[int, tuple[str, ...]]:
    """The words of the titles and partners, by what a row's place leaves over when divided by the number of pairs."""
    pairs = len(_THEMES) * len(_TOWNS)
    return {n: search_words(f"{_THEMES[n % len(_THEMES)]} {_TOWNS[n % len(_TOWNS)][0]}") for n in range(pairs)}


def _lasts(n: int, day: date) -> tuple[str, str | None]:
    """Status and end: three in ten have ended, a few ran out and nobody has seen to it, some have no end."""
    tenant = n * _OTHER % 1_000
    if tenant < 300:
        return "ended", min(day + timedelta(days=365), TODAY - timedelta(days=30)).isoformat()
    if tenant < 302:
        return "active", (TODAY - timedelta(days=1 + n % 50)).isoformat()
    return "active", (TODAY + timedelta(days=n % 2_000)).isoformat() if tenant < 800 else None


def _evaluated(n: int, day: date) -> tuple[str, str]:
    """State and last day of an evaluation: six in ten are decided, a few late."""
    tenant = n * _OTHER * 7 % 1_000
    if tenant < 600:
        return "decided", (day + timedelta(days=400)).isoformat()
    if tenant < 605:
        return "pending", (TODAY - timedelta(days=1 + n % 200)).isoformat()
    return "reported" if tenant < 610 else "pending", (TODAY + timedelta(days=n % 1_000)).isoformat()


def numbers_of_visits(world: World, wanted: int, some: int, history: int) -> tuple[str, ...]:
    """Numbers of concluded visits with a history, evenly from the first of so many cases to the last."""
    first = sum(WAITING.values())
    visits = range(first, first + CONCLUDED["visit"])
    told = [n for n in range(0, wanted, history) if n * _STRIDE % 1_000 in visits]
    return tuple(number_of(world, told[tenant * len(told) // some]) for tenant in range(some))


def number_of(world: World, n: int) -> str:
    """The number of a copied case."""
    return f"{world.tenant.key}-1999-{n:07}"
