"""What is everything called in English?

Code words and the reader's words, one table per column of the glossary, each marked for translation. How a table is
read in the reader's language is `web.i18n.labels`'.
"""

from __future__ import annotations

from collections.abc import Mapping

from workflow.core.messages import N_

#: States without a body, and how a case ended.
STATES: Mapping[str, str] = {
    "draft": N_("Draft"),
    "review": N_("Review by the line manager"),
    "consult": N_("Consultation"),
    "sign": N_("To be signed"),
    "concluded": N_("Concluded"),
    "rejected": N_("Rejected"),
    "withdrawn": N_("Withdrawn"),
    "not-raised": N_("Not raised"),
    # of an evaluation
    "pending": N_("Not begun"),
    "under-way": N_("Under way"),
    "reported": N_("Reported, not decided"),
    "decided": N_("Decided"),
    "cancelled": N_("Cancelled"),
}

#: Stops of a body, with its name.
BODY_STATES: Mapping[str, str] = {
    "recommend": N_("Recommendation: %(body)s"),
    "decide": N_("Decision: %(body)s"),
    "confirm-recommend": N_("Recommendation to be confirmed: %(body)s"),
    "confirm-decide": N_("Decision to be confirmed: %(body)s"),
}

ACTIONS: Mapping[str, str] = {
    "open": N_("Open a request"),
    "amend": N_("Change the draft"),
    "reassign": N_("Give the case to another officer"),
    "submit": N_("Submit"),
    "endorse": N_("Endorse"),
    "refer-back": N_("Refer back"),
    "give-opinion": N_("Give an opinion"),
    "close-consultation": N_("Close the consultation"),
    "enter-decision": N_("Enter the decision"),
    "confirm": N_("Confirm"),
    "approve": N_("Approve"),
    "reject": N_("Reject"),
    "sign": N_("Record the signature"),
    "withdraw": N_("Withdraw"),
    "attach": N_("Add a document"),
    "start-evaluation": N_("Begin an evaluation"),
    "report-evaluation": N_("Report an evaluation"),
    "extend-deadline": N_("Give more time"),
    "register-letter": N_("Register a letter"),
    "register-engagement": N_("Register an engagement from before"),
    "keep-engagement": N_("Change an engagement’s details"),
    "import-engagements": N_("Bring in a list of engagements"),
    "add-person": N_("Add a person"),
    "change-person": N_("Change a person"),
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
    "log-in": N_("Log in"),
}

OUTCOMES: Mapping[str, str] = {
    "recommend": N_("Recommend"),
    "approve": N_("Approve"),
    "approve-amended": N_("Approve with changes"),
    "reject": N_("Reject"),
    "take-note": N_("Take note"),
    "refer-back": N_("Refer back"),
    "postpone": N_("Postpone"),
    "withdraw": N_("Let it be withdrawn"),
    "not-raised": N_("Not raise it"),
    # how a case ended
    "approved": N_("Approved"),
    "noted": N_("Taken note of"),
    "rejected": N_("Rejected"),
    "withdrawn": N_("Withdrawn"),
}

#: What can come of an evaluation.
EVALUATION_OUTCOMES: Mapping[str, str] = {
    "continue": N_("Go on with it"),
    "renegotiate": N_("Renegotiate it"),
    "terminate": N_("End it"),
}

#: What an evaluation found: value against cost.
WORTHS: Mapping[str, str] = {
    "enough": N_("At least as much as it costs"),
    "less": N_("Less than it costs"),
    "none": N_("Nothing any more"),
}

#: What may wait with a last day.
DUTIES: Mapping[str, str] = {
    "step": N_("A case’s step"),
    "evaluation": N_("An evaluation"),
    "expiry": N_("An agreement’s end"),
    "appointment": N_("An appointment that ends"),
    "mandate": N_("A mandate that ends"),
}

#: What a recommending body proposes.
PROPOSALS: Mapping[str, str] = {
    "adopt": N_("Adopt it"),
    "amended": N_("Adopt it with changes"),
    "decline": N_("Decline it"),
    "none": N_("No proposal of its own"),
}

ROLES: Mapping[str, str] = {
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

#: What a role is for, in one sentence.
PURPOSES: Mapping[str, str] = {
    "officer": N_("Opens requests, registers letters, prepares cases."),
    "manager": N_("Reviews the officers’ cases; decides where a mandate allows it."),
    "secretary": N_("Records what the body decided."),
    "chair": N_("Confirms what was recorded; signs."),
    "member": N_("Takes part in the body’s meetings."),
    "coordinator": N_("Keeps the register, closes consultations, hears of new engagements."),
    "auditor": N_("Follows and verifies every decision; changes nothing."),
    "admin": N_("Keeps people, appointments and mandates; decides nothing."),
}

BODY_KINDS: Mapping[str, str] = {
    "council": N_("Council"),
    "executive-board": N_("Executive board"),
    "committee": N_("Committee"),
    "company-board": N_("Company board"),
    "administration": N_("Administration"),
    "office": N_("Office"),
    "responsible": N_("Responsible body"),
}

KINDS: Mapping[str, str] = {
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

ACTS: Mapping[str, str] = {
    "enter": N_("Enter"),
    "renew": N_("Renew"),
    "evaluate": N_("Evaluate"),
    "terminate": N_("Terminate"),
    "adopt": N_("Adopt"),
    "revise": N_("Revise"),
    "repeal": N_("Repeal"),
}

#: What a notice tells of; of a reminder, before its last day is over.
NOTICES: Mapping[str, str] = {
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
    "evaluation-reported": N_("An evaluation has been reported."),
    "evaluation-decided": N_("What an evaluation leads to has been decided."),
    "renegotiate": N_("An engagement is to be renegotiated."),
}

#: The same of a reminder whose last day is over.
NOTICES_LATE: Mapping[str, str] = {
    "rung-step": N_("A case is late."),
    "rung-consultation": N_("A consultation was not closed in time."),
    "rung-evaluation": N_("An evaluation is late."),
    "rung-revision": N_("The revision of the policy is late."),
    "rung-expiry": N_("An engagement has run out."),
    "rung-appointment": N_("An appointment has ended, and cases still wait for it."),
    "rung-mandate": N_("A mandate has ended, and cases still wait for a decision under it."),
}

#: Fields of forms and payloads, by the last part of their name.
FIELDS: Mapping[str, str] = {
    "title": N_("Title"),
    "text": N_("Proposed text"),
    "engagement": N_("Kind of engagement"),
    "kind": N_("Kind of engagement"),
    "act": N_("What is asked"),
    "municipality": N_("Municipality"),
    "responsible": N_("Responsible body"),
    "engagement_number": N_("Engagement in the register"),
    "external_number": N_("Number elsewhere"),
    "origin": N_("Where it comes from"),
    "goals": N_("Goals"),
    "attributes": N_("Facts of the request"),
    "fields": N_("Further information"),
    "partner": N_("Partner"),
    "partner_name": N_("Partner’s name"),
    "partner_country": N_("Partner’s country"),
    "partner_kind": N_("What the partner is"),
    "latitude": N_("Latitude"),
    "longitude": N_("Longitude"),
    "participants": N_("People who take part"),
    "place": N_("Town"),
    "contacts": N_("Contact persons"),
    "names": N_("Names"),
    "year": N_("Year"),
    "funding_source": N_("Whose money it is"),
    "funder": N_("Payer or programme"),
    "amount": N_("Amount"),
    "currency": N_("Currency"),
    "report_due_on": N_("Report to the funder by"),
    "import": N_("List"),
    "list": N_("What became of the list"),
    "rows": N_("Rows"),
    "row": N_("Row"),
    "registered": N_("Registered"),
    "file_name": N_("Name of the file"),
    "details_version": N_("Version of the details"),
    "part": N_("Part"),
    "name": N_("Name"),
    "country": N_("Country"),
    "scope": N_("How far it reaches"),
    "initiative": N_("Whose initiative it is"),
    "principal": N_("Matter of principle or of major importance"),
    "principal_reason": N_("Why it is, or is not, a matter of principle"),
    "named_nordic_twin": N_("Nordic twin town named in the policy"),
    "eu_funded": N_("Funded by the EU"),
    "external_funding": N_("Percent paid by others"),
    "purpose": N_("Purpose"),
    "expected_result": N_("Expected result"),
    "starts_on": N_("First day"),
    "ends_on": N_("Last day"),
    "notice_on": N_("Day of notice"),
    "operating_plan_ref": N_("Place in the operating plan"),
    "representatives": N_("Representatives"),
    "knowledge_plan": N_("How what is learnt will be shared"),
    "principle_value": N_("Added value"),
    "principle_knowledge": N_("Knowledge"),
    "principle_cooperation": N_("Cooperation"),
    "principle_partnerships": N_("Partnerships"),
    "principle_reputation": N_("Reputation"),
    "local_partners": N_("Local partners"),
    "eu_office_opinion": N_("Opinion of the EU office"),
    "relevance": N_("Relevance"),
    "cost": N_("Cost"),
    "consultation_ends_on": N_("Last day of the consultation"),
    "secrecy": N_("Secrecy"),
    "law": N_("Law it is kept secret under"),
    "note": N_("Note on secrecy"),
    "outcome": N_("Outcome"),
    "meeting_date": N_("Date of the meeting"),
    "paragraph": N_("Paragraph in the minutes"),
    "present": N_("Members who took part"),
    "for": N_("Votes for"),
    "against": N_("Votes against"),
    "abstained": N_("Abstentions"),
    "casting_vote": N_("The chair’s casting vote"),
    "conflicts": N_("Conflicts of interest"),
    "proposal": N_("The body’s proposal"),
    "reason": N_("Reason"),
    "comment": N_("Reasons"),
    "officer": N_("Case officer"),
    "opinion": N_("Opinion"),
    "body": N_("Body"),
    "signatories": N_("Who signed for us"),
    "counterparty": N_("Who signed for the partner"),
    "signed_on": N_("Day we signed"),
    "counter_signed_on": N_("Day the partner signed"),
    "method": N_("How it was signed"),
    "document_digest": N_("Document that was signed"),
    "evaluation_outcome": N_("What comes of the evaluation"),
    "proposes": N_("What is proposed"),
    "worth": N_("Value against cost"),
    "answers": N_("Answers"),
    "report": N_("Report"),
    "reasons": N_("Reasons"),
    "until": N_("New last day"),
    "evaluation": N_("Evaluation"),
    "username": N_("User name"),
    "password": N_("Password"),
    "password_hash": N_("Password"),
    "email": N_("E-mail address"),
    "mail_wanted": N_("E-mail"),
    "language": N_("Language"),
    "role": N_("Role"),
    "reference": N_("Decision it rests on"),
    "to_body": N_("Administration"),
    "engagements": N_("Kinds of engagement"),
    "acts": N_("What may be decided"),
    "is_active": N_("Active"),
    "direction": N_("Direction"),
    "dated_on": N_("Date of the document"),
    "correspondent": N_("Sender or receiver"),
    "file": N_("File"),
    "source": N_("What it rests on"),
    "number": N_("Number"),
    "version": N_("Version"),
    "action": N_("Action"),
    "payload": N_("Content"),
    "id": N_("Entry"),
    "status": N_("Status"),
    "state": N_("State"),
}

#: Steps of a route.
STEPS: Mapping[str, str] = {
    "draft": N_("Draft"),
    "review": N_("Review"),
    "consult": N_("Consultation"),
    "recommend": N_("Recommendation"),
    "decide": N_("Decision"),
    "sign": N_("Signature"),
}

#: Why a value is not valid, as the engine and marshmallow say it.
WHYS: tuple[str, ...] = (
    N_("a signature is recorded after it was given"),
    N_("already taken"),
    N_("before it starts"),
    N_("before the notice date"),
    N_("field may not be null"),
    N_("has already answered"),
    N_("in the future"),
    N_("in the past"),
    N_("invalid input type"),
    N_("invalid value"),
    N_("must be greater than or equal to 0 and less than or equal to 100"),
    N_("must be greater than or equal to 0 and less than or equal to 1000"),
    N_("no such body"),
    N_("no such responsible body"),
    N_("not a valid boolean"),
    N_("not a valid date"),
    N_("not a valid integer"),
    N_("not a valid list"),
    N_("not a valid string"),
    N_("not an e-mail address"),
    N_("not text"),
    N_("not one of your bodies that were asked"),
    N_("only an administration is given a mandate"),
    N_("string does not match expected pattern"),
    N_("unknown"),
)

#: The same where it names something: what it looks like, and how it is told.
WHY_SHAPES: tuple[tuple[str, str], ...] = (
    (
        r"(longer than maximum length|length must be between \d+ and) (?P<most>\d+)",
        N_("longer than %(most)s characters"),
    ),
    (r"shorter than minimum length \d+", N_("too short")),
    (r"ends in (?P<end>@\w+)", N_("must end in %(end)s")),
    (r"not an act for .+", N_("this cannot be asked for that kind of engagement")),
    (r"(must be )?one of:? .+", N_("invalid value")),
)
