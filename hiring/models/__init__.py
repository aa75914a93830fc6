"""What hiring keeps. A job is described, a vacancy opened with its bar frozen, people apply, peers judge, reasons stay."""

from hiring.models.applying import Application, ApplicationState, Attachment, Offer
from hiring.models.jobs import JobDescription, JobVersion, Part, Question, Theme, Value
from hiring.models.judging import (
    AskedIn,
    CanNotScore,
    Decision,
    HistoryLine,
    Mark,
    Outcome,
    Override,
    PanelMember,
    Reopened,
    Score,
    Scorecard,
)
from hiring.models.talks import Occupied, Slot
from hiring.models.vacancies import Criterion, Reveal, Vacancy, VacancyState

__all__ = [
    "Application",
    "ApplicationState",
    "AskedIn",
    "Attachment",
    "CanNotScore",
    "Criterion",
    "Decision",
    "HistoryLine",
    "JobDescription",
    "JobVersion",
    "Mark",
    "Occupied",
    "Offer",
    "Outcome",
    "Override",
    "PanelMember",
    "Part",
    "Question",
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
