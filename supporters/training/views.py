"""The pages of training: one's own, a supporter's for coordinators, the programme for administrators."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from peersupport.organization.views import ForAdministrators
from peersupport.web.base_views import FormPage
from peersupport.workflow.state_machine import NotPossible
from supporters.models import Supporter
from supporters.training import forms, growth, workflows
from supporters.training.models import Completion, Course, CourseKind
from supporters.views.own import Own
from supporters.views.staff import CoordinatorRequiredMixin


def programme(supporter: Supporter) -> list[tuple[Any, list[Course]]]:
    """Return the courses by sort, each with what the supporter completed of it; two queries."""
    today = timezone.localdate()
    done: dict[Any, list[Completion]] = {}
    for one in Completion.objects.filter(supporter=supporter):
        one.counts = one.holds(today)
        done.setdefault(one.course_id, []).append(one)
    groups: dict[str, list[Course]] = {kind: [] for kind in CourseKind.values}
    for course in Course.objects.all():
        course.done = done.get(course.pk, [])
        course.counts = any(one.counts for one in course.done)
        if course.active or course.done:
            groups[course.kind].append(course)
    return [(CourseKind(kind).label, courses) for kind, courses in groups.items() if courses]


class TrainingView(Own, TemplateView):
    """One's own training: what is done, what is open, and what it means for being found."""

    template_name = "training/mine.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        first = self.supporter.training_first
        return super().get_context_data(
            supporter=self.supporter,
            groups=programme(self.supporter),
            missing=workflows.missing(self.supporter) if first else [],
            ladder=growth.ladder(self.supporter),
            form=None,
            **kwargs,
        )


class TrainingDoneView(Own, FormPage):
    """Say that one did a course."""

    form_class = forms.DoneForm
    heading = _("I did this course")
    button = _("Save")
    success = _("Saved. A coordinator confirms it.")

    def fetch(self, **kwargs: Any) -> None:
        self.course = get_object_or_404(Course, pk=kwargs["pk"])

    def get_lead(self) -> Any:
        return str(self.course)

    def get_back(self) -> str:
        return reverse("training")

    def act(self, form: forms.DoneForm) -> str:
        workflows.say_done(self.supporter, self.course, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class TakeBackTrainingView(Own, View):
    """Remove what one noted by mistake, while nobody confirmed it."""

    def fetch(self, **kwargs: Any) -> None:
        mine = Completion.objects.filter(supporter=self.supporter, confirmed_at=None)
        self.completion = get_object_or_404(mine, pk=kwargs["pk"])

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        workflows.take_back(self.completion, by=request.user)
        messages.success(request, _("Removed."))
        return redirect("training")


class OfSupporter(CoordinatorRequiredMixin):
    """A coordinator's page about a supporter's training."""

    def fetch(self, **kwargs: Any) -> None:
        self.supporter = get_object_or_404(Supporter.objects.select_related("user"), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("supporter", args=[self.supporter.pk])


class SupporterTrainingView(OfSupporter, TemplateView):
    """What a supporter completed; confirm it, note more, and say whether training comes first."""

    template_name = "training/supporter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            supporter=self.supporter,
            groups=programme(self.supporter),
            back=self.get_back(),
            form=None,
            missing=workflows.missing(self.supporter),
            ladder=growth.ladder(self.supporter),
            **kwargs,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = {str(one.pk): one for one in Completion.objects.filter(supporter=self.supporter)}
        try:
            if "first" in request.POST:
                workflows.training_first(self.supporter, request.POST["first"] == "yes", by=request.user)
            elif one := mine.get(request.POST.get("confirm", "")):
                workflows.confirm(one, by=request.user)
            elif one := mine.get(request.POST.get("remove", "")):
                workflows.take_back(one, by=request.user)
            elif step := {str(step.pk): step for step in growth.ladder(self.supporter)}.get(
                request.POST.get("step", "")
            ):
                growth.reached(self.supporter, step, by=request.user, is_so=not step.is_reached)
            messages.success(request, _("Saved."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(request.path)


class NoteTrainingView(OfSupporter, FormPage):
    """A coordinator notes that a supporter did a course."""

    form_class = forms.DoneForm
    heading = _("They did this course")
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        super().fetch(**kwargs)
        self.course = get_object_or_404(Course, pk=kwargs["course"])

    def get_lead(self) -> str:
        return f"{self.supporter}: {self.course}"

    def get_back(self) -> str:
        return reverse("supporter-training", args=[self.supporter.pk])

    def act(self, form: forms.DoneForm) -> str:
        workflows.say_done(self.supporter, self.course, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class TrainingToConfirmView(CoordinatorRequiredMixin, TemplateView):
    """What supporters said they did, and nobody confirmed yet."""

    template_name = "training/to_confirm.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = (
            Completion.objects.filter(confirmed_at=None).select_related("supporter", "course").order_by("said_at", "pk")
        )
        page = Paginator(rows, 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, form=None, **kwargs)


class CoursesView(ForAdministrators, TemplateView):
    """The programme."""

    template_name = "training/courses.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(courses=Course.objects.all(), form=None, **kwargs)


class EditCourseView(ForAdministrators, FormPage):
    """Add or change a course."""

    form_class = forms.CourseForm
    helped = "work"
    heading = _("A course")
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.course = get_object_or_404(Course, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_back(self) -> str:
        return reverse("courses")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.course or Course()}

    def act(self, form: forms.CourseForm) -> str:
        workflows.save_course(self.course, form.cleaned_data, by=self.request.user)
        return self.get_back()
