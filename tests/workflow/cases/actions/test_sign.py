"""What is recorded when an agreement is signed, and what is refused?"""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from sqlalchemy import select

from models import Disclosure, Engagement, TrailEntry
from models.database import reading
from tests.workflow.database_contents import contents
from tests.workflow.documents.test_service import pdf
from tests.workflow.refusals import refused
from tests.worlds import World
from workflow.audit.verify import verify
from workflow.cases.proposals import digest_of
from workflow.core.errors import ActionNotOpen, Malformed, NotMandated
from workflow.documents.service import attach
from workflow.trail.chronology import Chronology
from workflow.trail.entry import as_text, from_text

COMMITTEE = "programnamnd-barn"


def to_sign(world: World, engagement: str = "twin-agreement", act: str = "enter", **more: Any) -> str:
    """A case that waits to be signed."""
    number = world.open(engagement, act, **more)
    assert world.walk(number, "sign") == "sign"
    return number


def engagement_of(world: World, number: str) -> Engagement:
    """The engagement a case entered."""
    with reading(world.engine, world.tenant.id) as session:
        return session.scalars(select(Engagement).where(Engagement.entered_by == number)).one()


@pytest.mark.parametrize("who", ["officer", "manager", "chair.council", "secretary.executive", "coordinator", "admin"])
def test_only_a_signatory_signs(orebro: World, who: str) -> None:
    number = to_sign(orebro)
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act(who, number, "sign")


def test_nothing_is_signed_before_it_is_decided(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    while orebro.row(number).state != "sign":
        if orebro.row(number).state != "draft":
            with refused(orebro, ActionNotOpen, "not-open"):
                orebro.act("chair.executive", number, "sign")
        orebro.step(number)


@pytest.mark.parametrize("engagement", ["membership", "visit", "policy"])
def test_nothing_is_signed_for_memberships_visits_and_policies(orebro: World, engagement: str) -> None:
    number = orebro.open(engagement, "adopt" if engagement == "policy" else "enter", attributes={})
    states = [orebro.row(number).state]
    while states[-1] != "concluded":
        states.append(orebro.step(number))
    assert "sign" not in states


def test_organisation_without_a_chair_is_signed_for_by_the_next_in_line(odense: World) -> None:
    number = to_sign(odense, "project")
    row = odense.row(number)
    assert (row.waits_role, odense.tenant.body_keys[row.waits_body_id]) == ("chair", "okonomiudvalget")


def test_agreement_is_in_force_on_the_later_of_two_dates(orebro: World) -> None:
    number = to_sign(orebro)
    orebro.later(days=10)
    given = {
        "signatories": ["The mayor", "The director"],
        "counterparty": "City of Turku",
        "signed_on": "2026-09-15",
        "counter_signed_on": "2026-09-19",
        "method": "electronic",
    }
    orebro.act("chair.executive", number, "sign", given)
    signature = engagement_of(orebro, number).signature
    assert (signature["signed_on"], signature["counter_signed_on"]) == ("2026-09-15", "2026-09-19")
    assert signature["in_force_on"] == "2026-09-19"
    assert signature["method"] == "electronic"
    assert signature["counterparty"] == "City of Turku"
    assert engagement_of(orebro, number).starts_on is not None
    assert str(engagement_of(orebro, number).starts_on) == "2026-09-19"


def test_agreement_signed_by_the_other_side_first_is_in_force_when_we_sign(orebro: World) -> None:
    number = to_sign(orebro)
    orebro.later(days=10)
    given = {"signed_on": "2026-09-24", "counter_signed_on": "2026-09-16"}
    orebro.act("chair.executive", number, "sign", given)
    assert engagement_of(orebro, number).signature["in_force_on"] == "2026-09-24"


@pytest.mark.parametrize("name", ["signed_on", "counter_signed_on"])
def test_signature_of_tomorrow_is_not_recorded_today(orebro: World, name: str) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "day-after-today"):
        orebro.act("chair.executive", number, "sign", {name: "2026-09-16"})
    orebro.act("chair.executive", number, "sign", {name: "2026-09-15"})


@pytest.mark.parametrize("name", ["signed_on", "counter_signed_on"])
def test_signature_before_the_decision_is_refused(orebro: World, name: str) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "signed-before-decision"):
        orebro.act("chair.executive", number, "sign", {name: "2026-09-14"})
    orebro.act("chair.executive", number, "sign", {name: "2026-09-15"})


def test_signature_counts_from_the_day_of_the_meeting_not_of_its_record(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "decide:council")
    orebro.later(days=10)
    orebro.act("secretary.council", number, "enter-decision", orebro.decision(meeting_date="2026-09-20"))
    orebro.act("chair.council", number, "confirm")
    with refused(orebro, Malformed, "signed-before-decision"):
        orebro.act("chair.executive", number, "sign", {"signed_on": "2026-09-19"})
    orebro.act("chair.executive", number, "sign", {"signed_on": "2026-09-20"})


def test_signature_counts_from_the_day_of_an_administrations_decision(orebro: World) -> None:
    number = orebro.open("project", responsible="forvaltningen-barn")
    orebro.walk(number, "sign")
    orebro.later(days=2)
    signatory = orebro.seated(orebro.row(number).waits_role, orebro.tenant.body_keys[orebro.row(number).waits_body_id])
    with refused(orebro, Malformed, "signed-before-decision"):
        orebro.act(signatory, number, "sign", {"signed_on": "2026-09-14"})
    orebro.act(signatory, number, "sign", {"signed_on": "2026-09-15"})


def test_signature_is_of_the_text_that_was_decided(orebro: World) -> None:
    number = to_sign(orebro, text="For three years, in friendship")
    orebro.act(
        "chair.executive", number, "sign", orebro.signed(document_digest=digest_of("For three years, in friendship"))
    )
    signature = engagement_of(orebro, number).signature
    assert (signature["digest"], signature["signed"]) == (digest_of("For three years, in friendship"), "decided-text")


def test_text_a_body_left_behind_is_not_what_is_signed(orebro: World) -> None:
    number = orebro.open("twin-agreement", text="For ten years")
    orebro.walk(number, "decide:council")
    entered = orebro.decision("approve-amended", text="For five years")
    orebro.act("secretary.council", number, "enter-decision", entered)
    orebro.act("chair.council", number, "confirm")
    with refused(orebro, Malformed, "unknown-document"):
        orebro.act("chair.executive", number, "sign", {"document_digest": digest_of("For ten years")})
    orebro.act("chair.executive", number, "sign", orebro.signed())
    assert engagement_of(orebro, number).signature["digest"] == digest_of("For five years")


def added(world: World, number: str, content: bytes) -> tuple[str, str]:
    """Number and digest of a PDF that the officer adds to a case now."""
    upload = pdf(b"%PDF-1.7 " + content)
    version, officer = world.version(number), world.people["officer"]
    registered = attach(world.services, officer, number, upload, now=world.now, expected_version=version)
    return registered, hashlib.sha256(upload.content).hexdigest()


def test_signature_is_of_a_document_of_the_case(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    registered, digest = added(orebro, number, b"the agreement itself")
    orebro.walk(number, "sign")
    orebro.act("chair.executive", number, "sign", orebro.signed(document_digest=digest))
    signature = engagement_of(orebro, number).signature
    assert (signature["digest"], signature["signed"]) == (digest, registered)


def test_document_added_after_the_decision_is_not_signed(orebro: World) -> None:
    number = to_sign(orebro)
    late, digest = added(orebro, number, b"another agreement")
    before = contents(orebro.engine, orebro.tenant.id)
    with refused(orebro, Malformed, "signed-document-late"):
        orebro.act("chair.executive", number, "sign", orebro.signed(document_digest=digest))
    assert contents(orebro.engine, orebro.tenant.id) == before
    assert orebro.row(number).state == "sign"
    assert late


@pytest.mark.parametrize("state", ["decide:council", "confirm-decide:council"])
def test_document_added_after_the_meeting_was_not_before_it(orebro: World, state: str) -> None:
    """Neither the record that is entered later nor its confirmation makes it earlier."""
    number = orebro.open("twin-agreement")
    orebro.walk(number, "decide:council")
    met_on = orebro.now.date().isoformat()
    orebro.later(days=3)
    if state == "decide:council":
        _late, digest = added(orebro, number, b"a later agreement")
    orebro.act("secretary.council", number, "enter-decision", orebro.decision(meeting_date=met_on))
    if state != "decide:council":
        _late, digest = added(orebro, number, b"a later agreement")
    orebro.act("chair.council", number, "confirm")
    with refused(orebro, Malformed, "signed-document-late"):
        orebro.act("chair.executive", number, "sign", orebro.signed(document_digest=digest))


def test_document_of_the_day_of_the_meeting_was_before_it(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    orebro.walk(number, "decide:council")
    _number, digest = added(orebro, number, b"laid on the table")
    orebro.walk(number, "sign")
    orebro.act("chair.executive", number, "sign", orebro.signed(document_digest=digest))
    assert orebro.row(number).state == "concluded"


@pytest.mark.parametrize("origin", ["a document", "decided-text"])
def test_document_derived_from_what_was_before_the_body_is_signed(orebro: World, origin: str) -> None:
    number = orebro.open("twin-agreement", text="For three years")
    early, early_digest = added(orebro, number, b"the draft agreement")
    orebro.walk(number, "sign")
    late, digest = added(orebro, number, b"the agreement with both seals")
    origin, of_origin = (early, early_digest) if origin == "a document" else (origin, digest_of("For three years"))
    given = orebro.signed(document_digest=digest, derived_from=origin)
    with refused(orebro, Malformed, "field-missing"):
        orebro.act("chair.executive", number, "sign", given)
    orebro.act("chair.executive", number, "sign", given | {"difference": "Dates and seals"})
    signature = engagement_of(orebro, number).signature
    assert (signature["signed"], signature["digest"]) == (late, digest)
    assert (signature["derived_from"], signature["derived_from_digest"]) == (origin, of_origin)
    with reading(orebro.engine, orebro.tenant.id) as session:
        query = select(Disclosure.value).where(Disclosure.stream == number, Disclosure.field == "difference")
        assert session.scalars(query).all() == ["Dates and seals"]
    assert verify(orebro.engine).faults == ()


def test_nothing_is_derived_from_what_is_late_itself_or_not_there(orebro: World) -> None:
    number = orebro.open("twin-agreement")
    early, early_digest = added(orebro, number, b"the draft agreement")
    orebro.walk(number, "sign")
    other, _digest = added(orebro, number, b"a late draft")
    _late, digest = added(orebro, number, b"the agreement")
    given = orebro.signed(document_digest=digest, difference="Dates")
    for origin, code in ((other, "origin-late"), ("orebro-l-2026-00099", "unknown-origin")):
        with refused(orebro, Malformed, code):
            orebro.act("chair.executive", number, "sign", given | {"derived_from": origin})
    with refused(orebro, Malformed, "document-not-derived"):
        orebro.act("chair.executive", number, "sign", given | {"document_digest": early_digest, "derived_from": early})


def test_verification_finds_a_signed_document_that_was_not_before_the_body(
    orebro: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = to_sign(orebro)
    late, digest = added(orebro, number, b"another agreement")
    with monkeypatch.context() as without:
        without.setattr(Chronology, "was_before_the_body", lambda _self, _document: True)
        orebro.act("chair.executive", number, "sign", orebro.signed(document_digest=digest))
    (fault,) = verify(orebro.engine).faults
    assert (fault.code, fault.case, fault.values["document"]) == ("signed-document-late", number, late)


def test_document_of_another_case_is_not_signed_here(orebro: World) -> None:
    other, number = orebro.open("twin-agreement"), to_sign(orebro)
    upload = pdf(b"%PDF-1.7 another agreement")
    attach(orebro.services, orebro.people["officer"], other, upload, now=orebro.now, expected_version=1)
    for digest in (hashlib.sha256(upload.content).hexdigest(), "0" * 64):
        with refused(orebro, Malformed, "unknown-document"):
            orebro.act("chair.executive", number, "sign", {"document_digest": digest})


@pytest.mark.parametrize("digest", ["", "abc", "G" * 64, "0" * 63, "0" * 65, "A" * 64])
def test_digest_that_is_none_is_malformed(orebro: World, digest: str) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("chair.executive", number, "sign", {"document_digest": digest})


def test_signature_needs_a_known_method(orebro: World) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("chair.executive", number, "sign", {"method": "handshake"})


def test_agreement_ends_after_its_notice(orebro: World) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("chair.executive", number, "sign", {"notice_on": "2026-12-31", "ends_on": "2026-12-30"})


@pytest.mark.parametrize("name", ["notice_on", "ends_on"])
def test_notice_and_end_lie_on_or_after_the_decision(orebro: World, name: str) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "signed-before-decision"):
        orebro.act("chair.executive", number, "sign", {name: "1900-01-01"})


# -- the other party's signature


def half_signed(world: World, engagement: str = "twin-agreement", act: str = "enter", **more: Any) -> str:
    """A case in which we have signed, and nobody knows yet when the other party does."""
    number = to_sign(world, engagement, act)
    row = world.row(number)
    who = world.seated(row.waits_role, world.tenant.body_keys[row.waits_body_id])
    world.act(who, number, "sign", {"signatories": ["The mayor"], "counterparty": "The mayor of Turku"} | more)
    return number


def signature_in_trail(world: World, number: str, action: str) -> dict[str, Any]:
    """The signature as an entry of a case has it."""
    query = select(TrailEntry.data).where(TrailEntry.stream == number, TrailEntry.action == action)
    with reading(world.engine, world.tenant.id) as session:
        return dict(from_text(session.scalars(query).one())["signature"])


def test_unknown_day_of_the_other_party_is_stored_as_unknown_and_waited_for(orebro: World) -> None:
    number = half_signed(orebro)
    row = orebro.row(number)
    assert (row.state, row.outcome, row.closed_at) == ("awaiting-counterpart", "approved", None)
    signature = signature_in_trail(orebro, number, "sign")
    assert (signature["signed_on"], signature["counter_signed_on"]) == ("2026-09-15", None)
    assert signature["in_force_on"] is None
    with reading(orebro.engine, orebro.tenant.id) as session:
        assert session.scalars(select(Engagement)).all() == []
    assert (row.waits_person_id, row.waits_role) == (orebro.people["officer"], None)


@pytest.mark.parametrize(
    ("counter", "in_force"), [("2026-09-16", "2026-09-17"), ("2026-09-17", "2026-09-17"), ("2026-09-20", "2026-09-20")]
)
def test_agreement_is_in_force_on_the_later_day_when_the_other_day_comes(
    orebro: World, counter: str, in_force: str
) -> None:
    number = to_sign(orebro)
    orebro.later(days=2)
    given = {"signed_on": "2026-09-17", "signatories": ["The mayor"], "counterparty": "The mayor of Turku"}
    orebro.act("chair.executive", number, "sign", given)
    orebro.later(days=3)
    orebro.act("officer", number, "record-counterpart", {"counter_signed_on": counter})
    assert orebro.row(number).state == "concluded"
    found = engagement_of(orebro, number)
    assert (str(found.starts_on), found.signature["in_force_on"]) == (in_force, in_force)
    assert (found.signature["signed_on"], found.signature["counter_signed_on"]) == ("2026-09-17", counter)
    assert found.signature["counterparty"] == "The mayor of Turku"
    assert found.signature["signatories"] == as_text(["The mayor"])
    recorded = signature_in_trail(orebro, number, "record-counterpart")
    assert (recorded["counter_signed_on"], recorded["in_force_on"]) == (counter, in_force)
    assert verify(orebro.engine).faults == ()


def test_who_signed_for_the_other_party_can_come_with_its_day(orebro: World) -> None:
    number = half_signed(orebro, counterparty="")
    given = {"counter_signed_on": "2026-09-15", "counterparty": "The deputy mayor"}
    orebro.act("officer", number, "record-counterpart", given)
    assert engagement_of(orebro, number).signature["counterparty"] == "The deputy mayor"


def test_renewal_waits_for_the_other_party_and_the_register_stays(orebro: World) -> None:
    first = orebro.open("twin-agreement")
    orebro.walk(first)
    engagement = engagement_of(orebro, first)
    renewal = orebro.open("twin-agreement", "renew", engagement_number=engagement.number)
    orebro.walk(renewal, "awaiting-counterpart")
    assert engagement_of(orebro, first).version == 1
    orebro.walk(renewal)
    assert engagement_of(orebro, first).version == 2
    assert verify(orebro.engine).faults == ()


def test_notice_of_termination_waits_for_nobody(orebro: World) -> None:
    first = orebro.open("twin-agreement")
    orebro.walk(first)
    number = to_sign(orebro, act="terminate", engagement_number=engagement_of(orebro, first).number)
    orebro.act("chair.executive", number, "sign", {"ends_on": "2027-01-01"})
    assert orebro.row(number).state == "concluded"
    signature = signature_in_trail(orebro, number, "sign")
    assert (signature["counter_signed_on"], signature["in_force_on"]) == (None, "2026-09-15")
    assert engagement_of(orebro, first).notice_on is None  # nobody said when


@pytest.mark.parametrize(
    "who", ["manager", "chair.executive", "chair.council", "coordinator", "admin", "secretary.council"]
)
def test_only_the_officer_records_the_other_partys_day(orebro: World, who: str) -> None:
    number = half_signed(orebro)
    with refused(orebro, NotMandated, "not-appointed"):
        orebro.act(who, number, "record-counterpart", {"counter_signed_on": "2026-09-15"})


def test_another_officer_does_not_record_it(orebro: World) -> None:
    number = half_signed(orebro)
    orebro.add("colleague", ("officer", orebro.policy.administration_of(COMMITTEE).key))
    with refused(orebro, NotMandated, "not-yours"):
        orebro.act("colleague", number, "record-counterpart", {"counter_signed_on": "2026-09-15"})


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-09-14", "signed-before-decision"), ("2026-09-16", "day-after-today"), (None, "field-wrong")],
)
def test_other_partys_day_is_known_after_the_decision_and_not_to_come(
    orebro: World, day: str | None, code: str
) -> None:
    number = half_signed(orebro)
    with refused(orebro, Malformed, code):
        orebro.act("officer", number, "record-counterpart", {"counter_signed_on": day})
    assert orebro.row(number).state == "awaiting-counterpart"


def test_other_partys_day_is_recorded_after_our_signature_only(orebro: World) -> None:
    number = to_sign(orebro)
    with refused(orebro, ActionNotOpen, "not-open"):
        orebro.act("officer", number, "record-counterpart", {"counter_signed_on": "2026-09-15"})


def test_waiting_for_the_other_party_has_a_last_day_of_its_own(orebro: World) -> None:
    number = to_sign(orebro)
    before = orebro.row(number).due_on
    orebro.later(days=10)
    orebro.act("chair.executive", number, "sign")
    waiting = orebro.row(number).due_on
    assert waiting > before
    orebro.later(days=1)
    orebro.act("manager", number, "reassign", {"officer": f"officer@{orebro.tenant.key}"})
    assert orebro.row(number).due_on == waiting


def test_what_is_left_empty_is_recorded_as_unknown(orebro: World) -> None:
    number = to_sign(orebro)
    orebro.act("chair.executive", number, "sign", {"counter_signed_on": "2026-09-15"})
    signature = engagement_of(orebro, number).signature
    assert (signature["signatories"], signature["counterparty"], signature["method"]) == ("[]", "", None)


def test_our_own_day_is_needed(orebro: World) -> None:
    number = to_sign(orebro)
    with refused(orebro, Malformed, "field-wrong"):
        orebro.act("chair.executive", number, "sign", {"signed_on": None})
