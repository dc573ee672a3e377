"""The matrix of who decides."""

from __future__ import annotations

import html
import re

from tests.web.clients import Desk
from tests.web.policies.readers import read_in_english
from tests.worlds import World, policy_of
from web.policies.matrix import matrix, policy_row
from workflow.policy.competence import deciding_body_key, look_up
from workflow.policy.request_domain import ENGAGEMENTS, SCOPES, Request


def test_the_table_of_who_decides_is_the_gates_own_answer(anywhere: tuple[World, Desk]) -> None:
    world, desk = anywhere
    policy = world.policy
    for body in policy.responsible_bodies():
        for scope in SCOPES:
            lines = (*matrix(policy, body.key, scope), policy_row(policy, body.key, scope))
            assert {line.kind for line in lines} == set(ENGAGEMENTS)
            for line in lines:
                for cell in line.cells:
                    answer = look_up(policy, Request(line.kind, cell.act, body.kind, scope=scope))
                    assert cell.answer == answer
                    assert cell.body == (deciding_body_key(policy, answer, body.key) if answer.is_decided else "")
    body = next(policy.responsible_bodies())
    page = read_in_english(desk, f"/policy?responsible={body.key}&scope=municipality")
    found = (*matrix(policy, body.key, "municipality"), policy_row(policy, body.key, "municipality"))
    cells = [stretch.cell for line in found for stretch in line.groups]
    shown = re.findall(r'<div class="cell">(.*?)</div>', page, flags=re.DOTALL)
    for cell, part in zip(cells, shown, strict=True):
        told = html.unescape(part)
        assert ("Refused" in told) is not cell.answer.is_decided
        assert all(f'href="#{clause}"' in told for clause in cell.answer.clauses)
        if cell.answer.is_decided:
            assert policy.body(cell.body).names["en"] in told


def test_neighbours_are_drawn_together_only_where_a_reader_would_see_the_same() -> None:
    orebro = policy_of("orebro")
    by_kind = {line.kind: line for line in matrix(orebro, "programnamnd-barn", "own-area")}
    acts = {kind: [stretch.acts for stretch in line.groups] for kind, line in by_kind.items()}
    assert acts["exchange"] == [("enter", "renew", "evaluate", "terminate")]
    assert acts["twin-agreement"] == [("enter",), ("renew", "evaluate"), ("terminate",)]
    assert all(len(line.cells) == 4 for line in by_kind.values())


def test_a_cell_depends_on_what_changes_it_and_on_nothing_else() -> None:
    stockholm = policy_of("stockholm")
    by_kind = {line.kind: line for line in matrix(stockholm, next(stockholm.responsible_bodies()).key, "own-area")}
    aid, visit = by_kind["aid-project"].cells[0], by_kind["visit"].cells[0]
    assert "external_funding" in aid.depends_on
    assert "external_funding" not in visit.depends_on
    assert "principal" in visit.depends_on
