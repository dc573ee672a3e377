"""Changed answers of a new version: who decides, by which clause, on which route."""

from __future__ import annotations

from tests.workflow.policy.diff.finding import found
from tests.workflow.policy.versions import Document, row_of
from workflow.policy.conditions import Condition
from workflow.policy.request_domain import Span


def condition(**terms: tuple[object, ...]) -> Condition:
    return Condition(tuple(terms.items()))


def test_rows_that_answer_alike_are_no_change_however_they_are_written() -> None:
    def split(document: Document) -> None:
        rows = document["pack"]["competence"]
        twins = row_of(document, "competence", "twins")
        rows.remove(twins)
        for act in twins["when"]["act"]:
            rows.insert(0, twins | {"id": f"twins-{act}", "when": {"engagement": "twin-agreement", "act": act}})

    assert found(split) == []


def test_another_deciding_body_is_told_once_for_all_that_change_alike() -> None:
    def raise_(document: Document) -> None:
        own = row_of(document, "competence", "own-agreements")
        own["when"]["engagement"].remove("project")
        own["when"]["engagement"].remove("exchange")
        raised = {"engagement": ["project", "exchange"], "act": ["enter", "renew", "terminate"]}
        row = {"id": "raised", "when": raised, "decides": "council", "route": "council-agreement"}
        document["pack"]["competence"].append(row | {"clauses": ["lillby/levels"]})

    (told,) = [one for one in found(raise_, "competence") if one.what == "decides"]
    assert (told.what, told.was, told.now, told.clauses) == ("decides", "responsible", "council", ("lillby/levels",))
    assert told.when == (
        condition(engagement=("project", "exchange"), act=("enter", "renew", "terminate"), principal=(False,)),
    )


def test_the_steps_that_come_with_another_body_are_told_too() -> None:
    def raise_(document: Document) -> None:
        row_of(document, "competence", "visits").update(decides="council", route="council-matter")

    told = {one.key: one.when for one in found(raise_, "routes") if one.what == "added"}
    assert set(told) == {"review", "recommend:responsible", "recommend:executive-board"}
    # the board does not recommend twice, an administration that decided reviewed nothing before
    assert [one.values_of("responsible") for one in told["recommend:responsible"]] == [("committee",)]
    assert [one.values_of("responsible") for one in told["review"]] == [("administration",)]
    assert [one.values_of("responsible") for one in told["recommend:executive-board"]] == [None]


def test_what_is_forbidden_now_and_what_was_is_told() -> None:
    def forbid(document: Document) -> None:
        del document["pack"]["prohibitions"][0]["when"]["external_funding"]

    def allow(document: Document) -> None:
        document["pack"]["prohibitions"] = []

    refused = found(forbid, "competence")
    assert {(one.was, one.now) for one in refused} == {("responsible", "refused"), ("council", "refused")}
    assert {one.clauses for one in refused} == {("lillby/aid",)}
    assert {one.values_of("external_funding") for each in refused for one in each.when} == {Span(100, 100)}
    allowed = found(allow, "competence")
    assert {(one.was, one.now) for one in allowed} >= {("refused", "responsible")}


def test_a_gap_is_told_as_one() -> None:
    def forget(document: Document) -> None:
        document["pack"]["competence"].remove(row_of(document, "competence", "visits"))

    assert ("responsible", "nobody") in {(one.was, one.now) for one in found(forget, "competence")}


def test_a_kind_of_body_that_is_new_is_told_with_what_it_decides() -> None:
    def found_company(document: Document) -> None:
        names = {"en": "Company"}
        board = {"key": "bolaget", "kind": "company-board", "names": names}
        below = {"key": "bolagskontoret", "kind": "administration", "parent": "bolaget", "names": names}
        document["pack"]["bodies"] += [board, below]

    assert [(one.what, one.key) for one in found(found_company, "bodies")] == [
        ("added", "bolaget"),
        ("added", "bolagskontoret"),
    ]
    told = found(found_company, "competence")
    assert {one.was for one in told} == {"unknown"}
    assert all(one.values_of("responsible") == ("company-board",) for each in told for one in each.when)


def test_only_the_clause_or_the_assumption_under_the_same_body_is_told_apart() -> None:
    def cite(document: Document) -> None:
        row_of(document, "competence", "visits")["clauses"] = ["lillby/levels"]

    def assume(document: Document) -> None:
        row_of(document, "competence", "visits")["assumed"] = "our reading"

    (cited,) = found(cite, "competence")
    assert (cited.what, cited.was, cited.now) == ("cites", ("lillby/own-area",), ("lillby/levels",))
    (rests,) = found(assume, "competence")
    assert (rests.what, rests.was, rests.now) == ("rests", (), ("our reading",))
    assert [(one.what, one.key) for one in found(assume, "assumptions")] == [("added", "our reading")]
