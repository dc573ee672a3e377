"""Cross references of a pack and its law."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workflow.policy.loading.refusing import refused
from tests.workflow.policy.small_pack import planted
from workflow.core.errors import PolicyInvalid
from workflow.policy.loading.loader import load_pack, packaged


def test_of_several_faults_the_first_in_the_file_is_told(tmp_path: Path) -> None:
    path = planted(tmp_path, ("kind: duty", "kind: duties"), ("status: adopted", "status: binding"))
    assert refused(path, tmp_path / "law").key == "document.status"


@pytest.mark.parametrize(
    ("new", "key", "says"),
    [
        ("", "municipality", "needs government: one of alderman, parliamentary"),
        ("government: presidential,", "municipality.government", "unknown form of government 'presidential'"),
    ],
)
def test_a_norwegian_pack_says_its_form_of_government(tmp_path: Path, new: str, key: str, says: str) -> None:
    folders = packaged()
    text = (folders.policies / "oslo.yaml").read_text(encoding="utf-8")
    pack = tmp_path / "oslo.yaml"
    pack.write_text(text.replace("government: parliamentary,", new, 1), encoding="utf-8")
    with pytest.raises(PolicyInvalid) as refusal:
        load_pack(pack, folders.law)
    assert (refusal.value.key, says in refusal.value.message) == (key, True)


def test_what_holds_under_another_form_of_government_is_no_part_of_a_policy(tmp_path: Path) -> None:
    folders = packaged()
    text = (folders.policies / "oslo.yaml").read_text(encoding="utf-8")
    pack = tmp_path / "oslo.yaml"
    pack.write_text(text.replace("government: parliamentary,", "government: alderman,", 1), encoding="utf-8")
    policy = load_pack(pack, folders.law)
    assert {row.where for row in policy.law.rows} == {"alderman"}
    assert "no/koml.13-1" in policy.clauses
    assert "no/koml.10-2" not in policy.canonical


def test_a_rule_cites_no_clause_of_another_form_of_government(tmp_path: Path) -> None:
    folders = packaged()
    (tmp_path / "law").mkdir()
    law = (folders.law / "no.yaml").read_text(encoding="utf-8")
    wrong = "{decides: administration, where: alderman, clauses: [no/koml.10-2]}"
    law = law.replace("{decides: administration, where: alderman, clauses: [no/koml.13-1]}", wrong)
    (tmp_path / "law" / "no.yaml").write_text(law, encoding="utf-8")
    with pytest.raises(
        PolicyInvalid, match=r"no/koml\.10-2 holds only where the government is parliamentary"
    ) as refusal:
        load_pack(folders.policies / "oslo.yaml", tmp_path / "law")
    assert refusal.value.key == "also[0].clauses[0]"
