"""The loader: packs it refuses, where it says the fault is, and the policy it makes.

The faults stand in `faults.yaml`; each is planted alone in a pack that is otherwise sound and must come out as one
line: file, line, key, reason.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import rfc8785
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workflow.policy.loading.refusing import refused
from tests.workflow.policy.small_pack import LAW, PACK, SMALL, changed, planted, small
from workflow.core.calendar import Within
from workflow.core.errors import PolicyInvalid
from workflow.policy.canonical import canonical, digest_of
from workflow.policy.conditions import Condition
from workflow.policy.loading.loader import document_of, law_only, load_folder, load_pack, packaged, policy_from
from workflow.policy.pack_messages import PackMessage
from workflow.policy.request_domain import Span

FAULTS = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["name"] for fault in FAULTS])
def test_a_fault_is_one_line_with_file_line_and_key(fault: dict[str, str], tmp_path: Path) -> None:
    change = (fault["old"], fault["new"])
    in_law = fault.get("file") == "law"
    pack = planted(tmp_path, law=(change,)) if in_law else planted(tmp_path, change)
    file = tmp_path / "law" / LAW.name if in_law else pack
    line = _line(file, LAW if in_law else PACK, fault)

    with pytest.raises(PolicyInvalid) as refusal:
        load_pack(pack, tmp_path / "law")

    assert fault["says"] in refusal.value.message
    assert isinstance(refusal.value.what, PackMessage)
    assert (refusal.value.file, refusal.value.line, refusal.value.key) == (str(file), line, fault["key"])
    assert str(refusal.value).startswith(f"{file}:{line}: ")
    assert "\n" not in str(refusal.value)


def _line(file: Path, original: Path, fault: dict[str, str]) -> int:
    text = file.read_text(encoding="utf-8")
    if "at" in fault:
        start = text.index(fault["at"]) + fault["at"].startswith("\n")
    else:
        start = original.read_text(encoding="utf-8").index(fault["old"])
    return text[:start].count("\n") + 1


def test_the_faults_have_names_of_their_own() -> None:
    names = [fault["name"] for fault in FAULTS]
    assert len(names) == len(set(names)) >= 60


def test_a_list_is_no_pack(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- a\n", encoding="utf-8")
    assert (refused(path).line, refused(path).message) == (1, "should be a map")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_damage_to_a_pack_ends_in_anything_but_a_refusal(data: st.DataObject, tmp_path: Path) -> None:
    text = PACK.read_text(encoding="utf-8")
    start = data.draw(st.integers(0, len(text)))
    length = data.draw(st.integers(0, 200))
    instead = data.draw(st.text(alphabet="{}[]:,-&*!|>%@'\"\n\t #abc012åß\u2028", max_size=12))
    path = tmp_path / "damaged.yaml"
    path.write_text(text[:start] + instead + text[start + length :], encoding="utf-8")
    refusal = _refusal(path)
    assert refusal.startswith(str(path)) or refusal == "sound"
    assert "\n" not in refusal


def _refusal(path: Path) -> str:
    try:
        load_pack(path, LAW.parent)
    except PolicyInvalid as refusal:
        return str(refusal)
    return "sound"


def test_a_sound_pack_becomes_values() -> None:
    policy = small()
    assert (policy.version, policy.municipality.key) == ("lillby-2020", "lillby")
    assert policy.default_responsible == "committee"
    assert (policy.document.valid_from, policy.document.valid_to) == (date(2020, 1, 1), date(2029, 12, 31))
    assert policy.prohibitions[0].when.values_of("external_funding") == Span(0, 99)
    assert policy.competence[5].assumed == "the policy is silent on memberships of the whole"
    assert policy.requirements[2].when.values_of("initiative") == ("own", "external", None)
    assert policy.routes["council-agreement"][2].by == ("committee", "office")
    assert policy.routes["council-agreement"][1].within == Within(10, "workdays")
    assert policy.routes["principal-matter"], "the law's routes are there too"
    assert (policy.evaluations[0].every, policy.evaluations[1].on) == (24, date(2029, 6, 30))
    assert policy.clauses["se/law.principal"].kind == "law"
    assert dict(policy.clauses["lillby/aid"].claims[0].given)["external_funding"] == 99
    assert policy.body("eu-enheten").assumed == "an example"
    assert policy.kinds["visit"].fields == ()


def test_a_row_without_a_condition_holds_for_everything(tmp_path: Path) -> None:
    policy = changed(tmp_path, ("when: {act: [enter, renew]}, before", "when: {}, before"))
    assert policy.requirements[0].when == Condition()


def test_the_digest_is_the_hash_of_the_canonical_document() -> None:
    document = document_of(PACK, LAW.parent)
    policy = small()
    assert policy.canonical.encode() == canonical(document) == rfc8785.dumps(document)
    assert policy.digest == digest_of(policy.canonical.encode())
    assert json.loads(policy.canonical)["pack"]["document"]["valid_from"] == "2020-01-01"


def test_a_policy_read_back_from_its_document_is_the_same() -> None:
    policy = small()
    again = policy_from(json.loads(policy.canonical), source="stored")
    assert again == policy
    assert list(again.clauses) == list(policy.clauses)


def test_a_stored_version_that_is_older_than_an_engagement_kind_stays_readable() -> None:
    document = json.loads(small().canonical)
    del document["pack"]["kinds"]["visit"]
    assert set(small().kinds) - set(policy_from(document, source="stored").kinds) == {"visit"}


def test_a_comment_or_another_spacing_changes_no_digest_but_a_word_does(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / name).mkdir()
    spaced = changed(tmp_path / "a", ("default_responsible: committee", "default_responsible:   committee  # usual"))
    composed = changed(tmp_path / "b", ("Vi är vänliga.", "Vi a\u0308r va\u0308nliga."))
    reworded = changed(tmp_path / "c", ("We are kind.", "We are very kind."))
    assert spaced.digest == composed.digest == small().digest != reworded.digest


def test_the_law_is_part_of_the_digest(tmp_path: Path) -> None:
    other = changed(tmp_path, law=(("This is how one meets.", "So one meets."),))
    assert other.digest != small().digest


@pytest.mark.parametrize(
    "document", [{}, {"pack": {}}, {"pack": [], "law": {}}, {"pack": {"a": 1.5}, "law": float("nan")}]
)
def test_a_document_without_the_shape_of_one_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(PolicyInvalid, match=r"^stored: "):
        policy_from(document, source="stored")


def test_the_law_alone_forbids_and_demands_nothing() -> None:
    law = law_only(small())
    assert (law.version, law.document.status) == ("lillby-law", "law")
    assert (law.document.valid_from, law.document.valid_to) == (date.min, date(2019, 12, 31))
    assert (law.prohibitions, law.requirements, law.evaluations) == ((), (), ())
    assert law.competence == small().law.founding
    assert law.law == small().law, "what stands above every policy stands above its absence too"
    assert (law.bodies, law.kinds, law.goals) == (small().bodies, small().kinds, small().goals)
    assert set(law.routes) == {"principal-agreement", "principal-matter"}
    assert all(clause.kind == "law" for clause in law.clauses.values())
    assert policy_from(json.loads(law.canonical), source="stored") == law


def test_a_folder_is_read_with_the_law_beside_it() -> None:
    assert [policy.version for policy in load_folder(SMALL / "policies")] == ["lillby-2020"]


def test_a_folder_without_a_law_beside_it_is_read_with_the_packaged_one(tmp_path: Path) -> None:
    text = (packaged().policies / "orebro.yaml").read_text(encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "orebro.yaml").write_text(text, encoding="utf-8")
    assert [policy.version for policy in load_folder(tmp_path / "own")] == ["orebro-2012-2"]


def test_a_folder_without_packs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyInvalid, match="holds no policy pack"):
        load_folder(tmp_path)


def test_a_version_that_stands_in_two_files_is_refused(tmp_path: Path) -> None:
    pack = planted(tmp_path)
    pack.with_name("other.yaml").write_text(pack.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(PolicyInvalid, match=r"other\.yaml: document\.version: 'lillby-2020' stands in another file"):
        load_folder(pack.parent)


def test_of_one_municipality_no_other_pack_is_looked_into(tmp_path: Path) -> None:
    pack = planted(tmp_path)
    other = pack.read_text(encoding="utf-8").replace("key: lillby", "key: storby").replace("lillby-2020", "storby-2020")
    pack.with_name("other.yaml").write_text(other + "nonsense: 1\n", encoding="utf-8")
    assert [policy.version for policy in load_folder(pack.parent, of="lillby")] == ["lillby-2020"]
    for of in ("storby", "nobody", None):
        with pytest.raises(PolicyInvalid, match=r"other\.yaml.*nonsense"):
            load_folder(pack.parent, of=of)


def test_the_four_packs_are_sound() -> None:
    found = {policy.municipality.key: policy for policy in load_folder(packaged().policies)}
    assert set(found) == {"orebro", "stockholm", "oslo", "odense"}
    assert {key for key, policy in found.items() if policy.document.status == "proposed"} == {"stockholm", "oslo"}


def test_a_pack_is_read_in_a_moment() -> None:
    path = packaged().policies / "orebro.yaml"
    started = time.process_time()
    load_pack(path, packaged().law)
    assert time.process_time() - started < 0.5  # some 60 ms, whatever else the machine does


def test_a_policy_differs_from_one_with_another_row() -> None:
    policy = small()
    assert replace(policy, competence=policy.competence[1:]) != policy
