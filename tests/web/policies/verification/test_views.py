"""The proof of a version, for everybody to read; packs that are tried, and taken in by an administrator alone."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, func, select

import web.core.verification_cache
import web.policies.verification.views
from models import PolicyVersion, TrailEntry
from models.database import reading
from tests.web.clients import Desk, counted, each_store, engine_of, section, sit, values, words
from tests.web.conftest import furnished, serving
from tests.workflow.pack_versions import as_it_was, council_decides_agreements, later_pack
from tests.worlds import World, build
from web.core.verification_cache import ReportCache
from web.policies.verification.labels import OBLIGATIONS
from workflow.policy.loading.yaml_positions import MAX_BYTES
from workflow.policy.model import Policy
from workflow.policy.verification.runner import Report, check
from workflow.versions.service import submit_pack

PROOF, TAKE_IN = "/policy/proof", "/policy/proof/take-in"
NEW = "orebro-2027"
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite, unless a test asks for each store."""
    return engine_of(request)


@pytest.fixture
def admin(app: Flask) -> Desk:
    return sit(app, "admin@orebro")


@pytest.fixture
def officer(app: Flask) -> Desk:
    return sit(app, "officer@orebro")


def stored(world: World) -> tuple[int, int]:
    """How many versions and how many trail entries there are."""
    with reading(world.engine, world.tenant.id) as session:
        versions = session.execute(select(func.count(PolicyVersion.id))).scalar_one()
        return versions, session.execute(select(func.count()).select_from(TrailEntry)).scalar_one()


def holed(pack: dict[str, Any]) -> None:
    """Ending a whole-municipality membership is answered by nobody, visits by two rows, and a secretary signs."""
    rows = {row["id"]: row for row in pack["competence"]}
    rows["whole-memberships"]["when"]["act"] = ["enter"]
    del rows["own-matters"]["when"]["scope"]
    for step in pack["routes"]["own-agreement"]:
        if step["step"] == "sign":
            step["by"] = ["secretary@responsible"]


def vast(pack: dict[str, Any]) -> None:
    """A few lines that tell a hundred times as many requests apart."""
    everything = {"eu_funded": True, "initiative": ["own"], "named_nordic_twin": True}
    everything["external_funding"] = list(range(0, 100, 2))
    demand = {"id": "relevance", "when": everything, "before": "decide", "clauses": [], "assumed": "a test"}
    pack["requirements"].append(demand)


def misspelt(pack: dict[str, Any]) -> None:
    """A key that nobody knows."""
    pack["competence"][0]["decider"] = "council"


# -- refusals


def test_a_stranger_reads_no_proof_and_sends_no_pack(app: Flask) -> None:
    stranger = app.test_client()
    assert stranger.get(PROOF).headers["Location"].startswith("/login")
    for path in (PROOF, TAKE_IN):
        assert stranger.post(path, data={"pack": "a: b"}).headers["Location"].startswith("/login")


@pytest.mark.parametrize("who", ["officer", "auditor", "chair.council"])
def test_only_an_administrator_tries_a_pack_or_takes_one_in(app: Flask, world: World, who: str) -> None:
    desk, before = sit(app, f"{who}@orebro"), stored(world)
    page = desk.get(PROOF)
    assert page.status_code == 200
    assert 'type="file"' not in page.text
    for path in (PROOF, TAKE_IN):
        assert desk.upload(path, later_pack("orebro"), "later.yaml").status_code == 403
    assert stored(world) == before


def test_a_version_that_nobody_stored_has_no_proof(engine: Engine, officer: Desk) -> None:
    build(engine, "oslo")
    for version in ("nope", "oslo-2023-2", "<script>"):
        assert officer.get(f"{PROOF}?version={version}").status_code == 404


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\xff\xfe not text", "is not UTF-8"),
        (BOMB.encode(), "anchors and aliases"),
        (b"[" * 200, "nested deeper"),
        (b"a: [", "is not YAML"),
        (b"a: 1\n---\nb: 2\n", "more than one document"),
        (b"#" * (MAX_BYTES + 1), "is larger than 1 MB"),
        (b"hello: world\n", "unknown key 'hello'"),
    ],
    ids=["empty", "not UTF-8", "a bomb", "deep", "not YAML", "two documents", "too large", "no pack"],
)
def test_what_is_no_pack_is_told_and_not_stored(admin: Desk, world: World, content: bytes, told: str) -> None:
    before = stored(world)
    for path in (PROOF, TAKE_IN):
        answer = admin.upload(path, content, "mine.yaml")
        assert answer.status_code == 422
        page = words(answer.text)
        assert told in page
        assert "mine.yaml" in page
        assert "Nothing was stored." in page
    assert stored(world) == before


def test_what_is_far_too_large_is_not_even_read(admin: Desk, world: World) -> None:
    before = stored(world)
    assert admin.upload(PROOF, b"#" * (22 * 1024 * 1024), "mine.yaml").status_code == 413
    assert stored(world) == before


def test_what_is_no_pack_is_told_in_the_readers_language(admin: Desk) -> None:
    admin.send("/language", {"language": "sv"})
    page = words(admin.upload(PROOF, b"- one", "mine.yaml").text)
    assert "ska vara nycklar med värden" in page
    assert "should be" not in page


def test_the_pack_of_another_municipality_is_refused(admin: Desk, world: World) -> None:
    before = stored(world)
    for path in (PROOF, TAKE_IN):
        answer = admin.upload(path, later_pack("oslo"), "oslo.yaml")
        assert answer.status_code == 422
        assert "municipality.key" in answer.text
        assert "is 'oslo', and this is 'orebro'" in html.unescape(answer.text)
    assert stored(world) == before


def test_a_small_file_that_would_take_an_hour_to_check_is_refused_at_once(admin: Desk, world: World) -> None:
    before = stored(world)
    for path in (PROOF, TAKE_IN):
        answer = admin.upload(path, later_pack("orebro", vast), "vast.yaml")
        assert answer.status_code == 422
        assert "requests apart; here at most 50000 are tried" in words(answer.text)
    assert stored(world) == before


def test_a_fault_is_told_with_its_line_its_key_and_the_lines_around_it(admin: Desk) -> None:
    pack = json.dumps(json.loads(later_pack("orebro", misspelt)), indent=1)
    line = next(n for n, text in enumerate(pack.split("\n"), 1) if '"decider"' in text)
    answer = admin.upload(PROOF, pack.encode(), "mine.yaml")
    assert answer.status_code == 422
    page = words(answer.text)
    assert f"Line {line} Key competence[0].decider" in page
    assert "did you mean decides?" in page
    marked = re.search(rf'<li class="is-fault" value="{line}"><code>(.*?)</code>', answer.text)
    assert marked is not None
    assert "decider" in marked.group(1)


def test_a_pack_with_a_fault_cannot_be_taken_in_by_whoever_forges_the_button(admin: Desk, world: World) -> None:
    before = stored(world)
    tried = admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml")
    assert tried.status_code == 200
    assert TAKE_IN not in tried.text
    answer = admin.send(TAKE_IN, {"pack": later_pack("orebro", holed).decode(), "name": "holed.yaml"})
    assert answer.status_code == 422
    assert "Nothing was stored." in words(answer.text)
    assert stored(world) == before


def test_a_form_from_elsewhere_takes_nothing_in(admin: Desk, world: World) -> None:
    before = stored(world)
    answer = admin.browser.client.post(TAKE_IN, data={"pack": later_pack("orebro").decode()})
    assert answer.status_code == 400
    assert stored(world) == before


# -- the proof of what is stored


@pytest.fixture(params=["oslo", "odense"])
def anywhere(request: pytest.FixtureRequest, engine: Engine) -> Iterator[tuple[World, Desk]]:
    """A world of each municipality, and its officer."""
    world = furnished(engine, request.param)
    for app in serving(world):
        yield world, sit(app, f"officer@{request.param}")


def test_every_promise_of_a_version_in_force_is_told_and_kept(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    answer = desk.get(PROOF)
    page = words(answer.text)
    assert "All ten promises are kept" in page
    for id_, (title, meaning) in OBLIGATIONS.items():
        assert f"{title} {id_}" in page
        assert meaning in page
    assert page.count("✓ Kept") == len(OBLIGATIONS)
    assert "Not kept" not in page
    assert "None: every request has exactly one answer." in page
    assert "Gap:" not in page
    assert "Overlap:" not in page
    for clause in world.policy.clauses.values():
        assert answer.text.count(f'id="{clause.id}"') == 1


def test_every_link_within_the_page_leads_somewhere(officer: Desk) -> None:
    page = officer.get(PROOF).text
    ids = re.findall(r' id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_the_law_alone_has_a_proof_too(officer: Desk) -> None:
    page = officer.read(f"{PROOF}?version=orebro-law")
    assert "Version orebro-law" in page
    assert "All ten promises are kept" in page


def test_coverage_is_a_table_with_every_kind_and_what_is_left_over(officer: Desk, world: World) -> None:
    page = officer.get(PROOF).text
    table = page.partition('<table class="table coverage">')[2].partition("</table>")[0]
    told = html.unescape(re.sub(r"<[^>]+>", " ", table))
    kinds = {clause.kind for clause in world.policy.clauses.values()}
    assert table.count('<th scope="row">') == len(kinds)
    assert "5 of 5" not in re.sub(r"\s+", " ", told).partition("Guidance")[2][:20]
    assert "Need not be" in told


def test_a_matrix_is_shown_for_the_body_and_reach_that_are_chosen(officer: Desk) -> None:
    answer = officer.get(f"{PROOF}?responsible=kommunstyrelsen&scope=municipality")
    shown = values(answer.text)
    assert (shown["responsible"], shown["scope"]) == ("kommunstyrelsen", "municipality")
    assert "Matters of Municipal executive board" in words(answer.text)
    assert "Partly assumed, not confirmed" in words(answer.text)


@each_store
def test_a_version_that_waits_has_a_proof_and_a_way_into_force_for_administrators(
    app: Flask, world: World, admin: Desk, officer: Desk
) -> None:
    raw = later_pack("orebro", as_it_was)
    submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    for desk, may in ((admin, True), (officer, False)):
        answer = desk.get(f"{PROOF}?version={NEW}")
        assert answer.status_code == 200
        assert f"{NEW} – waits, governs nothing" in words(answer.text)
        assert (f"/policy/versions/{NEW}/activate" in answer.text) is may


def test_the_page_takes_few_statements_and_only_reads(app: Flask, officer: Desk) -> None:
    officer.get(PROOF)
    with counted(app) as said:
        officer.get(PROOF)
    assert len(said) <= 4
    assert all(statement.lstrip().startswith("SELECT") for statement in said)


@each_store
def test_nobody_waits_for_a_check_with_a_transaction_open(
    app: Flask, admin: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, held, seen = app.extensions["instans"].engine, [0], []

    def out(*_: object) -> None:
        held[0] += 1

    def back(*_: object) -> None:
        held[0] -= 1

    def checked(policy: Policy) -> Report:
        seen.append(held[0])
        return check(policy)

    monkeypatch.setattr(web.core.verification_cache, "check", checked)
    monkeypatch.setattr(web.policies.verification.views, "REPORTS", ReportCache())
    event.listen(engine, "checkout", out)
    event.listen(engine, "checkin", back)
    admin.get(f"{PROOF}?version=orebro-law")
    admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml")
    assert seen == [0, 0]


# -- packs that are tried


def test_a_pack_with_faults_is_shown_with_its_stories_and_its_marks(admin: Desk, world: World) -> None:
    before = stored(world)
    answer = admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml", responsible="programnamnd-barn")
    page = words(answer.text)
    assert "You are trying the file holed.yaml. Nothing of it is stored." in page
    assert "It cannot be brought into force." in page
    assert "(own-agreement) nobody can act" in page
    assert "At “To be signed” on the route “Decided by" in page
    assert "Line manager, Administration: Approve → To be signed Here it fails" in page
    assert 'class="stop stop-fault"' in answer.text
    assert "Gap: no row answers" in page
    assert "Overlap: several rows answer (whole-memberships, own-matters)" in page
    assert answer.text.index("Not kept") < answer.text.index("> Kept")
    assert stored(world) == before


def test_the_routes_of_a_pack_are_drawn_though_nobody_may_sit_at_a_stop(admin: Desk) -> None:
    tried = admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml", responsible="kommunstyrelsen")
    part = section(tried.text, "routes")
    assert "Decided by Municipal executive board, then signed own-agreement" in words(f"<main>{part}</main>")
    assert part.count("<svg") >= 4
    assert "stop-fault" not in part


def test_gaps_and_overlaps_are_marked_in_their_cells_and_lead_to_what_if(admin: Desk) -> None:
    pack = later_pack("orebro", holed).decode()
    answer = admin.send(PROOF, {"pack": pack, "name": "holed.yaml", "scope": "municipality"})
    row = answer.text.partition(">Network membership</th>")[2].partition("</tr>")[0]
    told = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", row)))
    assert 'class="is-hole"' in row
    assert "Overlap: several rows answer (whole-memberships, own-matters)" in told
    holes = section(answer.text, "holes")
    links = [html.unescape(link) for link in re.findall(r'href="(/policy/what-if[^"]+)"', holes)]
    assert links
    for link in links[:4]:
        assert "decides this" in admin.read(link)


def test_a_pack_in_another_language_tells_its_stories_in_it(admin: Desk) -> None:
    admin.send("/language", {"language": "sv"})
    page = words(admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml").text)
    assert "Vid ”Ska undertecknas” på beslutsgången ”Beslutas av" in page
    assert "(own-agreement) kan ingen handla" in page
    assert "Lucka: ingen rad svarar" in page


def test_a_pack_that_is_tried_tells_what_it_would_change(admin: Desk) -> None:
    tried = admin.upload(PROOF, later_pack("orebro", council_decides_agreements), "later.yaml")
    part = section(tried.text, "changes")
    told = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", part)))
    assert "Compared with the version in force, orebro-2012-2." in told
    assert "Municipal council" in told
    ids = set(re.findall(r' id="([^"]+)"', tried.text))
    assert set(re.findall(r'href="#([^"]+)"', tried.text)) <= ids
    same = admin.upload(PROOF, later_pack("orebro", as_it_was), "later.yaml")
    assert "Nothing: the two answer every request alike" in words(same.text)


def test_a_name_that_is_taken_is_told_before_anybody_tries_to_take_it_in(world: World, admin: Desk) -> None:
    raw = later_pack("orebro", as_it_was)
    submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    same = admin.upload(PROOF, raw, "later.yaml")
    assert "This very version is stored already." in words(same.text)
    assert TAKE_IN not in same.text
    other = admin.upload(PROOF, later_pack("orebro", council_decides_agreements), "later.yaml")
    assert f"A version called {NEW} is stored with another content" in words(other.text)
    assert TAKE_IN not in other.text


def test_trying_a_pack_takes_few_statements_and_only_reads(app: Flask, admin: Desk) -> None:
    admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml")
    with counted(app) as said:
        admin.upload(PROOF, later_pack("orebro", holed), "holed.yaml")
    assert len(said) <= 9  # those of the page that the form's token is read from among them
    assert all(statement.lstrip().startswith("SELECT") for statement in said)


@each_store
def test_a_pack_that_holds_is_taken_in_as_it_was_shown_and_waits(world: World, admin: Desk) -> None:
    tried = admin.upload(PROOF, later_pack("orebro"), "later.yaml")
    assert "All ten promises are kept" in words(tried.text)
    before = stored(world)
    shown = values(tried.text)
    answer = admin.send(TAKE_IN, {"pack": shown["pack"].replace("\n", "\r\n"), "name": shown["name"]})
    assert answer.status_code == 303
    page = admin.read(str(answer.headers["Location"]))
    assert f"{NEW} is stored. It governs nothing until it is brought into force." in page
    versions, entries = stored(world)
    assert (versions, entries) == (before[0] + 1, before[1] + 1)
    with reading(world.engine, world.tenant.id) as session:
        digest = session.execute(select(PolicyVersion.digest).where(PolicyVersion.version == NEW)).scalar_one()
    assert digest in tried.text
    assert world.services.policies.governing(world.tenant.id, world.now.date())[1].version == world.policy.version


def test_a_version_that_is_stored_never_changes(world: World, admin: Desk) -> None:
    def other(pack: dict[str, Any]) -> None:
        pack["document"]["title"]["en"] = "Another title"

    raw = later_pack("orebro", as_it_was)
    submit_pack(world.services, world.people["admin"], "orebro", raw, "later.yaml", now=world.now)
    before = stored(world)
    answer = admin.upload(TAKE_IN, later_pack("orebro", other), "later.yaml")
    assert answer.status_code == 422
    assert "is stored with another content" in words(answer.text)
    assert stored(world) == before
