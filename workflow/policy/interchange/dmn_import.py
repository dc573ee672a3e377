"""Import of a decision table as the competence table of a pack.

Nothing is written unless the pack with its new rows loads and answers every request, law included, as the table does.
The file is replaced whole or not at all.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from workflow.core.errors import PolicyGap, PolicyInvalid
from workflow.policy.competence import look_up
from workflow.policy.interchange.dmn_reader import DecisionTable, read_table
from workflow.policy.interchange.dmn_rows import Rows, rows_of
from workflow.policy.interchange.dmn_rules import LAW, PROHIBITION, ReadRule, read_rules
from workflow.policy.interchange.yaml_patch import with_rows
from workflow.policy.loading.loader import load_pack
from workflow.policy.loading.yaml_positions import read
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request
from workflow.policy.request_space import conditions, mentioned, request_text, requests


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did to a pack."""

    #: The pack as it is now.
    policy: Policy
    #: Rows that are new or changed, and rows that are gone, by id.
    written: tuple[str, ...]
    dropped: tuple[str, ...]


def import_table(table_file: Path, pack_file: Path, law_folder: Path, on: date, decision: str = "") -> Imported:
    """Put the rows of a decision table in the place of a pack's; raises `PolicyInvalid` and then writes nothing.

    Where the table names the law, the law of a day is meant.
    """
    policy = load_pack(pack_file, law_folder)
    table = read_table(table_file, decision)
    rules = read_rules(table, policy)
    rows = rows_of(table, rules, policy)
    source = read(pack_file)
    text = pack_file.read_bytes().decode()
    changed = with_rows(source, text, policy, rows.prohibitions, rows.competence)
    if changed == text:
        return Imported(policy, (), ())
    with tempfile.TemporaryDirectory(dir=pack_file.resolve().parent) as folder:
        draft = Path(folder) / pack_file.name
        draft.write_bytes(changed.encode())
        loaded = _loaded(draft, law_folder, table, rules, rows)
        _answers_alike(table, rules, loaded.on(on))
        shutil.copymode(pack_file, draft)
        draft.replace(pack_file.resolve())
    return Imported(loaded, *_differences(policy, loaded))


def _loaded(draft: Path, law_folder: Path, table: DecisionTable, rules: Sequence[ReadRule], rows: Rows) -> Policy:
    """The pack with its new rows; a fault in one of them is reported for the rule it comes from."""
    try:
        return load_pack(draft, law_folder)
    except PolicyInvalid as error:
        for key, some in (("competence", rows.competence), ("prohibitions", rows.prohibitions)):
            for number, row in enumerate(some):
                if error.key == f"{key}[{number}]" or error.key.startswith(f"{key}[{number}]."):
                    what = error.key.partition("].")[2]
                    rule = next((rule for rule in rules if row.id in (rule.row, rule.policy_row)), rules[0])
                    raise table.fault(rule.source, what, f"row '{row.id}': {error.message}") from None
        raise PolicyInvalid(table.file, None, error.key, f"makes a pack that cannot be read: {error.message}") from None


def _answers_alike(table: DecisionTable, rules: Sequence[ReadRule], policy: Policy) -> None:
    """Hold every request against table and pack; a difference is a fault of the table, or of this import."""
    looked_at = mentioned(conditions(policy)) | {name for rule in rules for name in rule.source.asks}
    for request in requests(policy, looked_at):
        rule = next((rule for rule in rules if any(subset.holds(request) for subset in rule.subsets)), None)
        if rule is not None and (difference := _difference(rule, request, policy)):
            raise table.fault(rule.source, "", f"{difference}: {request_text(request)}")


def _difference(rule: ReadRule, request: Request, policy: Policy) -> str:
    """How the pack answers a request otherwise than a rule does; empty where it does not."""
    try:
        answer = look_up(policy, request)
    except PolicyGap as gap:
        return f"the pack has {'no answer' if not gap.rows else 'two answers'}"
    if answer.tier == LAW and rule.tier != LAW:  # a table need not know the law, which stands above it
        return ""
    body = request.responsible if rule.decides == "responsible" else rule.decides
    if (answer.body, answer.route, answer.is_decided) == (body, rule.route, rule.tier != PROHIBITION):
        return ""
    given = f"{answer.body} on route {answer.route}" if answer.is_decided else "a refusal"
    return f"under the {'law' if answer.tier == LAW else 'pack'} the answer is {given} by row '{answer.row}'"


def _differences(before: Policy, after: Policy) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old, new = ([*policy.prohibitions, *policy.competence] for policy in (before, after))
    ids = {row.id for row in new}
    return tuple(row.id for row in new if row not in old), tuple(row.id for row in old if row.id not in ids)
