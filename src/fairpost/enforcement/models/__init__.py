"""Tables of this app; imported by this app only."""

from fairpost.enforcement.models.appeal import Appeal, AppealAct, AppealRuling
from fairpost.enforcement.models.case import Case, Evidence, EvidenceView
from fairpost.enforcement.models.clearance import Clearance
from fairpost.enforcement.models.content_class import ContentClass
from fairpost.enforcement.models.decision import CoverageRevision, Decision, DecisionHand, Measure, MeasureAct
from fairpost.enforcement.models.force import Force
from fairpost.enforcement.models.held_campaign import Disposition, HeldCampaign
from fairpost.enforcement.models.notice import Notice, NoticeEvent, NoticePost
from fairpost.enforcement.models.order import LegalOrder, LegalOrderAct
from fairpost.enforcement.models.pause import Pause
from fairpost.enforcement.models.policy import PolicyClause
from fairpost.enforcement.models.register import (
    RegisterEntry,
    RegisterKeepOut,
    RegisterParty,
    RegisterSeal,
    RegisterStatement,
)
from fairpost.enforcement.models.report import Report, ReportComplaint, Reporter, ReportPace
from fairpost.enforcement.models.risk_period import KeyDate, RiskPeriod
from fairpost.enforcement.models.statement import StatementOfReasons

__all__ = [
    "Appeal",
    "AppealAct",
    "AppealRuling",
    "Case",
    "Clearance",
    "ContentClass",
    "CoverageRevision",
    "Decision",
    "DecisionHand",
    "Disposition",
    "Evidence",
    "EvidenceView",
    "Force",
    "HeldCampaign",
    "KeyDate",
    "LegalOrder",
    "LegalOrderAct",
    "Measure",
    "MeasureAct",
    "Notice",
    "NoticeEvent",
    "NoticePost",
    "Pause",
    "PolicyClause",
    "RegisterEntry",
    "RegisterKeepOut",
    "RegisterParty",
    "RegisterSeal",
    "RegisterStatement",
    "Report",
    "ReportComplaint",
    "ReportPace",
    "Reporter",
    "RiskPeriod",
    "StatementOfReasons",
]
