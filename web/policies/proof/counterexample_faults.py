"""What is wrong in a story of the check, in one sentence of the reader's?

What stands in a sentence is called by its name. The sentences themselves are in
`web.policies.proof.counterexample_patterns`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from web.cases.request_labels import read_told
from web.i18n import labels
from web.i18n.gettext import _
from web.policies.labels import body_kind_name, clause_kind_label, request_summary
from web.policies.proof.counterexample_patterns import SHAPES
from web.register.labels import seat_words
from workflow.policy.model import Policy
from workflow.policy.requirement_kinds import REQUIREMENT_KINDS


def wrong_words(policy: Policy, what: str) -> str:
    """What is wrong, in the reader's words; raises `ValueError` for a sentence that is not one of the check's."""
    for shape, ours in SHAPES:
        if found := re.fullmatch(shape, what):
            values = {name: _NAMES.get(name, _as_it_is)(policy, value) for name, value in found.groupdict().items()}
            return _(ours, **values)
    raise ValueError(what)


def _as_it_is(_policy: Policy, value: str) -> str:
    return value


def _state(policy: Policy, state: str) -> str:
    return str(labels.state_label(state, policy))


def _request(policy: Policy, told: str) -> str:
    return request_summary(policy, read_told(told))


_NAMES: Mapping[str, Callable[[Policy, str], str]] = {
    "state": _state,
    "body": body_kind_name,
    "other": body_kind_name,
    "key": labels.body_name,
    "seat": seat_words,
    "request": _request,
    "rows": lambda _policy, rows: rows.replace(" and ", ", "),
    "demand": lambda _policy, demand: ", ".join(labels.field_label(name) for name in REQUIREMENT_KINDS[demand].fields),
    "clause_kind": lambda _policy, kind: clause_kind_label(kind),
}
