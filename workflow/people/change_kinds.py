"""Every kind of change that takes two people."""

from __future__ import annotations

from workflow.people.account_changes import ACCOUNT_KINDS
from workflow.people.changes import Kinds
from workflow.people.seat_changes import SEAT_KINDS

KINDS = Kinds({kind.name: kind for kind in (*ACCOUNT_KINDS, *SEAT_KINDS)})
