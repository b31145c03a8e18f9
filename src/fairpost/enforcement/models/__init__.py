"""Tables of this app; imported by this app only."""

from fairpost.enforcement.models.case import Case, Evidence, EvidenceView
from fairpost.enforcement.models.content_class import ContentClass
from fairpost.enforcement.models.decision import CoverageRevision, Decision, DecisionHand, Measure, MeasureAct
from fairpost.enforcement.models.force import Force
from fairpost.enforcement.models.held_campaign import Disposition, HeldCampaign
from fairpost.enforcement.models.pause import Pause
from fairpost.enforcement.models.policy import PolicyClause

__all__ = [
    "Case",
    "ContentClass",
    "CoverageRevision",
    "Decision",
    "DecisionHand",
    "Disposition",
    "Evidence",
    "EvidenceView",
    "Force",
    "HeldCampaign",
    "Measure",
    "MeasureAct",
    "Pause",
    "PolicyClause",
]
