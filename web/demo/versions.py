"""Later versions of the demo's policies.

A script holds the differences from the governing pack, so that the two never drift apart. The version is an example and
says so; an administrator of the demo can bring it into force.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from workflow.policy.loading.loader import load_bytes, packaged
from workflow.policy.model import Policy


def later_version(policy: Policy, later: Mapping[str, Any]) -> Policy:
    """The governing pack with a script's `later`: another `document`, and `changes`, each a `set` at a path.

    A path is keys from the top; in a list, the id of the row. Raises `PolicyInvalid` for an invalid pack, `KeyError`
    for an unknown path.
    """
    pack = json.loads(policy.canonical)["pack"]
    pack["document"] |= later["document"]
    for change in later["changes"]:
        node: Any = pack
        for key in change["at"]:
            node = node[key] if isinstance(node, dict) else _row(node, key)
        node |= change["set"]
    return load_bytes(json.dumps(pack).encode(), f"demo of {policy.municipality.key}", packaged().law)


def _row(rows: list[dict[str, Any]], id_: str) -> dict[str, Any]:
    for row in rows:
        if row["id"] == id_:
            return row
    raise KeyError(id_)
