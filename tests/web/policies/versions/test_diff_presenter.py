"""Tests of the sentences for differences of two versions."""

from __future__ import annotations

from functools import cache

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine

from tests.web.clients import engine_of
from tests.workflow.policy.diff.test_diff import EDITS
from tests.workflow.policy.small_pack import small
from tests.workflow.policy.versions import Document, row_of, version_of
from web.policies.versions.diff_presenter import ChangeText, sections
from workflow.policy.diff.diff import changes
from workflow.policy.model import Policy


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """SQLite: words do not depend on the database."""
    return engine_of(request)


@cache
def old() -> Policy:
    return small()


def told(new: Policy) -> list[tuple[str, ChangeText]]:
    """Every difference, with the title of its part; outside a request, so in English."""
    return [(part.title, one) for part in sections(old(), new, changes(old(), new)) for one in part.changes]


@pytest.mark.no_cover
@pytest.mark.parametrize(
    "edit", [pytest.param(edit, marks=pytest.mark.slow if number % 4 else ()) for number, edit in enumerate(EDITS)]
)
def test_every_edit_is_told_in_a_sentence(edit: str) -> None:
    for title, one in told(version_of(old(), EDITS[edit][0])):
        assert title
        assert one.sentence
        assert "%(" not in " ".join((one.sentence, *one.holds_for, *one.lines))


def test_who_decides_is_told_with_what_it_was_for_what_and_by_which_clause() -> None:
    def raise_(document: Document) -> None:
        row_of(document, "competence", "visits").update(decides="council", route="council-matter")

    one = next(one for title, one in told(version_of(old(), raise_)) if title == "Who decides")
    assert one.sentence == "Now: decided by Council. Before: decided by the body whose matter it is."
    assert one.holds_for == ("Visit; not a matter of principle",)
    assert one.clauses == ("lillby/own-area",)


def test_what_nearly_everything_shares_is_told_by_what_it_leaves_out() -> None:
    def shorten(document: Document) -> None:
        for part in ("pack", "law"):
            for steps in document[part]["routes"].values():
                steps[1]["within"] = "5 workdays"
        policy = [dict(step) for step in document["pack"]["routes"]["council-matter"]]
        policy[1]["within"] = "10 workdays"
        document["pack"]["routes"]["policy"] = policy
        row_of(document, "competence", "policy")["route"] = "policy"

    (one,) = [one for title, one in told(version_of(old(), shorten)) if title == "The way of a case"]
    assert one.sentence == "Review. Now: within 5 working days. Before: within 10 working days."
    assert one.holds_for == ("Everything but: Policy",)


def test_what_is_assumed_and_cited_no_longer_is_told_apart_from_what_is() -> None:
    def cite(document: Document) -> None:
        row_of(document, "competence", "visits")["clauses"] = ["lillby/levels"]
        row_of(document, "competence", "memberships").pop("assumed")

    told_ = [one for title, one in told(version_of(old(), cite)) if title in ("Who decides", "Assumptions")]
    assert (("lillby/levels",), ("lillby/own-area",)) in [(one.clauses, one.gone) for one in told_]
    silent = "the policy is silent on memberships of the whole"
    assert [(one.assumptions, one.assumed_before) for one in told_ if one.lines] == [((), (silent,))]


@pytest.mark.parametrize(
    ("language", "title"), [("sv", "Vem som beslutar"), ("nb", "Hvem som avgjør"), ("da", "Hvem der afgør")]
)
def test_a_reader_reads_it_in_their_own_language(app: Flask, language: str, title: str) -> None:
    def raise_(document: Document) -> None:
        row_of(document, "competence", "visits").update(decides="council", route="council-matter")

    with app.test_request_context("/"), force_locale(language):
        assert title in [name for name, _one in told(version_of(old(), raise_))]
