"""What happens when an action is taken? One function per action; each writes its effects into a `Turn`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from workflow.actions import bodies, consulting, managing, preparing, signing
from workflow.actions.turn import Turn

#: What each action does, between the judge's verdict and the commit.
PERFORM: Mapping[str, Callable[[Turn], None]] = {
    "amend": preparing.amend,
    "submit": preparing.submit,
    "withdraw": preparing.withdraw,
    "reassign": managing.reassign,
    "endorse": managing.endorse,
    "refer-back": managing.refer_back,
    "approve": managing.approve,
    "reject": managing.reject,
    "give-opinion": consulting.give_opinion,
    "close-consultation": consulting.close_consultation,
    "enter-decision": bodies.enter_decision,
    "confirm": bodies.confirm,
    "sign": signing.sign,
}

__all__ = ["PERFORM", "Turn"]
