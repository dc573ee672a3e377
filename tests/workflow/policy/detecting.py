"""Who reports a wrong pack: the loader, or which obligation of the check?"""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError

from workflow.policy.check import check
from workflow.policy.check_claims import claims_kept
from workflow.policy.check_clauses import every_rule_rests
from workflow.policy.load import LAW, PACK, policy_from
from workflow.policy.references import law_stages, pack_stages


def reported_by(document: dict[str, Any]) -> str:
    """`loader`, the id of an obligation that a document breaks, or nothing when none is broken."""
    try:
        pack, country = PACK.load(document["pack"]), LAW.load(document["law"])
    except ValidationError:
        return "loader"
    for faults in (*law_stages(country, document["law"]), *pack_stages(pack, country, document["pack"])):
        if any(True for _ in faults):
            return "loader"
    policy = policy_from(document, source="mutant")
    for id_, finding in (("P7", every_rule_rests(policy)), ("P10", claims_kept(policy))):  # the quick ones first
        if finding.counterexample is not None:
            return id_
    return next((found.id for found in check(policy).obligations if not found.ok), "")
