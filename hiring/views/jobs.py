"""Pages of job descriptions and of the bank of questions, for coordinators."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from hiring import forms
from hiring.models import InterviewQuestion, JobDescription, JobPart, JobVersion
from hiring.models.jobs import duties_of
from hiring.workflows import jobs
from peersupport.web.base_views import FormPage
from peersupport.web.translated import in_language
from peersupport.workflow.state_machine import NotPossible
from supporters.views.staff import CoordinatorRequiredMixin

LANGUAGES = dict(settings.LANGUAGES)


def shown_parts(words: dict[str, dict[str, str]], language: str = "") -> list[tuple[Any, str]]:
    """Return the parts to show, in one language, or in the reader's."""
    found = []
    for part in JobPart:
        texts = {code: parts.get(part, "") for code, parts in words.items() if parts.get(part)}
        found.append((part.label, texts.get(language, "") if language else in_language(texts)))
    return found


class JobsView(CoordinatorRequiredMixin, TemplateView):
    """All job descriptions; a new one begins from our template."""

    template_name = "hiring/jobs.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = JobDescription.objects.filter(retired=False).prefetch_related("versions")
        return super().get_context_data(
            page=Paginator(rows, 30).get_page(self.request.GET.get("page")), form=None, **kwargs
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("job", pk=jobs.begin(by=request.user).pk)


class OfJob(CoordinatorRequiredMixin):
    """A page about one description."""

    def fetch(self, **kwargs: Any) -> None:
        self.job = get_object_or_404(JobDescription.objects.prefetch_related("versions"), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("job", args=[self.job.pk])


class JobView(OfJob, TemplateView):
    """One description as it is written now, its versions, and the languages side by side."""

    template_name = "hiring/job.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("beside", "")
        beside = asked if asked in LANGUAGES else ""
        first = get_language() or settings.LANGUAGE_CODE
        rows = [
            (label, words, other)
            for (label, words), (_label, other) in zip(
                shown_parts(self.job.words, first), shown_parts(self.job.words, beside or first), strict=True
            )
        ]
        duties = [
            (duty["words"].get(first, ""), duty["words"].get(beside, ""), dict(duties_of([duty])).values())
            for duty in self.job.duties
        ]
        return super().get_context_data(
            job=self.job,
            rows=rows,
            duties=duties,
            beside=beside,
            languages=settings.LANGUAGES,
            first=first,
            beside_name=LANGUAGES.get(beside, ""),
            form=None,
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            version = jobs.keep_version(self.job, by=request.user)
            messages.success(request, _("Version %(number)s is kept.") % {"number": version.number})
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect("job", pk=self.job.pk)


class WriteJobView(OfJob, FormPage):
    """Write one language of a description, with the helper beside every box."""

    form_class = forms.JobForm
    helped = "job"
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        super().fetch(**kwargs)
        if kwargs["language"] not in LANGUAGES:
            raise Http404
        self.language = kwargs["language"]

    def get_heading(self) -> Any:
        return _("Job description (%(language)s)") % {"language": LANGUAGES[self.language]}

    def get_form_kwargs(self) -> dict[str, Any]:
        words = self.job.words.get(self.language, {})
        return super().get_form_kwargs() | {"language": self.language, "words": words, "duties": self.job.duties}

    def act(self, form: forms.JobForm) -> str:
        jobs.write(self.job, self.language, form.parts(), form.duties(), by=self.request.user)
        return self.get_back()


class JobVersionView(CoordinatorRequiredMixin, TemplateView):
    """One version as it was, and what changed since the one before."""

    template_name = "hiring/version.html"

    def fetch(self, **kwargs: Any) -> None:
        self.version = get_object_or_404(
            JobVersion.objects.select_related("job"), job=kwargs["pk"], number=kwargs["number"]
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        before = JobVersion.objects.filter(job=self.version.job_id, number=self.version.number - 1).first()
        language = get_language() or settings.LANGUAGE_CODE
        return super().get_context_data(
            version=self.version,
            rows=shown_parts(self.version.words),
            duties=duties_of(self.version.duties),
            changes=jobs.differences(before, self.version, language) if before else [],
            before=before,
            back=reverse("job", args=[self.version.job_id]),
            form=None,
            **kwargs,
        )


class QuestionsBankView(CoordinatorRequiredMixin, TemplateView):
    """The bank of questions by theme."""

    template_name = "hiring/questions.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(questions=InterviewQuestion.objects.all(), form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        jobs.load_bank()
        return redirect("questions-bank")


class EditQuestionView(CoordinatorRequiredMixin, FormPage):
    """Add or change a question. One about health history can only be kept by rewording it (G16)."""

    form_class = forms.QuestionForm
    helped = "work"
    heading = _("A question for the interview")
    lead = _(
        "Ask how experience could be useful. Never ask about a diagnosis, a treatment or health. The law of your country applies too."
    )
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.question = get_object_or_404(InterviewQuestion, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_back(self) -> str:
        return reverse("questions-bank")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.question or InterviewQuestion()}

    def act(self, form: forms.QuestionForm) -> str:
        jobs.save_question(self.question, form.values(), by=self.request.user)
        return self.get_back()
