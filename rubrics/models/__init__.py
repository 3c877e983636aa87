from rubrics.models.comments import DraftComment
from rubrics.models.kits import Kit, KitQuestion
from rubrics.models.overrides import GateOverride
from rubrics.models.plans import PlannedInterview
from rubrics.models.questions import Question, QuestionDimension, Signal
from rubrics.models.roles import Role, RoleMember, Stage
from rubrics.models.rubrics import Dimension, Level, Rubric, RubricVersion
from rubrics.models.samples import CalibrationSample, SampleReference
from rubrics.models.scopes import KickoffAnswer, Scope, ScopeApproval

__all__ = [
    "CalibrationSample",
    "Dimension",
    "DraftComment",
    "GateOverride",
    "KickoffAnswer",
    "Kit",
    "KitQuestion",
    "Level",
    "PlannedInterview",
    "Question",
    "QuestionDimension",
    "Role",
    "RoleMember",
    "Rubric",
    "RubricVersion",
    "SampleReference",
    "Scope",
    "ScopeApproval",
    "Signal",
    "Stage",
]
