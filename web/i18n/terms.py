"""Label tables of the terms that every subject shares: states, actions, roles, bodies, engagements and notices.

English messages by code, marked for translation. `web.i18n.labels` reads them in the reader's language.
"""

from __future__ import annotations

from web.i18n.tables import Table
from workflow.core.messages import N_

#: States of a case without a body, final states, and states of an evaluation.
STATES: Table = {
    "draft": N_("Draft"),
    "review": N_("Review by the line manager"),
    "consult": N_("Consultation"),
    "sign": N_("To be signed"),
    "awaiting-counterpart": N_("Waits for the other party’s signature"),
    "concluded": N_("Concluded"),
    "rejected": N_("Rejected"),
    "withdrawn": N_("Withdrawn"),
    "not-raised": N_("Not raised"),
    "pending": N_("Not begun"),
    "under-way": N_("Under way"),
    "reported": N_("Reported, not decided"),
    "decided": N_("Decided"),
    "cancelled": N_("Cancelled"),
}

#: States of a case at a body.
BODY_STATES: Table = {
    "recommend": N_("Recommendation: %(body)s"),
    "decide": N_("Decision: %(body)s"),
    "confirm-recommend": N_("Recommendation to be confirmed: %(body)s"),
    "confirm-decide": N_("Decision to be confirmed: %(body)s"),
}

#: Actions in the imperative, but for those of the state machine (`web.cases.actions`).
ACTIONS: Table = {
    "open": N_("Open a request"),
    "attach": N_("Add a document"),
    "change-secrecy": N_("Change the secrecy mark"),
    "start-evaluation": N_("Begin an evaluation"),
    "report-evaluation": N_("Report an evaluation"),
    "extend-deadline": N_("Give more time"),
    "register-letter": N_("Register a letter"),
    "register-engagement": N_("Register an engagement from before"),
    "keep-engagement": N_("Change an engagement’s details"),
    "import-engagements": N_("Bring in a list of engagements"),
    "add-person": N_("Add a person"),
    "change-person": N_("Change a person"),
    "confirm-change": N_("Confirm a change"),
    "decline-change": N_("Decline a change"),
    "invite-person": N_("Invite a person to choose a password"),
    "change-email": N_("Change a person’s e-mail address"),
    "rename-person": N_("Rename a person"),
    "erase-person": N_("Erase a person"),
    "appoint": N_("Appoint"),
    "end-appointment": N_("End an appointment"),
    "give-mandate": N_("Record a mandate"),
    "end-mandate": N_("End a mandate"),
    "retry-mail": N_("Send a mail once more"),
    "change-settings": N_("Change one’s own settings"),
    "create-calendar": N_("Create a calendar address"),
    "revoke-calendar": N_("End a calendar address"),
    "load-policy": N_("Load a policy version"),
    "create-token": N_("Create an API token"),
    "revoke-tokens": N_("Revoke API tokens"),
    "change-password": N_("Change one’s own password"),
    "accept-invitation": N_("Choose a password by invitation"),
    "log-in": N_("Log in"),
}

#: Operations on a case in the past tense, but for actions of the state machine (`web.cases.actions`).
ACTIONS_DONE: Table = {
    "open": N_("Opened"),
    "attach": N_("Document added"),
    "change-secrecy": N_("Secrecy mark changed"),
    "move": N_("Moved to another version of the policy"),
}

#: Outcomes that a body can choose, and outcomes of a closed case.
OUTCOMES: Table = {
    "recommend": N_("Recommend"),
    "approve": N_("Approve"),
    "approve-amended": N_("Approve with changes"),
    "reject": N_("Reject"),
    "take-note": N_("Take note"),
    "refer-back": N_("Refer back"),
    "postpone": N_("Postpone"),
    "withdraw": N_("Let it be withdrawn"),
    "not-raised": N_("Not raise it"),
    "signed": N_("Signed"),
    "counterpart-awaited": N_("The other party’s day is not known"),
    "approved": N_("Approved"),
    "noted": N_("Taken note of"),
    "rejected": N_("Rejected"),
    "withdrawn": N_("Withdrawn"),
}

#: Outcomes of an evaluation.
EVALUATION_OUTCOMES: Table = {
    "continue": N_("Go on with it"),
    "renegotiate": N_("Renegotiate it"),
    "terminate": N_("End it"),
}

#: Value of an engagement against its cost, as an evaluation found it.
WORTHS: Table = {
    "enough": N_("At least as much as it costs"),
    "less": N_("Less than it costs"),
    "none": N_("Nothing any more"),
}

#: Kinds of item that have a deadline.
DUTIES: Table = {
    "step": N_("A case’s step"),
    "evaluation": N_("An evaluation"),
    "expiry": N_("An agreement’s end"),
    "appointment": N_("An appointment that ends"),
    "mandate": N_("A mandate that ends"),
}

#: Proposals of a recommending body.
PROPOSALS: Table = {
    "adopt": N_("Adopt it"),
    "amended": N_("Adopt it with changes"),
    "decline": N_("Decline it"),
    "none": N_("No proposal of its own"),
}

ROLES: Table = {
    "officer": N_("Case officer"),
    "manager": N_("Line manager"),
    "secretary": N_("Secretary"),
    "chair": N_("Chair"),
    "member": N_("Member"),
    "coordinator": N_("International coordinator"),
    "auditor": N_("Auditor"),
    "admin": N_("Administrator"),
    "system": N_("The system"),
}

#: Duties of a role, in one sentence.
PURPOSES: Table = {
    "officer": N_("Opens requests, registers letters, prepares cases."),
    "manager": N_("Reviews the officers’ cases; decides where a mandate allows it."),
    "secretary": N_("Records what the body decided."),
    "chair": N_("Confirms what was recorded; signs."),
    "member": N_("Takes part in the body’s meetings."),
    "coordinator": N_("Keeps the register, closes consultations, hears of new engagements."),
    "auditor": N_("Follows and verifies every decision; changes nothing."),
    "admin": N_("Keeps people, appointments and mandates; decides nothing."),
}

BODY_KINDS: Table = {
    "council": N_("Council"),
    "executive-board": N_("Executive board"),
    "committee": N_("Committee"),
    "company-board": N_("Company board"),
    "administration": N_("Administration"),
    "office": N_("Office"),
    "responsible": N_("Responsible body"),
}

KINDS: Table = {
    "twin-agreement": N_("Twin-town agreement"),
    "cooperation-agreement": N_("Cooperation agreement"),
    "partnership": N_("Municipal partnership"),
    "membership": N_("Network membership"),
    "project": N_("Project"),
    "exchange": N_("Exchange"),
    "visit": N_("Visit"),
    "aid-project": N_("Aid project"),
    "influence": N_("Influence"),
    "solidarity": N_("Solidarity"),
    "policy": N_("International policy"),
}

ACTS: Table = {
    "enter": N_("Enter"),
    "renew": N_("Renew"),
    "evaluate": N_("Evaluate"),
    "terminate": N_("Terminate"),
    "adopt": N_("Adopt"),
    "revise": N_("Revise"),
    "repeal": N_("Repeal"),
}

#: Notices; a reminder of a deadline that has not passed.
NOTICES: Table = {
    "engagement-entered": N_("A new engagement is in the register."),
    "engagement-renewed": N_("An engagement was renewed."),
    "engagement-changed": N_("An engagement in the register was changed."),
    "engagement-ended": N_("An engagement has ended."),
    "rung-step": N_("A case must be dealt with soon."),
    "rung-consultation": N_("A consultation ends soon."),
    "rung-evaluation": N_("An evaluation is due soon."),
    "rung-revision": N_("The policy itself is due for revision soon."),
    "rung-expiry": N_("An engagement runs out soon."),
    "rung-appointment": N_("An appointment ends soon, and cases wait for it."),
    "rung-mandate": N_("A mandate ends soon, and cases wait for a decision under it."),
    "lapsed": N_("An engagement has run out and was not renewed."),
    "renewal-waits": N_("An engagement is past its last day and waits for a decided renewal."),
    "evaluation-reported": N_("An evaluation has been reported."),
    "evaluation-decided": N_("What an evaluation leads to has been decided."),
    "renegotiate": N_("An engagement is to be renegotiated."),
}

#: Reminders of a deadline that has passed.
NOTICES_LATE: Table = {
    "rung-step": N_("A case is late."),
    "rung-consultation": N_("A consultation was not closed in time."),
    "rung-evaluation": N_("An evaluation is late."),
    "rung-revision": N_("The revision of the policy is late."),
    "rung-expiry": N_("An engagement has run out."),
    "rung-appointment": N_("An appointment has ended, and cases still wait for it."),
    "rung-mandate": N_("A mandate has ended, and cases still wait for a decision under it."),
}

#: Steps of a route.
STEPS: Table = {
    "draft": N_("Draft"),
    "review": N_("Review"),
    "consult": N_("Consultation"),
    "recommend": N_("Recommendation"),
    "decide": N_("Decision"),
    "sign": N_("Signature"),
}

#: Deadline of a requirement, by the step before which it must be met.
BEFORE_STEP: Table = {
    "review": N_("before the case is submitted"),
    "recommend": N_("before a body recommends"),
    "decide": N_("before the decision"),
    "sign": N_("before it is signed"),
}

SCOPES: Table = {
    "own-area": N_("Only the responsible body’s own area"),
    "municipality": N_("The whole municipality"),
}

#: Who took the initiative; an empty code where that is not known.
INITIATIVES: Table = {
    "own": N_("Our own"),
    "external": N_("Somebody outside asked us"),
    "": N_("Not said"),
}

#: Origin of a matter.
ORIGINS: Table = {
    "own": N_("From within the administration"),
    "motion": N_("A motion"),
    "citizens-proposal": N_("A citizen’s proposal"),
    "other-body": N_("Another body’s matter"),
    "outside": N_("A request from outside"),
}

#: Direction of a document.
DIRECTIONS: Table = {
    "incoming": N_("Received"),
    "outgoing": N_("Sent"),
    "drawn-up": N_("Drawn up here"),
}

#: File formats by media type; names of formats are the same in every language.
FILE_TYPES: Table = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
}
