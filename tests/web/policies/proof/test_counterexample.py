"""What the check finds is told in the reader's words, and drawn where it happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_login import login_user
from sqlalchemy import Engine

from tests.web.conftest import serving
from tests.workflow.policy.planting import besides, with_moves
from tests.workflow.policy.small_pack import changed, small
from tests.worlds import MUNICIPALITIES, World, build, policy_of
from web.auth.session import User
from web.cases.request_labels import read_told
from web.core.verification_cache import Proofs
from web.i18n.locale import LANGUAGES
from web.policies.labels import request_summary
from web.policies.proof.counterexample import Story, story_of
from web.policies.proof.counterexample_faults import wrong_words
from web.policies.proof.counterexample_steps import deed_words
from web.policies.proof.labels import OBLIGATIONS
from workflow.policy.model import Policy
from workflow.policy.request_space import request_text, requests
from workflow.policy.state_machine import Move, procedure_for
from workflow.policy.verification import runner as checking
from workflow.policy.verification.gate_model import MOVED, PROMISES
from workflow.policy.verification.p02_bypass import no_bypass
from workflow.policy.verification.p04_four_eyes import four_eyes
from workflow.policy.verification.p05_silence import silence_decides_nothing
from workflow.policy.verification.p06_requirements import demands_are_met
from workflow.policy.verification.p08_refusals import refusals_hold
from workflow.policy.verification.p09_law import law_holds
from workflow.policy.verification.result import Finding
from workflow.policy.verification.runner import Obligation, check
from workflow.policy.verification.state_search import journeys, legs

NOBODY_KNOWS = "enter-decision by the cat"


@pytest.fixture
def place(sqlite_engine: Engine) -> World:
    """Örebro, on SQLite: words do not depend on the database."""
    return build(sqlite_engine, "orebro")


@pytest.fixture(autouse=True)
def speaking(place: World) -> Iterator[Flask]:
    """The application within a request by an English reader."""
    for app in serving(place):
        with app.test_request_context("/"):
            login_user(User(1, "p", "p@orebro", "P", "en", place.tenant, frozenset()))
            yield app


# -- planted faults


def bypass(policy: Policy, change: Callable[[Move], tuple[Move, ...]]) -> Finding:
    compiled = with_moves(policy, change)
    return no_bypass(journeys(policy, PROMISES, compiled), compiled)


def unasked(policy: Policy, action: str) -> Finding:
    """What happens once an act that changes a request asks the tables no more."""
    return no_bypass(journeys(policy, replace(PROMISES, rejudges=PROMISES.rejudges - {action})))


def sloppy(policy: Policy) -> Finding:
    empty = frozenset[str]()
    return demands_are_met(journeys(policy), replace(PROMISES, asks_for_next=empty, asks_for_own=empty))


def barless(policy: Policy) -> Finding:
    return four_eyes(journeys(policy), replace(PROMISES, bars={}))


def silent(policy: Policy) -> Finding:
    def change(move: Move) -> tuple[Move, ...]:
        action, source, _to, outcome = move
        return ((action, source, "concluded", outcome),) if action == "close-consultation" else (move,)

    compiled = with_moves(policy, change)
    return silence_decides_nothing(journeys(policy, PROMISES, compiled), PROMISES, compiled)


def forbidden(policy: Policy) -> Finding:
    return refusals_hold(journeys(policy, replace(PROMISES, rejudges=PROMISES.rejudges - {"amend"})))


def unheard(policy: Policy) -> Finding:
    compiled = with_moves(policy, besides("submit", "draft", "decide:council"))
    return law_holds(journeys(policy, PROMISES, compiled), PROMISES, compiled)


PLANTED: dict[str, Callable[[Policy], Finding]] = {
    "signed before the decision": lambda policy: bypass(policy, besides("submit", "draft", "sign")),
    "undone": lambda policy: bypass(policy, besides("sign", "sign", "draft")),
    "amended without asking": lambda policy: unasked(policy, "amend"),
    "raised without asking": lambda policy: unasked(policy, "endorse"),
    "nothing asked for": sloppy,
    "no bars": barless,
    "silence": silent,
    "amended into what is forbidden": forbidden,
    "nobody heard": unheard,
}


@cache
def planted(name: str) -> tuple[Policy, Finding]:
    """The small pack, and what is found in it with one thing gone wrong."""
    policy = small()
    return policy, PLANTED[name](policy)


def story(policy: Policy, finding: Finding) -> Story:
    found = story_of(policy, Obligation("P2", "", False, 1, finding.counterexample, finding.path))
    assert found is not None
    return found


def test_every_planted_fault_is_told_in_every_language() -> None:
    for name, language in product(PLANTED, LANGUAGES):
        policy, finding = planted(name)
        assert finding.counterexample is not None, name
        with force_locale(language):
            found = story(policy, finding)
        assert found.wrong, f"{name}: {finding.counterexample}"
        assert found.request, name
        assert not [place.deed for place in found.places if place.is_english], name
        assert "%(" not in found.wrong


def test_the_numbers_of_a_story_stand_on_its_routes_and_the_last_one_is_the_fault() -> None:
    for name in PLANTED:
        policy, finding = planted(name)
        found = story(policy, finding)
        assert finding.path is not None
        stages = [stage for way in found.drawings for stage in way.stages]
        last = len(finding.path.passed)
        assert sorted(number for stage in stages for number in stage.numbers) == list(range(1, last + 1)), name
        assert found.drawings[-1].route == finding.path.route
        assert [stage.numbers[-1] for stage in stages if stage.status == "fault"] == [last], name
        assert [place.is_fault for place in found.places] == [False] * (last - 1) + [True]


def test_a_pack_with_faults_in_its_text_is_told_too(tmp_path: Path) -> None:
    policy = changed(
        tmp_path,
        ("{step: sign, by: manager@responsible", "{step: sign, by: secretary@responsible"),
        ("{engagement: visit}, decides", "{engagement: visit, act: [enter, renew]}, decides"),
    )
    report = check(policy)
    failing = [one for one in report.obligations if not one.ok]
    assert {"P1", "P3", "P4"} <= {one.id for one in failing}
    for one in failing:
        found = story_of(policy, one)
        assert found is not None
        assert found.wrong, one.counterexample


ASKED = "enter visit, responsible committee, scope own-area"
SENTENCES = (
    ("is answered by row a, though row b stands above it", "Row a answers it, though row b stands above it."),
    ("goes by row p of the law to committee, below council, whom the policy names", "Row p of the law gives it to a"),
    (
        "goes by row p to executive-board, below the council",
        "It is a matter of principle, and row p gives it to a body",
    ),
    ("is decided by kontoret, and no body that meets could give it a mandate", "could give it a mandate: kontoret."),
    (
        "is decided by an administration without a mandate, at sign by approve by manager",
        "without a mandate, at “To be",
    ),
    ("is recommended by council to itself", "A body recommends it to itself: Municipal council."),
    ("reaches concluded before the council has taken a position", "before the council has taken a position"),
    (
        "reaches sign without committee having been heard, whose matter it is",
        "without the body having been heard whose",
    ),
    (f"is refused by a, and passes as {ASKED}", "Row a forbids it, and yet it passes when it is told as: Visit; enter"),
    (
        "is reviewed by officer@responsible, who is not its officer's manager",
        "manager: Case officer, Responsible body.",
    ),
    ("route r, step 2 cites no clause and does not say that it is assumed", "A rule cites no clause"),
    ("nothing carries out orebro/goals, a requirement", "Nothing carries out the clause orebro/goals (Asks for"),
    ("row a cites no clause and names council, where silence means responsible", "Row a cites no clause and names"),
    (
        f"a/b promises of {ASKED}: refused; but row a lets council decide it",
        "The clause a/b promises that this is refused",
    ),
    (f"a/b promises of {ASKED}: requires goal of areas; but nothing requires it", "says of a demand (Goals)"),
    (f"a/b promises of {ASKED}: evaluated; but it has not one answer", "promises that this is evaluated"),
    (f"a/b promises of {ASKED}: signed by chair@council; but it is not", "a signature (Chair, Municipal council)"),
    ("a/b promises of approve in a council of 59, 50 present: it stands; but it does not", "an example of a meeting"),
    ("evaluation e: when it is late, no chair is told; it ends with nobody", "When the evaluation e is late, no chair"),
    (f"evaluation e lets council decide what committee decides: {ASKED}", "The evaluation e is decided by Municipal"),
    (
        "reaches sign under a-2030 without a decision of council, on a decision of committee",
        "Moved to a-2030, it comes to “To be signed” on a decision of: ",
    ),
    ("reaches sign under a-2030 without a decision of council", "Moved to a-2030, it comes to “To be signed” without"),
    (
        "comes to sign under a-2030 past the step review by manager@responsible",
        "“To be signed” past a step that it has not taken",
    ),
    ("is under way under a-2030, where no row answers", "Moved to a-2030, it is under way although no row answers it."),
    ("is under way under a-2030, where row-a refuses", "it is under way although row row-a forbids it."),
)


def test_sentences_that_no_story_here_tells_are_said_too() -> None:
    for sentence, said in SENTENCES:
        assert said in wrong_words(policy_of("orebro"), sentence)


def test_what_nobody_has_words_for_is_told_in_english() -> None:
    policy, finding = planted("signed before the decision")
    found = story(policy, with_last_deed(finding, NOBODY_KNOWS))
    assert found.places[-1].is_english
    assert found.places[-1].deed == NOBODY_KNOWS
    other = story_of(policy, Obligation("P2", "", False, 1, "something new is wrong", None))
    assert other == Story("", "", (), (), "something new is wrong")


def with_last_deed(finding: Finding, deed: str) -> Finding:
    """The finding, its last deed called otherwise."""
    assert finding.path is not None
    *before, last = finding.path.passed
    return replace(finding, path=replace(finding.path, passed=(*before, replace(last, deed=deed))))


# -- words


@pytest.mark.parametrize("key", MUNICIPALITIES)
def test_every_deed_of_every_way_has_words(key: str) -> None:
    policy = policy_of(key)
    for route in policy.routes:
        for kind in policy.responsible_kinds():
            for some in legs(procedure_for(policy, route, kind)).values():
                for leg in some:
                    said = deed_words(policy, leg.deed)
                    assert leg.action not in said.split()


def test_a_move_to_another_version_has_words() -> None:
    assert deed_words(policy_of("orebro"), MOVED) == "Administrator: Moved to another version of the policy"


def test_a_request_is_read_out_of_the_words_it_was_told_in() -> None:
    for request in requests(small()):
        assert read_told(request_text(request)) == request
    for nonsense in ("", "enter", "enter visit", "enter visit, responsible committee, scope own-area, by night"):
        with pytest.raises(ValueError, match=nonsense or "^$"):
            read_told(nonsense)


def test_a_request_names_everything_that_is_not_as_usual() -> None:
    request = read_told("enter project, responsible committee, scope municipality, EU-funded, 40 % paid by others")
    said = request_summary(policy_of("orebro"), request)
    assert said.endswith("The whole municipality; the EU pays a part; others pay 40 percent")
    assert "principle" not in said


def test_every_obligation_has_a_title_and_a_meaning() -> None:
    assert {one.id for one in check(small()).obligations} == set(OBLIGATIONS)


# -- the reports that are kept


def test_a_version_is_checked_once() -> None:
    proofs, policy = Proofs(), small()
    first = proofs.of(policy)
    assert proofs.of(replace(policy)) is first
    assert first == checking.check(policy)


def test_the_oldest_report_makes_room() -> None:
    proofs, policy = Proofs(kept=2), small()
    first = proofs.of(policy)
    proofs.of(replace(policy, digest="b"))
    assert proofs.of(policy) is first  # it was read last
    proofs.of(replace(policy, digest="c"))
    assert proofs.of(policy) is first
