"""Every wrong change to a pack is reported, by the loader or by the check.

What is not reported is listed here with the reason why it harms nobody; a mutant that behaves as the pack does is none.
"""

from __future__ import annotations

import random
import re
from functools import cache
from typing import Any

import pytest

from tests.workflow.policy.behaving import behaviour
from tests.workflow.policy.detecting import Reader, reported_by
from tests.workflow.policy.mutants import MISTAKES, Mutant, mutants
from tests.workflow.policy.packs import KEYS
from workflow.policy.loading.loader import document_of, packaged, policy_from
from workflow.policy.verification.runner import check

#: (mistake, where, why it harms nobody); where is a pattern over the pack's key and `Mutant.where`.
HARMLESS: tuple[tuple[str, str, str], ...] = (
    (
        "step dropped",
        r".* (policy|policy-revision|founding-policy): (recommend by responsible|consult)",
        "a policy is nobody's own matter, and no clause gives the body that brings it up a word in it; where one asks "
        "for a round of opinions, its claims report the step",
    ),
    (
        "body and route swapped in one row",
        r"oslo .*government-(matters|agreements|evaluations) to executive-board on founding-executive-.*",
        "the row is for the city government's own matters: on either route it decides itself, and its recommendation "
        "and its decision are one step",
    ),
    (
        "steps swapped",
        r"oslo ",
        "no committee or company can be responsible in Oslo, only the board itself or an administration, whose manager "
        "speaks in review: the same bodies act in the same order",
    ),
    (
        "role acts elsewhere",
        r".*: sign by chair@council",
        "who signs decides nothing: somebody who leads signs what the competent body has decided, and has taken no act "
        "on the way; our documents name no signatory, and in Norway the mayor chairs the council",
    ),
    (
        "demand moved",
        r".* before (review|recommend|decide)$",
        "the case is told earlier or later what is missing; that no yes binds without it on any way is proved (P6)",
    ),
    (
        "meeting changed",
        r"oslo abstention until 2023-06-30",
        "the law as it read before our source is an assumption, so that no clause can give an example of it; no "
        "meeting before the pack's own first day is recorded",
    ),
    (
        "ladder cut",
        r".*: (manager@|coordinator@|secretary@|officer@|turn)",
        "no document says who is told before the last day or in between; who has the work is told first and a chair "
        "last (P3, P5), and nobody's right to decide depends on it",
    ),
    (
        "ladder cut",
        r".* ladder (expiry|appointment|mandate|consultation): (all|chair@)",
        "a pack may do without this reminder: what it reminds of ends by itself on its day, and no case waits on it; "
        "the ladder of the steps, on which cases do wait, is demanded (P3)",
    ),
    (
        "mark of assumption dropped",
        r".* (document$|body )",
        "what stands behind a document's date, and that a body is an example, is said by no clause and decides "
        "nothing; such a mark is shown and waits for its confirmation",
    ),
    (
        "citation dropped",
        r".*: decide by .* without ",
        "the row that leads to the route cites the same clause, and what is decided cites the row",
    ),
    (
        "citation dropped",
        r"stockholm competence.* without stockholm/no-twins",
        "what a prohibition leaves open rests on silence: the row stays marked as assumed, with the body that silence "
        "means (P7), and only tells why it is there",
    ),
    (
        "citation dropped",
        r"odense evaluations.* without odense/principles",
        "the principles give the evaluation its questions; that it is made rests on the other clause it cites",
    ),
    (
        "meeting changed",
        r".* of company-board$",
        "company law and the articles govern a company's board; the rule is ours, is marked as assumed, and no clause "
        "of the law we cite promises anything of it",
    ),
)
SEED = 2012


@cache
def sound(key: str) -> dict[str, Any]:
    """A pack and its law as they ship."""
    folders = packaged()
    return document_of(folders.policies / f"{key}.yaml", folders.law)


@cache
def reader(key: str) -> Reader:
    """Reads what differs from a pack in a few places."""
    return Reader(sound(key))


@cache
def of_pack(key: str) -> tuple[Mutant, ...]:
    """Every mutant of a pack and its law; of a law that two packs share, only with the first."""
    first = next(other for other in KEYS if sound(other)["law"] == sound(key)["law"])
    return tuple(one for one in mutants(sound(key)) if first == key or one.document["law"] == sound(key)["law"])


@cache
def usual(key: str) -> object:
    """How a sound pack behaves."""
    return behaviour(sound(key))


def listed(key: str, mutant: Mutant, mistake: str, where: str) -> bool:
    """Whether a mutant is one that an entry of the list speaks of."""
    return mistake == mutant.mistake and re.match(where, f"{key} {mutant.where}") is not None


def harmless(key: str, mutant: Mutant) -> bool:
    """Whether a survivor is on the list."""
    return any(listed(key, mutant, mistake, where) for mistake, where, _why in HARMLESS)


def survivors(key: str, some: tuple[Mutant, ...]) -> list[Mutant]:
    """Mutants that nobody reports and that behave otherwise than the pack."""
    silent = [mutant for mutant in some if not reported_by(mutant.document, reader(key))]
    return [mutant for mutant in silent if behaviour(mutant.document) != usual(key)]


@pytest.mark.parametrize("key", KEYS)
def test_a_sound_pack_is_reported_by_nobody(key: str) -> None:
    assert reported_by(sound(key), reader(key), everything=True) == ""


@pytest.mark.slow
def test_there_are_enough_mutants_of_every_mistake() -> None:
    everything = [mutant for key in KEYS for mutant in of_pack(key)]
    assert len(everything) >= 3000
    assert {mutant.mistake for mutant in everything} == set(MISTAKES)


@pytest.mark.slow
def test_no_mutant_changes_a_claim() -> None:
    for key in KEYS:
        for part in ("pack", "law"):
            claims = {id_: (c.get("claims"), c.get("meetings")) for id_, c in sound(key)[part]["clauses"].items()}
            for mutant in of_pack(key):
                found = mutant.document[part]["clauses"]
                assert {id_: (c.get("claims"), c.get("meetings")) for id_, c in found.items()} == claims


@pytest.mark.slow
@pytest.mark.no_cover
def test_thirty_mutants_are_reported() -> None:
    everything = [(key, mutant) for key in KEYS for mutant in of_pack(key) if not harmless(key, mutant)]
    chosen = random.Random(SEED).sample(everything, 30)  # noqa: S311 - the same thirty every time
    assert [one.name for key, mutant in chosen for one in survivors(key, (mutant,))] == []


@pytest.mark.slow
@pytest.mark.no_cover
def test_what_is_asked_of_a_mutant_is_what_the_whole_check_asks() -> None:
    """Obligations that are not asked again about what they do not look at would have held."""
    everything = [(key, mutant) for key in KEYS for mutant in of_pack(key)]
    for key, mutant in random.Random(SEED).sample(everything, 20):  # noqa: S311 - the same every time
        found = reported_by(mutant.document, reader(key))
        assert found == reported_by(mutant.document, reader(key), everything=True), mutant.name
        if found != "loader":
            report = check(policy_from(mutant.document, source="mutant"))
            assert report.ok is (found == ""), mutant.name
            assert found in ("", *(held.id for held in report.obligations if not held.ok)), mutant.name


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.parametrize("mistake", MISTAKES)
@pytest.mark.parametrize("key", KEYS)
def test_every_mutant_is_reported_or_harmless(key: str, mistake: str) -> None:
    found = survivors(key, tuple(mutant for mutant in of_pack(key) if mutant.mistake == mistake))
    assert [mutant.name for mutant in found if not harmless(key, mutant)] == []


@pytest.mark.slow
@pytest.mark.no_cover
def test_nothing_on_the_list_is_there_in_vain() -> None:
    for mistake, where, _why in HARMLESS:
        found = ((key, mutant) for key in KEYS for mutant in of_pack(key) if listed(key, mutant, mistake, where))
        assert any(survivors(key, (mutant,)) for key, mutant in found), (mistake, where)
