"""Vocabulary of policies: kinds of body, roles, steps and ladders."""

from __future__ import annotations

#: Kinds of body that meet and vote.
COLLEGIAL = ("council", "executive-board", "committee", "company-board")
BODY_KINDS = (*COLLEGIAL, "administration", "office")
#: Kinds of body whose matter a case can be.
RESPONSIBLE_KINDS = ("executive-board", "committee", "company-board", "administration")
#: Kinds of body that an answer can name.
DECIDING_KINDS = (*COLLEGIAL, "administration")
#: What the column `decides` of a row can say: `responsible` is the body whose matter it is.
DECIDES = (*DECIDING_KINDS, "responsible")
#: In an evaluation rule: whoever decided that the engagement was entered.
AS_ENTERED = "as-entered"
#: Forms of municipal government that a law may tell apart: an executive board elected by the council, or a government
#: answerable to it.
GOVERNMENTS = ("alderman", "parliamentary")
ROLES = ("officer", "manager", "secretary", "chair", "member", "coordinator", "auditor", "admin")
STEPS = ("draft", "review", "consult", "recommend", "decide", "sign")
#: Steps that a requirement can stand before.
BEFORE = ("review", "recommend", "decide", "sign")

#: What may wait and has a ladder of its own in a pack.
LADDERS = ("step", "consultation", "expiry", "appointment", "mandate")
#: In a ladder: whoever it waits for.
TURN = "turn"
#: What the clock itself does on the last day, so that nothing is left to be late.
ENDS_BY_ITSELF = ("consultation", "expiry")
