"""Do entries that are filled into a form have the bytes of entries written one by one?"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workflow.core.text_validation import normal
from workflow.trail.entry import Entry, Form, as_text

ENTRY = Entry(
    municipality="orebro",
    stream="",
    number=0,
    at="2026-11-21T07:00:00.000000Z",
    actor="system",
    actor_role="system",
    actor_body="",
    action="raise",
    from_state="",
    to_state="",
    policy_version="orebro-2012",
    policy_digest="ab" * 32,
    previous_hash="",
    data={"kind": "step", "subject": "", "rung": 2, "told": ["chair@{0} {subject} “§”"]},
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Co"]), max_size=40).map(normal)


@given(TEXTS, TEXTS, st.integers(1, 2**52), st.sampled_from(["", "0f" * 32]))
def test_form_gives_the_bytes_of_the_entry(stream: str, subject: str, number: int, previous: str) -> None:
    entry = replace(
        ENTRY, stream=stream, number=number, previous_hash=previous, data={**ENTRY.data, "subject": subject}
    )
    canonical, data = Form(ENTRY, "subject").filled(stream, number, previous, subject)
    assert canonical.encode() == entry.canonical()
    assert data == as_text(dict(entry.data))
