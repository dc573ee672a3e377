"""The four packs that come with the program, read once."""

from __future__ import annotations

from functools import cache
from typing import Any

from workflow.policy.loading.loader import load_pack, packaged
from workflow.policy.model import Policy
from workflow.policy.request_domain import Request

KEYS = ("orebro", "stockholm", "oslo", "odense")


@cache
def pack(key: str) -> Policy:
    """A packaged policy."""
    return load_pack(packaged().policies / f"{key}.yaml", packaged().law)


def asked(policy: Policy, engagement: str, act: str, **attributes: Any) -> Request:
    """A request with the pack's usual responsible body where none is given."""
    return Request(engagement, act, **{"responsible": policy.default_responsible, **attributes})
