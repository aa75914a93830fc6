"""What hiring keeps. A job is described, a vacancy opened with its bar frozen, people apply, peers judge, reasons stay."""

from hiring.models.applying import Application, ApplicationState, Attachment, Offer
from hiring.models.jobs import InterviewQuestion, JobDescription, JobPart, JobVersion, Theme, Value
from hiring.models.judging import (
    Decision,
    DecisionOutcome,
    HistoryLine,
    NoScoreReason,
    Override,
    PanelInvitation,
    PanelMember,
    Recusal,
    Reopened,
    Score,
    Scorecard,
)
from hiring.models.talks import Booking, Slot
from hiring.models.vacancies import Criterion, Reveal, Vacancy, VacancyState

__all__ = [
    "Application",
    "ApplicationState",
    "Attachment",
    "Booking",
    "Criterion",
    "Decision",
    "DecisionOutcome",
    "HistoryLine",
    "InterviewQuestion",
    "JobDescription",
    "JobPart",
    "JobVersion",
    "NoScoreReason",
    "Offer",
    "Override",
    "PanelInvitation",
    "PanelMember",
    "Recusal",
    "Reopened",
    "Reveal",
    "Score",
    "Scorecard",
    "Slot",
    "Theme",
    "Vacancy",
    "VacancyState",
    "Value",
]
