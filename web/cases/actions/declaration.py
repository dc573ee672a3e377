"""Declaration of an action's screen: its labels, its form, and how typed values become the gate's payload."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from web.cases.forms import filled_in
from web.cases.presenter import CaseView
from web.i18n import labels
from web.i18n.gettext import _
from web.ui.forms import Input, Typed
from workflow.cases.actions.context import ActionContext


@dataclass(frozen=True, slots=True)
class FormData:
    """What is read for one action's form besides the case; empty where the action needs nothing."""

    #: User name and name: officers who can have the case, or members of the body that decides.
    people: tuple[tuple[str, str], ...] = ()
    #: Digest of the proposal.
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ActionForm:
    """The form of one action on one case."""

    #: What happens when it is sent.
    intro: str
    inputs: tuple[Input, ...]
    #: Label of its button; empty for the action's own label.
    button: str = ""
    #: Whether it ends or turns back the case, so that the button says so.
    is_grave: bool = False


def _no_data(_db: Session, _view: CaseView) -> FormData:
    return FormData()


def _as_typed(_context: ActionContext, typed: Typed) -> dict[str, Any]:
    return filled_in(typed)


@dataclass(frozen=True, slots=True)
class ActionScreen:
    """One action of the state machine, as people see it."""

    name: str
    #: In the imperative, and in the past tense; messages.
    label: str
    done: str
    #: The form for a case at which the action is open.
    form: Callable[[CaseView, FormData], ActionForm]
    #: Other imperatives, by phase of the state (`web.i18n.labels.phase`).
    label_at: Mapping[str, str] = field(default_factory=dict)
    #: Rank among the actions that take a case onward, the first of which a page offers first; None for all others.
    rank: int | None = None
    #: Reads what the form needs, in at most one statement.
    load: Callable[[Session, CaseView], FormData] = _no_data
    #: The payload that typed values make, by the case as it is in the action's transaction; raises `ContradictoryForm`.
    payload: Callable[[ActionContext, Typed], Mapping[str, Any]] = _as_typed
    #: Lists on the form that are no field of the payload.
    more_lists: tuple[str, ...] = ()
    #: Inputs folded away, by how their names begin: what a person seldom fills in.
    folded: tuple[str, ...] = ()


def comment_input(label: str = "", *, is_needed: bool = False) -> Input:
    """The comment of an action."""
    return Input(
        "comment", "text", label or _("Comment"), is_needed=is_needed, hint=_("It stands in the history of the case.")
    )


def next_state_label(view: CaseView) -> str:
    """Where the case goes when the step passes it on."""
    s = view.context
    stop = s.procedure.stop_at(s.state)
    if stop is None:
        return ""
    return labels.state_label(s.procedure.after(stop), s.policy, s.responsible)
