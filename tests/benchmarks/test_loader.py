"""Do the rows of the benchmarks look like a municipality's, and do they stay out of every database that is to stay?"""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models.database import connect
from tests.benchmarks.invented import numbers_of_visits
from tests.benchmarks.loader import HISTORY, load
from tests.benchmarks.scene import require_throwaway, sqlite_scene
from tests.worlds import build


@pytest.mark.parametrize("url", ["sqlite:///var/instans.db", "sqlite:///:memory:", "postgresql://a@127.0.0.1/instans"])
def test_a_database_that_is_to_stay_is_refused(url: str) -> None:
    engine = connect(url)
    with pytest.raises(ValueError, match="throwaway"):
        require_throwaway(engine)
    engine.dispose()


def test_copies_stand_where_a_municipality_has_its_cases() -> None:
    with sqlite_scene("SQLite", wal=False) as scene:
        engine = connect(scene.url, wal=False)
        world = build(engine, "orebro")
        load(world, 1_000)
        shown = numbers_of_visits(world, 1_000, 10, HISTORY)
        with engine.connect() as connection:
            states = dict(connection.execute(text('SELECT state, count(*) FROM "case" GROUP BY state')).all())
            told = "SELECT count(*) FROM trail_entry WHERE stream = :number"
            entries = [connection.execute(text(told), {"number": number}).scalar() for number in shown]
            named = "SELECT count(*) FROM engagement WHERE title_key <> '' AND partner_key <> ''"
            found = connection.execute(text("SELECT count(*) FROM engagement_word WHERE word = 'kolding'")).scalar()
            dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
            engagements = connection.execute(text(named)).scalar()
            figures = "SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_case_state'"
            assert connection.execute(text(figures)).scalar() == "1000000 1000000 200000 1"
        engine.dispose()
    patterns = 10
    assert states == {"review": 6, "decide:responsible": 6, "draft": 6, "concluded": 1_000 + patterns - 18}
    assert entries == [6] * 10  # opened, letter registered, submitted, endorsed, entered, confirmed
    assert engagements == states["concluded"]
    assert found == pytest.approx(1_000 / 17, abs=3)
    assert dangling == []
