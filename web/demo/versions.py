"""How does the demo come by a version of a policy that waits?

A demo file says in what it differs from the pack that governs; the rest is the same, so the two never drift apart. It
is an example, says so, and is taken in by the installation: an administrator of the demo can bring it into force.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow.policy.loading.loader import load_bytes, packaged
from workflow.policy.model import Policy


def later_version(policy: Policy, told: Mapping[str, Any]) -> Policy:
    """The governing pack with a demo file's `later`: another `document`, and `changes`, each `set` at a place.

    A place is keys from the top; in a list, the id of the row. Raises `PolicyInvalid` for what is no pack, `KeyError`
    for a place that is not there.
    """
    pack = json.loads(policy.canonical)["pack"]
    pack["document"] |= told["document"]
    for change in told["changes"]:
        tenant: Any = pack
        for key in change["at"]:
            tenant = tenant[key] if isinstance(tenant, dict) else _row(tenant, key)
        tenant |= change["set"]
    return load_bytes(json.dumps(pack).encode(), f"demo of {policy.municipality.key}", packaged().law)


def _row(rows: list[dict[str, Any]], id_: str) -> dict[str, Any]:
    for row in rows:
        if row["id"] == id_:
            return row
    raise KeyError(id_)
