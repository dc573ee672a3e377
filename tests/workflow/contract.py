"""Who may take which action where? The contract's own table, written down again and asking nobody else.

It knows a case by its state, the states it passes on its way, and what was done on it; of the engine it uses nothing
but the names of the errors. The signatories are read from the route as the pack writes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from workflow.core.errors import ActionNotOpen, NotFound, NotMandated, WorkflowError

ACTIONS = (
    *("amend", "reassign", "submit", "endorse", "refer-back", "give-opinion", "close-consultation"),
    *("enter-decision", "confirm", "approve", "reject", "sign", "record-counterpart", "withdraw"),
)
FINAL = ("concluded", "rejected", "withdrawn", "not-raised")


@dataclass(frozen=True)
class Matter:
    """A case as the contract's table needs to know it."""

    state: str
    #: Kind of the body whose matter it is.
    responsible: str
    #: States on the way to a yes, in order.
    way: tuple[str, ...]
    #: ROLE@BODY of those who may sign, as the policy writes it.
    signatories: tuple[str, ...]
    was_submitted: bool
    a_body_has_acted: bool
    #: People who endorsed or approved it since it was last submitted.
    acted: frozenset[str]


def people_of(kind: str) -> str:
    """How the people of a kind of body are called."""
    return {"council": "council", "executive-board": "executive"}.get(kind, "committee")


def refusal(matter: Matter, person: str, action: str) -> type[WorkflowError] | None:
    """The error that a person's action must end in; None when it must be carried out."""
    if not matter.was_submitted and person not in ("officer", "manager"):
        return NotFound  # drafts are their authors' and managers'
    here = takers(matter, matter.state, action)
    if here is None:
        anywhere = [found for state in matter.way if (found := takers(matter, state, action)) is not None]
        return NotMandated if anywhere and not any(person in found for found in anywhere) else ActionNotOpen
    if person not in here:
        return NotMandated
    if action in ("endorse", "approve", "reject", "sign") and person in matter.acted:
        return NotMandated  # four eyes
    if action == "withdraw" and matter.a_body_has_acted:
        return ActionNotOpen
    return None


def takers(matter: Matter, state: str, action: str) -> set[str] | None:
    """Who takes an action at a state; None where it is not open."""
    if state in FINAL:
        return None
    step, _, body = state.removeprefix("confirm-").partition(":")
    kind = matter.responsible if body == "responsible" else body
    entered, meets, whose = state.startswith("confirm-"), kind != "administration", people_of(kind)
    first = next(state for state in matter.way if state.partition(":")[0] in ("recommend", "decide"))
    table: dict[str, tuple[bool, set[str]]] = {
        "amend": (step == "draft", {"officer"}),
        "submit": (step == "draft", {"officer"}),
        "reassign": (True, {"manager"}),
        "endorse": (step == "review", {"manager"}),
        "refer-back": (
            step == "review" or entered or (step == "decide" and not meets),
            {f"chair.{whose}"} if entered else {"manager"},
        ),
        "give-opinion": (step == "consult", {"secretary.committee"}),
        "close-consultation": (step == "consult", {"coordinator"}),
        "enter-decision": (step in ("recommend", "decide") and meets, {f"secretary.{whose}"}),
        "confirm": (entered, {f"chair.{whose}"}),
        "approve": (step == "decide" and not meets, {"manager"}),
        "reject": (step == "decide" and not meets, {"manager"}),
        "sign": (step == "sign", {person for token in matter.signatories if (person := signatory(matter, token))}),
        "record-counterpart": (state == "awaiting-counterpart", {"officer"}),
        "withdraw": (state in matter.way[: matter.way.index(first) + 1], {"officer"}),
    }
    is_open, who = table[action]
    return who if is_open else None


def signatory(matter: Matter, token: str) -> str:
    """The person behind ROLE@BODY; nobody where an administration would need a chair."""
    role, _, body = token.partition("@")
    kind = matter.responsible if body == "responsible" else body
    if role == "manager":
        return "manager"
    return "" if kind == "administration" else f"{role}.{people_of(kind)}"
