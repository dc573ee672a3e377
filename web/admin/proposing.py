"""Proposing a change that takes two people, from any form of administration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash

from web.auth.session import signed_in
from web.core.errors import status_of
from web.core.services import services
from web.i18n.gettext import _
from web.ui.form_errors import FormError, form_errors
from workflow.core.errors import WorkflowError
from workflow.people import changes
from workflow.people.change_kinds import KINDS


def propose(kind: str, given: Mapping[str, Any]) -> tuple[list[FormError], int]:
    """Propose a change; the errors of a refusal with its status, else none and 200."""
    here, user = services(), signed_in()
    try:
        changes.propose(here.workflow, KINDS, user.id, user.municipality.key, kind, given, now=here.now())
    except WorkflowError as refusal:
        return form_errors(refusal.reasons), status_of(refusal)
    flash(
        _(
            "It is proposed, and nothing has changed yet. Another administrator must confirm it; where there is none, "
            "a chair."
        )
    )
    return [], 200
