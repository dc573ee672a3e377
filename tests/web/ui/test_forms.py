"""Tests of form inputs: parsing into a payload, and redisplay."""

from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from web.ui.forms import Choice, Input, Problem, filled, marked, nested, read

CHOICES = (Choice("a", "A"), Choice("b", "B"))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("line", "  a name ", "a name"),
        ("line", "", ""),
        ("text", "one\r\ntwo", "one\ntwo"),
        ("names", "A. Andersson\r\n\r\n  B. Berg ", ["A. Andersson", "B. Berg"]),
        ("names", "", []),
        ("day", "2029-12-31", "2029-12-31"),
        ("day", "", None),
        ("whole", "11", 11),
        ("whole", "eleven", "eleven"),
        ("whole", "-1", "-1"),
        ("whole", "٣", "٣"),
        ("tick", "yes", True),
    ],
)
def test_what_is_typed_is_read_as_a_payload_takes_it(kind: str, typed: str, value: object) -> None:
    assert read((Input("x", kind, "X"),), MultiDict({"x": typed})) == {"x": value}


@pytest.mark.parametrize("kind", ["one", "select", "whole"])
def test_what_nobody_chose_is_not_sent(kind: str) -> None:
    assert read((Input("x", kind, "X", choices=CHOICES),), MultiDict({"x": ""})) == {}


def test_an_unticked_box_is_no_and_several_are_a_list() -> None:
    inputs = (Input("t", "tick", "T"), Input("s", "several", "S", choices=CHOICES))
    assert read(inputs, MultiDict([("s", "a"), ("s", "b")])) == {"t": False, "s": ["a", "b"]}


def test_what_is_only_shown_is_never_read() -> None:
    assert read((Input("responsible", "shown", "R", "Board"),), MultiDict({"responsible": "council"})) == {}


def test_names_become_places_in_the_payload() -> None:
    assert nested({"title": "T", "fields.ends_on": None, "fields.cost": "1"}) == {
        "title": "T",
        "fields": {"ends_on": None, "cost": "1"},
    }


def test_everything_typed_is_shown_again() -> None:
    inputs = (
        Input("a", "line", "A", "before"),
        Input("s", "several", "S", choices=CHOICES),
        Input("t", "tick", "T", "yes"),
    )
    shown = filled(inputs, MultiDict([("a", "<b>"), ("s", "b")]))
    assert [(field.value, field.values) for field in shown] == [("<b>", ()), ("", ("b",)), ("", ())]


def test_an_error_stands_beside_its_field_and_the_summary_leads_there() -> None:
    inputs = (Input("fields.ends_on", "day", "Last day"), Input("title", "line", "Title"))
    shown, problems = marked(inputs, [("ends_on", "Needed.", ("a/b",)), ("payload", "Odd.", ())])
    assert shown[0].errors == ("Needed.",)
    assert shown[1].errors == ()
    assert problems == (Problem("Needed.", "#f-fields-ends-on", ("a/b",)), Problem("Odd.", "", ()))


def test_an_error_of_a_part_stands_at_the_whole() -> None:
    _shown, problems = marked((Input("conflicts", "several", "C"),), [("conflicts.0", "Unknown.", ())])
    assert problems[0].href == "#f-conflicts"
    _shown, problems = marked((Input("conflicts", "several", "C"),), [("conflicts", "Unknown.", ())])
    assert problems[0].href == "#f-conflicts"


def test_a_field_is_described_by_what_explains_it() -> None:
    field = Input("x", "line", "X", hint="h", errors=("e",))
    assert field.described_by == "f-x-hint f-x-error"
