"""What is an entry byte for byte, and what is its hash?"""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from models import TrailEntry
from workflow.core.text_validation import normal
from workflow.trail.entry import Entry, as_text, commit, commitment, from_text, instant, leaf_hash

ENTRY = Entry(
    municipality="orebro",
    stream="orebro-2026-00012",
    number=3,
    at="2026-09-15T10:00:00.000000Z",
    actor="0123456789abcdef0123456789abcdef",
    actor_role="manager",
    actor_body="forvaltningen-barn",
    action="endorse",
    from_state="review",
    to_state="recommend:responsible",
    policy_version="orebro-2012",
    policy_digest="d" * 64,
    previous_hash="a" * 64,
    mandate="Delegationsordning § 4, Örebro",
    clauses=("orebro/levels.council", "se/kl.5-28"),
    data={"goals": ["å", "b"], "external_funding": 40, "principal": False, "none": None},
)
#: Written by hand from RFC 8785: keys sorted by UTF-16 units, no blanks, UTF-8, only what must be is escaped.
CANONICAL = (
    '{"action":"endorse","actor":"0123456789abcdef0123456789abcdef","actor_body":"forvaltningen-barn",'
    '"actor_role":"manager","at":"2026-09-15T10:00:00.000000Z",'
    '"clauses":["orebro/levels.council","se/kl.5-28"],'
    '"data":{"external_funding":40,"goals":["å","b"],"none":null,"principal":false},'
    '"from_state":"review","mandate":"Delegationsordning § 4, Örebro","municipality":"orebro","number":3,'
    '"on_behalf_of":"","policy_digest":"' + "d" * 64 + '","policy_version":"orebro-2012",'
    '"previous_hash":"' + "a" * 64 + '","stream":"orebro-2026-00012","to_state":"recommend:responsible"}'
)
texts = st.text(st.characters(codec="utf-8"))


def test_canonical_bytes_are_those_written_by_hand() -> None:
    assert ENTRY.canonical() == CANONICAL.encode()


def test_hash_is_the_leaf_hash_of_those_bytes() -> None:
    expected = hashlib.sha256(b"\x00" + CANONICAL.encode()).hexdigest()
    assert leaf_hash(ENTRY.canonical()) == expected
    assert expected != hashlib.sha256(CANONICAL.encode()).hexdigest()


@pytest.mark.parametrize(
    ("leaf", "digest"),
    [
        # RFC 6962: the hash of an empty leaf; and of one zero byte
        (b"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        (b"\x00", "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"),
    ],
)
def test_leaf_hash_agrees_with_the_published_vectors(leaf: bytes, digest: str) -> None:
    assert leaf_hash(leaf) == digest


def test_every_column_is_covered_but_the_bytes_and_their_hash() -> None:
    """A column of the table that the hash did not cover could be changed unseen."""
    covered = {field.name for field in fields(Entry)}
    columns = {column.name for column in TrailEntry.__table__.columns}
    assert columns - covered == {"municipality_id", "canonical", "hash"}
    assert covered - columns == {"municipality"}


@pytest.mark.parametrize("field", [field.name for field in fields(Entry)])
def test_every_field_changes_the_bytes(field: str) -> None:
    now: Any = getattr(ENTRY, field)
    other: Any = {
        str: lambda: now + "x",
        int: lambda: now + 1,
        tuple: lambda: (*now, "x"),
        dict: lambda: {**now, "x": 1},
    }[type(now)]()
    assert replace(ENTRY, **{field: other}).canonical() != ENTRY.canonical()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, -(2**53), 0.5, 1.0])
def test_fraction_and_number_that_json_cannot_carry_exactly_are_refused(value: float) -> None:
    for data in ({"n": value}, {"a": [{"b": value}]}):
        with pytest.raises(ValueError, match=r"."):
            replace(ENTRY, data=data).canonical()


def test_half_a_pair_of_surrogates_is_refused() -> None:
    with pytest.raises(ValueError, match="surrogates"):
        replace(ENTRY, mandate="\ud800").canonical()


@given(
    st.recursive(
        st.one_of(texts, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.none()),
        lambda inner: st.one_of(st.lists(inner), st.dictionaries(texts, inner)),
    )
)
def test_quick_way_of_writing_is_the_canonical_one(value: Any) -> None:
    assert as_text(value).encode() == rfc8785.dumps(value)


@given(st.dictionaries(texts, st.one_of(texts, st.integers(-(2**53) + 1, 2**53 - 1), st.booleans(), st.none())))
def test_stored_text_reads_back_as_what_it_was(data: dict[str, Any]) -> None:
    assert from_text(as_text(data)) == data
    assert as_text(from_text(as_text(data))) == as_text(data)


@given(st.dictionaries(texts, texts))
def test_order_in_which_data_was_told_does_not_matter(data: dict[str, str]) -> None:
    backwards = dict(reversed(data.items()))
    assert replace(ENTRY, data=data).canonical() == replace(ENTRY, data=backwards).canonical()


def test_keys_are_sorted_by_utf16_units_and_not_by_code_points() -> None:
    assert as_text({"\U00010000": 1, "\ue000": 2}) == '{"\U00010000":1,"\ue000":2}'
    assert as_text({"ö": 1, "z": 2, "å": 3}) == '{"z":2,"å":3,"ö":1}'


def test_text_is_composed() -> None:
    assert normal("A\u030a") == "\u00c5"
    assert normal("\u00c5") == "\u00c5"
    assert normal("\u212b") == "\u00c5"  # the sign for ångström


@pytest.mark.parametrize(
    ("now", "text"),
    [
        (datetime(2026, 9, 15, 10, tzinfo=UTC), "2026-09-15T10:00:00.000000Z"),
        (datetime(2026, 9, 15, 12, 0, 0, 1, tzinfo=timezone(timedelta(hours=2))), "2026-09-15T10:00:00.000001Z"),
        (datetime(2026, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "2025-12-31T23:30:00.000000Z"),
    ],
)
def test_instant_is_utc_with_microseconds_always(now: datetime, text: str) -> None:
    assert instant(now) == text


def test_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 9, 15, 10))  # noqa: DTZ001 - that is the point


@given(
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),  # noqa: DTZ001 - hypothesis wants it so
    st.datetimes(timezones=st.just(UTC), min_value=datetime(1970, 1, 1)),  # noqa: DTZ001
)
def test_instants_sort_as_text(one: datetime, other: datetime) -> None:
    assert (instant(one) < instant(other)) == (one < other)


# -- words that are committed to


def test_commitment_is_the_hash_of_salt_and_value() -> None:
    salt = "00112233445566778899aabbccddeeff"
    expected = hashlib.sha256(bytes.fromhex(salt) + "Åbo".encode()).hexdigest()
    assert commitment(salt, "Åbo") == expected


def test_same_words_are_committed_to_differently_each_time() -> None:
    one, _ = commit({"title": "Turku"})
    other, _ = commit({"title": "Turku"})
    assert one["title"] != other["title"]


def test_commitment_tells_nothing_of_its_words_and_is_opened_by_them() -> None:
    commitments, disclosed = commit({"title": "A\u030abo", "text": "Secret words"})
    assert set(commitments) == {"title", "text"}
    assert all(len(found) == 64 and int(found, 16) >= 0 for found in commitments.values())
    assert "Secret" not in json.dumps(commitments)
    for row in disclosed:
        assert commitment(row["salt"], row["value"]) == commitments[row["field"]]
        assert len(bytes.fromhex(row["salt"])) == 16
    assert {row["field"]: row["value"] for row in disclosed} == {"title": "\u00c5bo", "text": "Secret words"}


@given(texts, texts)
def test_other_words_do_not_open_a_commitment(one: str, other: str) -> None:
    commitments, (row,) = commit({"text": one})
    if normal(other) != normal(one):
        assert commitment(row["salt"], normal(other)) != commitments["text"]
