"""Views for auditors: access, search, recorded readings, and verification of a broken trail."""

from __future__ import annotations

import html
import json
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, func, insert, select, text

from models import AccessLog, Case, TrailEntry
from models.database import reading, writing
from tests.web.clients import Desk, counted, each_store, engine_of, section, sit, words
from tests.worlds import World, build, end_all_mandates
from web.audit.access_queries import PAGE as LOG_PAGE
from web.audit.queries import PAGE
from workflow.audit.verify import Verification, verify
from workflow.core.errors import NotMandated
from workflow.trail.fault import fault

EVIL = "<script>alert(1)</script>"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def auditor(app: Flask) -> Desk:
    return sit(app, "auditor@orebro")


def submitted(world: World, **more: Any) -> str:
    number = world.open("visit", **more)
    world.act("officer", number, "submit")
    return number


def entries_of(world: World) -> list[Any]:
    """What an auditor may see, newest first."""
    with reading(world.engine, world.tenant.id) as session:
        drafts = select(Case.number).where(Case.submitted_by_id.is_(None))
        query = select(TrailEntry.at, TrailEntry.stream, TrailEntry.number, TrailEntry.action, TrailEntry.actor)
        rows = session.execute(query.where(TrailEntry.stream.not_in(drafts))).all()
    return sorted(rows, key=lambda row: (row.at, row.stream, row.number), reverse=True)


def log_of(world: World, what: str = "read") -> list[tuple[str, str]]:
    with reading(world.engine, world.tenant.id) as session:
        query = select(AccessLog.subject, AccessLog.action).where(AccessLog.what == what).order_by(AccessLog.id)
        return [(row.subject, row.action) for row in session.execute(query)]


def shown(page: str) -> list[tuple[str, str]]:
    """Case (or journal) and number of every entry in a list, in order."""
    part = page.partition('<ol class="records entries">')[2].partition("</ol>")[0]
    return [
        (stream, number)
        for stream, number in re.findall(
            r'<span class="record-number">([a-z0-9-]+)</span>.*?<span class="record-number">No\. (\d+)</span>',
            part,
            flags=re.DOTALL,
        )
    ]


def onward(page: str) -> str:
    """Address of the next page of a list; empty on the last."""
    if 'rel="next"' not in page:
        return ""
    return html.unescape(page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0])


def tamper(world: World, change: str, **values: str) -> None:
    """Change a row as somebody with the database's keys could, past its triggers."""
    with world.engine.connect() as connection, connection.begin():
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        connection.execute(text(change), values)


# -- refusals


def test_a_stranger_reads_no_trail(app: Flask) -> None:
    for path in ("/audit", "/audit/journal", "/audit/access", "/audit/cases/orebro-2026-00001"):
        assert app.test_client().get(path).headers["Location"].startswith("/login")


@pytest.mark.parametrize("who", ["officer", "manager", "admin", "coordinator", "chair.council"])
def test_nobody_but_an_auditor_reads_the_trail(app: Flask, world: World, who: str) -> None:
    number = submitted(world)
    desk = sit(app, f"{who}@orebro")
    for path in ("/audit", "/audit/journal", "/audit/access", f"/audit/cases/{number}"):
        assert desk.get(path).status_code == 403
    for path in (f"/audit/cases/{number}/verify", "/audit/journal/verify"):
        assert desk.send(path).status_code == 403
    assert 'href="/audit"' not in desk.get("/").text
    assert log_of(world) == []


def test_a_draft_that_nobody_has_submitted_is_not_an_auditors_to_see(world: World, auditor: Desk) -> None:
    draft = world.open("visit", title="A secret plan")
    for path in ("/audit", f"/audit?number={draft}", "/audit?action=open", "/audit?person=officer"):
        page = auditor.get(path).text
        assert "A secret plan" not in page
        assert f"/audit/cases/{draft}" not in page
    assert auditor.get(f"/audit/cases/{draft}").status_code == 404
    assert auditor.send(f"/audit/cases/{draft}/verify").status_code == 404
    assert draft not in {subject for subject, _action in log_of(world) if subject != draft}
    world.act("officer", draft, "submit")
    assert "A secret plan" in auditor.read(f"/audit/cases/{draft}")


def test_another_municipalitys_case_is_not_there(engine: Engine, world: World, auditor: Desk) -> None:
    number = submitted(build(engine, "oslo"))
    assert auditor.get(f"/audit/cases/{number}").status_code == 404
    assert auditor.send(f"/audit/cases/{number}/verify").status_code == 404
    assert shown(auditor.get(f"/audit?number={number}").text) == []
    assert auditor.get("/audit/cases/orebro-2026-99999").status_code == 404


def test_a_reading_that_was_refused_is_no_reading(world: World, auditor: Desk) -> None:
    auditor.get("/audit/cases/orebro-2026-99999")
    auditor.send("/audit/cases/orebro-2026-99999/verify")
    assert log_of(world) == []


def test_verifying_is_asked_by_our_own_form(world: World, auditor: Desk) -> None:
    number = submitted(world)
    assert auditor.browser.client.post(f"/audit/cases/{number}/verify").status_code == 400


def test_what_people_wrote_is_never_markup(world: World, auditor: Desk) -> None:
    number = submitted(world, title=EVIL, text=EVIL, partner={"name": EVIL, "country": EVIL}, fields={"purpose": EVIL})
    world.act("manager", number, "refer-back", comment=EVIL)
    paths = (
        f"/audit?number={number}",
        f"/audit/cases/{number}",
        f"/audit?person={EVIL}&number={EVIL}",
        f"/audit/access?subject={EVIL}",
    )
    for path in paths:
        page = auditor.get(path).text
        assert "<script" not in page
        assert "&lt;script&gt;" in page, path
    assert auditor.get(f"/audit?after={EVIL}&from={EVIL}&to=x&body={EVIL}&action={EVIL}").status_code == 200


# -- searching


@each_store
def test_the_pages_hold_every_entry_once_newest_first(world: World, auditor: Desk) -> None:
    for _ in range(4):
        world.walk(submitted(world))
        world.later(minutes=3)
    world.open("visit")  # a draft: not an auditor's to see
    found: list[tuple[str, str]] = []
    path = "/audit"
    while path:
        page = auditor.get(path).text
        found += shown(page)
        path = onward(page)
    assert found == [(row.stream, str(row.number)) for row in entries_of(world)]
    assert len(found) > PAGE


@each_store
def test_the_trail_is_searched_by_case_person_body_action_and_day(app: Flask, world: World) -> None:
    first = submitted(world)
    world.later(days=1)
    second = submitted(world, responsible="kommunstyrelsen")
    world.act("manager", second, "refer-back", comment="More, please")
    auditor = sit(app, "auditor@orebro")

    def found(asked: str) -> list[tuple[str, str]]:
        return shown(auditor.get(f"/audit?{asked}").text)

    assert found(f"number={first}") == [(first, "2"), (first, "1")]
    assert found(f"number={first.upper()}") == [(first, "2"), (first, "1")]
    assert found("action=submit") == [(second, "2"), (first, "2")]
    assert found("person=manager") == [(second, "3")]
    assert found("person=MANAGER@orebro") == [(second, "3")]
    assert found("person=nobody") == []
    assert found("body=kommunstyrelseforvaltningen") == [(second, "3"), (second, "2"), (second, "1")]
    assert found("from=2026-09-16&action=open") == [(second, "1")]
    assert found("to=2026-09-15&action=open") == [(first, "1")]
    assert found("from=2026-09-16&to=2026-09-16&action=open") == [(second, "1")]
    assert found("from=2026-09-17") == []


def test_a_day_is_the_municipalitys_day(app: Flask, world: World) -> None:
    world.now = world.now.replace(hour=22, minute=30)  # half past midnight in Örebro
    auditor = sit(app, "auditor@orebro")
    number = submitted(world)
    assert shown(auditor.get(f"/audit?number={number}&from=2026-09-16").text)
    assert not shown(auditor.get(f"/audit?number={number}&to=2026-09-15").text)


def test_each_line_is_told_in_words(world: World, auditor: Desk) -> None:
    number = submitted(world, title="A visit from Turku")
    world.act("manager", number, "endorse")
    told = auditor.read(f"/audit?number={number}")
    assert "Endorsed Manager · Line manager, Children and Education Administration" in told
    assert "Review by the line manager → to Decision: Committee for Children and Education" in told
    assert "A visit from Turku" in told
    assert "15 September 2026 12:00" in told


def test_a_trail_of_any_length_takes_the_same_few_statements(app: Flask, world: World, auditor: Desk) -> None:
    submitted(world)
    auditor.get("/audit?action=submit&person=officer")
    with counted(app) as few:
        auditor.get("/audit?action=submit&person=officer")
    for _ in range(PAGE + 2):
        submitted(world)
    with counted(app) as many:
        auditor.get("/audit?action=submit&person=officer")
    assert len(few) == len(many) <= 8
    with counted(app) as first:
        auditor.get("/audit")
    assert len(first) <= 8


def test_a_reference_that_leads_nowhere_is_told_beside_the_one_that_leads_somewhere(
    world: World, auditor: Desk
) -> None:
    earlier = submitted(world, title="The earlier strategy", external_number="143/09")
    case = world.open(
        "visit",
        title="The new strategy",
        text="It follows case 143/09 and repeals case 143/19.",
        external_number="98/23",
    )
    assert "143/19" not in auditor.read("/audit")
    world.act("officer", case, "submit")
    page = auditor.get("/audit").text
    part = section(page, "lost-title")
    told = html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", part)))
    assert f'href="/audit/cases/{case}"' in part
    assert "It mentions 143/19, and no case here bears that number." in told
    assert "It also mentions 143/09, which is" in told
    assert f'href="/audit/cases/{earlier}"' in part
    assert "lost-title" not in auditor.get("/audit?action=submit").text


def test_what_mentions_only_what_is_there_is_not_raised(world: World, auditor: Desk) -> None:
    submitted(world, external_number="143/09")
    submitted(world, text="It follows case 143/09.")
    assert "lost-title" not in auditor.get("/audit").text


# -- the trail of a case


@each_store
def test_the_trail_of_a_case_tells_who_did_what_from_which_seat_on_what_authority(world: World, auditor: Desk) -> None:
    number = world.open("visit", responsible="forvaltningen-barn", title="A visit")
    world.walk(number)
    page = auditor.get(f"/audit/cases/{number}").text
    told = words(page)
    assert "Approved" in told
    assert "Under the mandate: Delegation order, 4.1" in told
    assert "Line manager, Children and Education Administration" in told
    assert "Policy version orebro-2012-2" in told
    assert 'href="/policy?version=orebro-2012-2#se/kl.7-5"' in page
    with reading(world.engine, world.tenant.id) as session:
        query = select(TrailEntry.hash, TrailEntry.previous_hash, TrailEntry.canonical, TrailEntry.number)
        rows = session.execute(query.where(TrailEntry.stream == number).order_by(TrailEntry.number)).all()
    for row in rows:
        assert f'id="entry-{row.number}"' in page
        assert row.hash in page
        assert row.previous_hash in page
        assert row.canonical in html.unescape(page)
        assert f"{row.hash[:12]}…" in page


def test_a_decision_is_told_with_presence_and_votes(world: World, auditor: Desk) -> None:
    number = submitted(world, text="We receive them on Monday.")
    world.act("manager", number, "endorse")
    votes = {"for": 6, "against": 4, "abstained": 0, "present": 10}
    world.act("secretary.committee", number, "enter-decision", world.decision(**votes))
    told = auditor.read(f"/audit/cases/{number}")
    for fact in (
        "Decision entered: approve",
        "Meeting 15 September 2026",
        "Paragraph § 12",
        "Took part 10",
        "Members that day 11",
        "Votes for 6",
        "Votes against 4",
        "We receive them on Monday.",
    ):
        assert fact in told, fact


def test_day_of_the_other_party_that_is_not_known_is_told_to_be_so(world: World, auditor: Desk) -> None:
    number = world.open("twin-agreement")
    world.walk(number, "awaiting-counterpart")
    assert "Day the partner signed Not known" in auditor.read(f"/audit/cases/{number}")
    world.walk(number)
    assert "Day the partner signed 15 September 2026" in auditor.read(f"/audit/cases/{number}")


def test_words_that_were_lawfully_erased_are_told_as_missing(world: World, auditor: Desk) -> None:
    number = submitted(world, title="About a person")
    tamper(world, "DELETE FROM disclosure WHERE stream = :case AND field = 'title'", case=number)
    told = auditor.read(f"/audit/cases/{number}")
    assert "No longer here, though committed to: Title" in told
    assert "Title About a person" not in told


def test_a_trail_of_any_length_is_read_in_the_same_few_statements(app: Flask, world: World, auditor: Desk) -> None:
    number = submitted(world)
    auditor.get(f"/audit/cases/{number}")
    with counted(app) as few:
        auditor.get(f"/audit/cases/{number}")
    for _ in range(4):
        world.act("manager", number, "refer-back", comment="Again")
        world.act("officer", number, "submit")
    with counted(app) as many:
        auditor.get(f"/audit/cases/{number}")
    assert len(few) == len(many) <= 7


def test_a_trail_that_was_broken_can_still_be_read(world: World, auditor: Desk) -> None:
    number = submitted(world)
    change = "UPDATE trail_entry SET data = 'no json', clauses = '7' WHERE stream = :case AND number = 1"
    tamper(world, change, case=number)
    assert auditor.get(f"/audit/cases/{number}").status_code == 200
    assert auditor.get("/audit").status_code == 200


# -- verifying


def verdict(desk: Desk, number: str) -> str:
    answer = desk.send(f"/audit/cases/{number}/verify")
    assert answer.status_code == 200
    return answer.text


@each_store
def test_a_whole_trail_is_told_to_be_whole(world: World, auditor: Desk) -> None:
    number = submitted(world)
    told = words(verdict(auditor, number))
    assert "The trail is whole" in told
    assert "2 entries were checked." in told
    journal = auditor.send("/audit/journal/verify")
    assert "The trail is whole" in words(journal.text)


@pytest.mark.parametrize(
    ("change", "entry", "told"),
    [
        ("UPDATE trail_entry SET actor_role = 'chair' WHERE stream = :case AND number = 1", 1, "its columns are not"),
        ("UPDATE trail_entry SET hash = 'abc' WHERE stream = :case AND number = 2", 2, "its hash is not"),
        ("DELETE FROM trail_entry WHERE stream = :case AND number = 1", 1, "this entry is missing"),
        ("UPDATE \"case\" SET state = 'concluded' WHERE number = :case", 2, "the case is at"),
        ("UPDATE disclosure SET value = 'Other' WHERE stream = :case AND field = 'title'", 1, "not those committed to"),
    ],
)
def test_a_broken_trail_is_told_entry_by_entry(world: World, auditor: Desk, change: str, entry: int, told: str) -> None:
    number = submitted(world)
    tamper(world, change, case=number)
    page = verdict(auditor, number)
    assert "The trail is not whole" in words(page)
    assert told in words(page)
    assert f'href="/audit/cases/{number}#entry-{entry}"' in page


def test_a_fault_without_an_entry_is_told_too(
    app: Flask, world: World, auditor: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = submitted(world)
    broken = Verification(2, 1, (fault(number, None, "document-without-entry", document="<b>7</b>"),))
    monkeypatch.setattr("web.audit.views.verify", lambda *_args, **_more: broken)
    assert "<li>no entry tells of document &lt;b&gt;7&lt;/b&gt;</li>" in verdict(auditor, number)


def test_what_the_page_says_is_what_the_verifier_says(world: World, auditor: Desk) -> None:
    number = submitted(world)
    tamper(world, "UPDATE trail_entry SET hash = 'abc' WHERE stream = :case AND number = 1", case=number)
    found = verify(world.engine, municipality="orebro", case=number)
    assert verdict(auditor, number).count("#entry-") == len(found.faults) > 1


# -- the journal


@each_store
def test_the_journal_tells_what_was_done_outside_any_case(world: World, auditor: Desk) -> None:
    end_all_mandates(world, date(2026, 9, 15))
    told = auditor.read("/audit/journal")
    assert "Mandate recorded" in told
    assert "Delegation order, 4.1" in told
    assert "Appointed" in told
    assert "International coordinator" in told
    everything = told
    page = auditor.get("/audit/journal").text
    while 'rel="next"' in page:
        page = auditor.get(
            html.unescape(page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0])
        ).text
        everything += words(page)
    assert "Policy version loaded" in everything
    assert everything.count("Person added") == 11
    assert not re.search(r"\b[0-9a-f]{32}\b", everything), "an opaque id without a name"


# -- who read what


def test_reading_a_trail_is_recorded_after_it_was_read(world: World, auditor: Desk) -> None:
    number = submitted(world)
    auditor.get(f"/audit/cases/{number}")
    auditor.get("/audit")
    auditor.get("/audit/journal")
    auditor.send(f"/audit/cases/{number}/verify")
    auditor.get("/audit/access")
    assert log_of(world) == [(number, ""), ("orebro-trail", ""), ("orebro-journal", ""), (number, "verify")]


def test_a_reading_is_recorded_in_a_transaction_of_its_own(
    app: Flask, world: World, auditor: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own reading has ended: a writer could have come in between."""
    number = submitted(world)
    seen: list[int] = []

    def look(engine: Engine, *_args: Any, **_more: Any) -> None:
        with writing(engine, world.tenant.id) as connection:
            seen.append(_count(connection))

    monkeypatch.setattr("web.audit.views.note_reading", look)
    assert auditor.get(f"/audit/cases/{number}").status_code == 200
    assert len(seen) == 1


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(AccessLog.__table__)).scalar_one()


def logged_in(world: World, who: str) -> None:
    """The line that a log-in leaves; these desks are seated without one."""
    row = {"municipality_id": world.tenant.id, "at": world.now, "person_id": world.people[who], "what": "logged-in"}
    with writing(world.engine, world.tenant.id) as connection:
        subject = f"{who}@{world.tenant.key}"
        connection.execute(insert(AccessLog), row | {"subject": subject, "action": "log-in", "detail": {}})


@each_store
def test_the_access_log_tells_readings_refusals_and_log_ins(world: World, auditor: Desk) -> None:
    number = submitted(world)
    auditor.get(f"/audit/cases/{number}")
    with pytest.raises(NotMandated):
        world.act("secretary.council", number, "endorse")
    logged_in(world, "auditor")
    told = auditor.read("/audit/access")
    assert "Refused: endorse Secretary.Council" in told
    assert "This person may not do it." in told
    assert f"Read Auditor · {number}" in told
    assert "Logged in Auditor · auditor@orebro" in told
    assert "Read Auditor" not in auditor.read("/audit/access?what=refused")
    assert "Secretary.Council" in auditor.read("/audit/access?person=secretary.council@orebro")
    assert "Refused" in auditor.read(f"/audit/access?subject={number}").partition("Search")[2]
    assert "Nothing in the access log fits." in auditor.read("/audit/access?subject=nothing")


@each_store
def test_the_access_log_pages_by_key(app: Flask, world: World, auditor: Desk) -> None:
    number = submitted(world)
    for _ in range(LOG_PAGE + 3):
        auditor.get(f"/audit/cases/{number}")
        world.later(seconds=1)
    first = auditor.get("/audit/access?what=read").text
    with counted(app) as said:
        second = auditor.get(onward(first)).text
    assert first.count('<li class="record access') == LOG_PAGE
    assert second.count('<li class="record access') == 3
    assert len(said) <= 3


def test_every_language_has_the_trail(world: World, auditor: Desk) -> None:
    number = submitted(world)
    for code in ("sv", "nb", "da", "en"):
        auditor.send("/language", {"language": code})
        for path in ("/audit", f"/audit/cases/{number}", "/audit/journal", "/audit/access"):
            assert auditor.get(path).status_code == 200


def test_every_action_has_words(world: World) -> None:
    from web.audit import trail_labels
    from web.cases.action_labels import ACTIONS_DONE
    from workflow.people.administration import _ACTS
    from workflow.policy.actions import RECORDED

    known = {"register-letter", "register-engagement", "load-policy", *RECORDED, *_ACTS}
    assert known <= {*ACTIONS_DONE, *trail_labels.ACTIONS_DONE}
    assert json.dumps(sorted(trail_labels.ACTIONS))
