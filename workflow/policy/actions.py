"""Case actions: one declaration each of where an action is open, who takes it and what authorization it needs.

The state machine, roles, authorization and the proof's model read these tables. What an action carries and does is
declared beside them in `workflow.cases.actions`; a new action is a rule and a transition here, and its effect there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

#: What a person can have done with a case, as four eyes count it: opened, changed or submitted it, ever; taken an
#: individual action since it was last submitted; entered the decision that waits for confirmation; prepared or endorsed
#: it as an employee, ever.
PREPARED, ACTED, ENTERED, HANDLED = "prepared", "acted", "entered", "handled"


class Seats(Enum):
    """Rules that give the seats from which an action is taken at a stop."""

    #: Officers of the administration that prepares the case.
    OFFICER = "officer"
    #: Managers of the administration that prepares the case.
    MANAGER = "manager"
    #: The seats that the policy's step names.
    NAMED = "named"
    #: Secretaries of the bodies consulted.
    CONSULTED = "consulted"
    COORDINATOR = "coordinator"
    #: Secretary, chair or manager of the body that recommends or decides at the stop.
    BODY_SECRETARY = "body-secretary"
    BODY_CHAIR = "body-chair"
    BODY_MANAGER = "body-manager"

    @property
    def is_of_body(self) -> bool:
        """Whether the seat is in the body that recommends or decides at the stop."""
        return self.value.startswith("body-")

    @property
    def role(self) -> str:
        """The role of a rule that names one."""
        return self.value.removeprefix("body-")


class Requires(Enum):
    """The step whose requirements an action is refused for while something is missing."""

    NOTHING = "nothing"
    #: The step the action leads into.
    NEXT_STEP = "next-step"
    #: The step the action takes.
    OWN_STEP = "own-step"


@dataclass(frozen=True, slots=True)
class ActionRule:
    """What holds of an action wherever it is taken."""

    name: str
    #: What of a person's earlier actions keeps them from this one; counts for whoever is acted for as well.
    barred_by: frozenset[str] = frozenset()
    #: What the action makes of the person who takes it, and of whoever is acted for.
    marks: frozenset[str] = frozenset()
    #: Taken by one person in their own name, who takes one such action on the present route of a case.
    is_individual: bool = False
    #: Open to the case's own officer alone, or to who stands in for them.
    own_officer_only: bool = False
    #: Refused to a person with a conflict of interest in the case.
    barred_by_recusal: bool = True
    #: Refused in a collegial body to whoever did anything in the case as an employee, where the law says so.
    barred_by_preparing_as_employee: bool = False
    #: Needs a mandate of the body above that covers the request.
    needs_mandate: bool = False
    #: Refused once a body's decision has been entered in the case.
    until_a_body_acts: bool = False
    #: Refused where the engagement has changed since the case was judged, and the case's act would change it again.
    needs_engagement_as_judged: bool = False
    requires: Requires = Requires.NOTHING
    #: May change the request, and then asks again who decides and on which route.
    changes_request: bool = False
    #: Taken by the scheduler when its last day is over.
    by_deadline: bool = False
    #: Enters or takes a decision of a body.
    records_decision: bool = False
    #: The state (`Decision.state`) of an entered decision after the action; empty where it is untouched.
    entered_decision_becomes: str = ""
    #: The trail entry names the policy version that the case is under from there on.
    pins_policy: bool = False


_RULES = (
    ActionRule("amend", marks=frozenset({PREPARED, HANDLED}), own_officer_only=True, changes_request=True),
    ActionRule("reassign", barred_by_recusal=False),
    ActionRule("submit", marks=frozenset({PREPARED, HANDLED}), own_officer_only=True, requires=Requires.NEXT_STEP),
    ActionRule(
        "endorse",
        barred_by=frozenset({PREPARED, ACTED}),
        marks=frozenset({ACTED, HANDLED}),
        is_individual=True,
        requires=Requires.NEXT_STEP,
        changes_request=True,
    ),
    ActionRule("refer-back", entered_decision_becomes="replaced"),
    ActionRule("give-opinion"),
    ActionRule("close-consultation", by_deadline=True),
    ActionRule(
        "enter-decision", marks=frozenset({ENTERED}), records_decision=True, entered_decision_becomes="replaced"
    ),
    ActionRule(
        "confirm",
        barred_by=frozenset({HANDLED, ENTERED}),
        barred_by_preparing_as_employee=True,
        entered_decision_becomes="confirmed",
    ),
    ActionRule(
        "approve",
        barred_by=frozenset({PREPARED, ACTED}),
        marks=frozenset({ACTED}),
        is_individual=True,
        needs_mandate=True,
        needs_engagement_as_judged=True,
        requires=Requires.OWN_STEP,
        records_decision=True,
    ),
    ActionRule(
        "reject",
        barred_by=frozenset({PREPARED, ACTED}),
        marks=frozenset({ACTED}),
        is_individual=True,
        needs_mandate=True,
        records_decision=True,
    ),
    ActionRule(
        "sign",
        barred_by=frozenset({ACTED}),
        marks=frozenset({ACTED}),
        is_individual=True,
        needs_engagement_as_judged=True,
        requires=Requires.OWN_STEP,
    ),
    ActionRule("record-counterpart", own_officer_only=True, needs_engagement_as_judged=True),
    ActionRule("withdraw", own_officer_only=True, barred_by_recusal=False, until_a_body_acts=True),
)
#: Actions of the state machine by name, in the order in which they are offered.
ACTIONS: Mapping[str, ActionRule] = MappingProxyType({rule.name: rule for rule in _RULES})

_OPERATIONS = (
    ActionRule("open", marks=frozenset({PREPARED, HANDLED}), changes_request=True, pins_policy=True),
    ActionRule("attach"),
    ActionRule("change-secrecy"),
    ActionRule("move", barred_by=frozenset({PREPARED, ACTED}), marks=frozenset({ACTED}), pins_policy=True),
)
#: Operations of the gate that the state machine does not know, by name: opening a case, registering a document with
#: it, changing its secrecy mark, and moving it to the policy version in force.
OPERATIONS: Mapping[str, ActionRule] = MappingProxyType({rule.name: rule for rule in _OPERATIONS})

#: Every action that stands in a case's trail.
RECORDED: Mapping[str, ActionRule] = MappingProxyType({**ACTIONS, **OPERATIONS})


def names_where(holds: Callable[[ActionRule], bool]) -> frozenset[str]:
    """Names of the actions and operations whose rule satisfies a condition."""
    return frozenset(name for name, rule in RECORDED.items() if holds(rule))


# -- transitions

#: States relative to a stop: its own, the one in which an entered decision waits for the chair, that of the next stop,
#: and the one that the outcome of the decision leads to.
HERE, CONFIRM, ONWARD, BY_OUTCOME = "<here>", "<confirm>", "<onward>", "<by outcome>"
#: The state in which an agreement that we have signed waits for the day on which the other party signs.
AWAITING_COUNTERPART = "awaiting-counterpart"
#: Outcomes of a signature: the day of the other party's is known, or needed by nothing; or it is awaited.
SIGNED, COUNTERPART_AWAITED = "signed", "counterpart-awaited"


@dataclass(frozen=True, slots=True)
class Transition:
    """An action open at a stop: from which state, to which, and from whose seats."""

    action: str
    source: str
    to: str
    seats: Seats
    #: Open only where the engagement has changed since the case was judged.
    is_for_changed_engagement: bool = False
    #: Outcomes that choose where it leads, where it is no body that chooses.
    outcomes: tuple[str, ...] = ()


#: By kind of stop; a body that meets enters and confirms a decision, an administration decides through its manager.
TRANSITIONS: Mapping[str, tuple[Transition, ...]] = MappingProxyType(
    {
        "draft": (
            Transition("amend", HERE, "draft", Seats.OFFICER),
            Transition("submit", HERE, ONWARD, Seats.OFFICER),
        ),
        "review": (
            Transition("endorse", HERE, ONWARD, Seats.NAMED),
            Transition("refer-back", HERE, "draft", Seats.NAMED),
        ),
        "consult": (
            Transition("give-opinion", HERE, HERE, Seats.CONSULTED),
            Transition("close-consultation", HERE, ONWARD, Seats.COORDINATOR),
        ),
        "sign": (
            Transition("sign", HERE, BY_OUTCOME, Seats.NAMED, outcomes=(SIGNED, COUNTERPART_AWAITED)),
            Transition("record-counterpart", AWAITING_COUNTERPART, "concluded", Seats.OFFICER),
            # what was decided can no longer be signed, or come into force, as it was judged
            Transition("refer-back", HERE, "draft", Seats.NAMED, is_for_changed_engagement=True),
            Transition("refer-back", AWAITING_COUNTERPART, "draft", Seats.NAMED, is_for_changed_engagement=True),
        ),
        "collegial": (
            Transition("enter-decision", HERE, CONFIRM, Seats.BODY_SECRETARY),
            # corrected before it is confirmed
            Transition("enter-decision", CONFIRM, CONFIRM, Seats.BODY_SECRETARY),
            # the chair returns the record to the secretary
            Transition("refer-back", CONFIRM, HERE, Seats.BODY_CHAIR),
            Transition("confirm", CONFIRM, BY_OUTCOME, Seats.BODY_CHAIR),
        ),
        "administrative": (
            Transition("approve", HERE, ONWARD, Seats.BODY_MANAGER),
            Transition("reject", HERE, "rejected", Seats.BODY_MANAGER),
            Transition("refer-back", HERE, "draft", Seats.BODY_MANAGER),
        ),
    }
)
#: (Kind of stop, action) of the transitions that are open only where the engagement has changed.
FOR_CHANGED_ENGAGEMENT = frozenset(
    (form, row.action) for form, rows in TRANSITIONS.items() for row in rows if row.is_for_changed_engagement
)
#: Open in every state but the final ones.
ANYWHERE = (Transition("reassign", HERE, HERE, Seats.MANAGER),)
#: Open at every stop up to and with the first body's.
UP_TO_FIRST_BODY = (Transition("withdraw", HERE, "withdrawn", Seats.OFFICER),)
#: The action that takes a case onward from a kind of stop; a collegial body's is `confirm` once a decision is entered.
ONWARD_ACTION: Mapping[str, str] = MappingProxyType(
    {
        kind: next(row.action for row in rows if row.source == HERE and row.to in (ONWARD, CONFIRM, BY_OUTCOME))
        for kind, rows in TRANSITIONS.items()
    }
)

#: Actions that lead where an outcome chooses: a body's, or the signature's own.
WITH_OUTCOME = frozenset(row.action for rows in TRANSITIONS.values() for row in rows if row.to == BY_OUTCOME)

# -- outcomes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a body can decide, or how an action can end, and the state it leads to."""

    name: str
    to: str
    recommends: bool = False
    decides: bool = False
    #: Case outcome (`Case.outcome`) that it sets; empty for none.
    ends_as: str = ""
    #: Says yes: refused while something is missing that the step requires.
    approves: bool = False
    #: May change the request, and then asks again who decides.
    changes_request: bool = False
    #: Steps at which only the body where the matter is raised can choose it.
    first_body_only_at: tuple[str, ...] = ()


_OUTCOMES = (
    Outcome("recommend", ONWARD, recommends=True),
    Outcome("approve", ONWARD, decides=True, ends_as="approved", approves=True),
    Outcome("approve-amended", ONWARD, decides=True, ends_as="approved", approves=True, changes_request=True),
    Outcome("reject", "rejected", decides=True, ends_as="rejected"),
    Outcome("take-note", "concluded", decides=True, ends_as="noted", approves=True),
    Outcome("refer-back", "draft", recommends=True, decides=True),
    Outcome("postpone", HERE, recommends=True, decides=True),
    Outcome(
        "withdraw", "withdrawn", recommends=True, decides=True, ends_as="withdrawn", first_body_only_at=("recommend",)
    ),
    Outcome(
        "not-raised",
        "not-raised",
        recommends=True,
        decides=True,
        ends_as="not-raised",
        first_body_only_at=("recommend", "decide"),
    ),
    Outcome(SIGNED, "concluded"),
    Outcome(COUNTERPART_AWAITED, AWAITING_COUNTERPART),
)
OUTCOMES: Mapping[str, Outcome] = MappingProxyType({outcome.name: outcome for outcome in _OUTCOMES})
#: Outcomes a recommending body, and a deciding one, can choose.
RECOMMENDING = tuple(name for name, outcome in OUTCOMES.items() if outcome.recommends)
DECIDING = tuple(name for name, outcome in OUTCOMES.items() if outcome.decides)
APPROVING = tuple(name for name, outcome in OUTCOMES.items() if outcome.approves)
#: How a case ends, by the outcome its deciding body chose.
ENDS_AS: Mapping[str, str] = MappingProxyType({o.name: o.ends_as for o in _OUTCOMES if o.ends_as})
