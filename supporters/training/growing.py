"""The pages of one's own growth: how I see myself over time, my plan; and for administrators the steps of a career."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from peersupport.accounts.models import Role
from peersupport.accounts.notes import to_open
from peersupport.accounts.sealed import CANNOT, CHANGED, NO_KEYS, KeepsWords, OpensFirst, UnlockedMixin
from peersupport.organization.views import ForAdministrators
from peersupport.vault import door as vault
from peersupport.web.base_views import ConfirmPage, FormPage, Guarded
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from supporters.supervision.models import CheckIn
from supporters.training import forms, growth
from supporters.training.models import CareerStep, Competence, Goal, Level, SelfView

#: How many self-views a picture shows, the newest.
SHOWN = 12
#: The picture of one competence over time, in its own units.
WIDTH, HEIGHT, EDGE = 160, 56, 8


class ForItsOwners(Guarded):
    """Whoever supports people, or did and still has something here: what is theirs stays theirs to read and erase."""

    def authorize(self) -> None:
        user = self.request.user
        if not user.holds(Role.SUPPORTER) and not SelfView.objects.filter(author=user).exists():
            raise NotAllowed("growth")


class SelfAssessmentMixin(Guarded):
    """Whoever supports people."""

    def authorize(self) -> None:
        if not self.request.user.holds(Role.SUPPORTER):
            raise NotAllowed("growth")


def line_of(levels: list[int | None]) -> tuple[str, list[tuple[str, str]]]:
    """Return the points of a competence over time, as text for a line and as pairs; what was left out has none."""
    step, height = (WIDTH - 2 * EDGE) / max(len(levels) - 1, 1), (HEIGHT - 2 * EDGE) / 3
    pairs = [
        (f"{EDGE + place * step:.1f}", f"{HEIGHT - EDGE - (level - 1) * height:.1f}")
        for place, level in enumerate(levels)
        if level
    ]
    return " ".join(f"{x},{y}" for x, y in pairs), pairs


class GrowthView(ForItsOwners, UnlockedMixin, TemplateView):
    """How one sees oneself in twelve roles, as a picture and as a table over time."""

    template_name = "training/growth.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        me = self.request.user
        views = list(SelfView.objects.filter(author=me).select_related("text").order_by("-made_at")[:SHOWN])[::-1]
        texts = vault.read_all(
            [one.text for one in views], by=self.vault, role="self", noted=False, belongs=growth.belongs(me)
        )
        shut = any(not isinstance(content, vault.Content) for content in texts)
        opened = [
            (one, content) for one, content in zip(views, texts, strict=True) if isinstance(content, vault.Content)
        ]
        rows = []
        for competence in Competence:
            levels = [
                int(content.parts[competence]) if content.parts.get(competence) else None for _one, content in opened
            ]
            line, dots = line_of(levels)
            rows.append((competence.label, [Level(level).label if level else "–" for level in levels], line, dots))
        ahead = CheckIn.objects.planned().filter(supervision__supporter__user=me, starts_at__gt=timezone.now())
        return super().get_context_data(
            views=[one for one, _content in opened],
            rows=rows,
            shut=shut,
            cannot=CANNOT,
            width=WIDTH,
            height=HEIGHT,
            words=[(one, content.parts["words"]) for one, content in opened if content.parts.get("words")],
            ahead=ahead.order_by("starts_at").first(),
            form=None,
            **kwargs,
        )


class LookAtMyselfView(KeepsWords, SelfAssessmentMixin, OpensFirst, FormPage):
    """Say how one sees oneself now; every line can be left out."""

    template_name = "sessions_log/write.html"
    form_class = forms.SelfViewForm
    heading = _("How do you see yourself now?")
    lead = _("It is yours alone. Leave out what you like.")
    button = _("Save for myself")
    success = _("Saved. Only you can read it.")

    def get_back(self) -> str:
        return reverse("growth")

    def seal(self, content: vault.Content) -> str:
        growth.look_at_myself(content, by=self.vault)
        return self.get_back()


class OfSelfView(ForItsOwners):
    """A page about one's own self-view."""

    def fetch(self, **kwargs: Any) -> None:
        self.view = get_object_or_404(SelfView.objects.filter(author=self.request.user), pk=kwargs["pk"])

    def get_back(self) -> str:
        return reverse("growth")


class EraseSelfViewView(OfSelfView, ConfirmPage):
    heading = _("Erase it?")
    button = _("Erase it for good")
    success = _("Erased.")
    careful = True

    def happens(self) -> list[Any]:
        return [_("It is destroyed. Nobody can bring it back. Backups forget it within 35 days.")]

    def act(self) -> str:
        growth.erase(self.view, by=self.request.user)
        return self.get_back()


class BringSelfViewView(OfSelfView, View):
    """Bring it to the next check-in."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        by = vault.unlocked(request)
        if by is None:
            return to_open(request)
        mine = CheckIn.objects.planned().filter(supervision__supporter__user=request.user, starts_at__gt=timezone.now())
        ahead = (
            mine.select_related("supervision__supporter__user", "supervision__supervisor").order_by("starts_at").first()
        )
        try:
            if ahead is None:
                raise NotPossible(_("No check-in is planned."))
            growth.bring(self.view, ahead, by=by)
            messages.success(request, _("It stands in your next check-in now. You can erase it there."))
            return redirect("check-in", pk=ahead.pk)
        except vault.KeyChanged:
            messages.error(request, CHANGED)
        except vault.NoKeys:
            messages.error(request, NO_KEYS)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        except (vault.CannotOpen, vault.Refused):
            messages.error(request, CANNOT)
        return redirect("growth")


class LearningPlanView(SelfAssessmentMixin, TemplateView):
    """One's own learning plan."""

    template_name = "training/plan.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = Paginator(Goal.objects.filter(author=self.request.user), 30).get_page(self.request.GET.get("page"))
        return super().get_context_data(page=page, today=timezone.localdate(), form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = {str(goal.pk): goal for goal in Goal.objects.filter(author=request.user)}
        if goal := mine.get(request.POST.get("done", "")):
            growth.goal_done(goal, by=request.user, is_done=goal.done_at is None)
        elif goal := mine.get(request.POST.get("remove", "")):
            growth.remove_goal(goal, by=request.user)
            messages.success(request, _("Removed."))
        return redirect("learning-plan")


class EditGoalView(SelfAssessmentMixin, FormPage):
    """Add a line to the plan, or change one."""

    form_class = forms.GoalForm
    heading = _("Something to learn")
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        mine = Goal.objects.filter(author=self.request.user)
        self.goal = get_object_or_404(mine, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_back(self) -> str:
        return reverse("learning-plan")

    def get_initial(self) -> dict[str, Any]:
        goal = self.goal
        return {"words": goal.words, "competence": goal.competence, "by_when": goal.by_when} if goal else {}

    def act(self, form: forms.GoalForm) -> str:
        growth.set_goal(self.goal, by=self.request.user, **form.cleaned_data)
        return self.get_back()


class CareerStepsView(ForAdministrators, TemplateView):
    """The steps of a career in this organization."""

    template_name = "training/steps.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(steps=CareerStep.objects.all(), form=None, **kwargs)


class EditStepView(ForAdministrators, FormPage):
    """Add or change a step."""

    form_class = forms.StepForm
    helped = "work"
    heading = _("A step")
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        self.step = get_object_or_404(CareerStep, pk=kwargs["pk"]) if "pk" in kwargs else None

    def get_back(self) -> str:
        return reverse("career-steps")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.step or CareerStep()}

    def act(self, form: forms.StepForm) -> str:
        growth.save_step(self.step, form.cleaned_data, by=self.request.user)
        return self.get_back()
