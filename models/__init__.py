"""Mapped tables, one module per noun. Rules are in `workflow`."""

from models.base import Base
from models.body import Body
from models.case import Case, CaseNumber, CaseReference, Consultation, Proposal, Recusal
from models.deadline import Deadline, Heartbeat, SetAside
from models.decision import Decision
from models.document import Document
from models.engagement import Engagement, EngagementWord
from models.evaluation import Evaluation
from models.mandate import Mandate
from models.meeting import Meeting, MeetingMember
from models.municipality import Installation, Municipality
from models.notice import AccountNotice, Mail, Notice
from models.person import ApiToken, Appointment, IdempotencyKey, Invitation, LoginThrottle, Person, ProposedChange
from models.policy import AssumptionRuling, PolicyActivation, PolicyVersion
from models.register import FundingLine, ImportRun
from models.substitute import Substitute
from models.trail import AccessLog, Disclosure, ErasedDisclosure, TrailEntry

__all__ = [
    "AccessLog",
    "AccountNotice",
    "ApiToken",
    "Appointment",
    "AssumptionRuling",
    "Base",
    "Body",
    "Case",
    "CaseNumber",
    "CaseReference",
    "Consultation",
    "Deadline",
    "Decision",
    "Disclosure",
    "Document",
    "Engagement",
    "EngagementWord",
    "ErasedDisclosure",
    "Evaluation",
    "FundingLine",
    "Heartbeat",
    "IdempotencyKey",
    "ImportRun",
    "Installation",
    "Invitation",
    "LoginThrottle",
    "Mail",
    "Mandate",
    "Meeting",
    "MeetingMember",
    "Municipality",
    "Notice",
    "Person",
    "PolicyActivation",
    "PolicyVersion",
    "Proposal",
    "ProposedChange",
    "Recusal",
    "SetAside",
    "Substitute",
    "TrailEntry",
]
