"""Public pages: open vacancies, applying without an account, and one's own application by private link."""

import json
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from hiring import forms
from hiring.attachments.refused import FileRefused
from hiring.models import Application, ApplicationState, Offer, PanelMember, Slot, Vacancy, VacancyState
from hiring.models.jobs import duties_of
from hiring.views.jobs import shown_parts
from hiring.workflows import applying, deciding, panel, talks
from peersupport.notifications import calendars
from peersupport.organization.context import for_request
from peersupport.web.base_views import ConfirmPage, FormPage, TokenInAddress, uuid_or_none
from peersupport.web.limits import too_often, too_often_for
from peersupport.workflow.state_machine import NotPossible


@method_decorator(login_not_required, name="dispatch")
class WorkWithUsView(TemplateView):
    """What is open now."""

    template_name = "hiring/open.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = Vacancy.objects.public(timezone.now()).select_related("version").order_by("closes_at", "pk")[:50]
        return super().get_context_data(vacancies=found, form=None, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class OpenVacancyView(TemplateView):
    """One vacancy as anybody sees it, with structured data for search engines, and its questions."""

    template_name = "hiring/open_one.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown = Vacancy.objects.filter(state__in=[VacancyState.OPEN, VacancyState.CLOSED]).select_related("version")
        vacancy = get_object_or_404(shown, pk=self.kwargs["pk"])
        return super().get_context_data(
            vacancy=vacancy,
            rows=shown_parts(vacancy.version.words),
            duties=duties_of(vacancy.version.duties),
            questions=vacancy.criteria.all(),
            data=self._data(vacancy),
            form=None,
            **kwargs,
        )

    def _data(self, vacancy: Vacancy) -> str:
        """Return schema.org/JobPosting as JSON that can stand in a page."""
        name = for_request(self.request).name
        found = {
            "@context": "https://schema.org/",
            "@type": "JobPosting",
            "title": str(vacancy),
            "description": " ".join(words for _label, words in shown_parts(vacancy.version.words) if words),
            "datePosted": vacancy.opened_at,
            "validThrough": vacancy.closes_at,
            "totalJobOpenings": vacancy.posts,
            "employmentType": "OTHER" if vacancy.paid else "VOLUNTEER",
            "hiringOrganization": {"@type": "Organization", "name": name, "sameAs": settings.SITE_URL},
        }
        return json.dumps(found, default=lambda value: value.isoformat(), ensure_ascii=True).replace("<", "\\u003c")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Begin an application, and go to its private page."""
        if too_often(request, "apply", times=20, seconds=3600):
            return render(request, "hiring/too_often.html", {"form": None}, status=429)
        vacancy = get_object_or_404(Vacancy.objects.public(timezone.now()), pk=kwargs["pk"])
        application = applying.begin(vacancy, language=request.LANGUAGE_CODE)
        return redirect("application", token=applying.token_of(application))


@method_decorator(login_not_required, name="dispatch")
class OfApplication(TokenInAddress):
    """A page about one's own application, by the private link; a link that was replaced opens nothing."""

    application: Application

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if too_often(request, "application", times=240, seconds=600):
            return render(request, "hiring/too_often.html", {"form": None}, status=429)
        found = applying.by_token(kwargs["token"])
        if found is None:
            return render(request, "hiring/application_gone.html", {"form": None}, status=410)
        self.application, self.by = found, applying.Candidate(found)
        if found.link_printed and request.session.get(self._opened_key()) != found.link_version:
            return self._ask_for_code(request)
        return super().dispatch(request, *args, **kwargs)

    def _opened_key(self) -> str:
        return f"application:{self.application.pk.hex}"

    def _ask_for_code(self, request: HttpRequest) -> HttpResponse:
        """A link that somebody else printed opens with the candidate's own code alone."""
        form = forms.OpeningCodeForm(request.POST if "code" in request.POST else None)
        if form.is_bound and form.is_valid():
            if too_often_for(f"opening code:{self.application.pk}", times=10, seconds=3600):
                return render(request, "hiring/too_often.html", {"form": None}, status=429)
            if applying.is_opening_code(self.application, form.cleaned_data["code"]):
                request.session[self._opened_key()] = self.application.link_version
                return redirect("application", token=self.kwargs["token"])
            form.add_error("code", _("This is not the code that was shown when you applied. Please look again."))
        return render(request, "hiring/opening_code.html", {"form": form})

    def get_back(self) -> str:
        return reverse("application", args=[self.kwargs["token"]])


class ApplicationView(OfApplication, FormPage):
    """Write it, keep it, send it; afterwards: where it stands and what comes next."""

    form_class = forms.ApplyForm
    button = _("Send my application")

    def get_template_names(self) -> list[str]:
        draft = self.application.state == ApplicationState.DRAFT
        return ["hiring/apply.html" if draft else "hiring/application.html"]

    def get_heading(self) -> Any:
        return _("Your application")

    def get_back(self) -> str:
        return ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.application}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.application
        address = self.request.build_absolute_uri(reverse("application", args=[self.kwargs["token"]]))
        return super().get_context_data(
            application=one,
            vacancy=one.vacancy,
            address=address,
            code=applying.opening_code(one),
            panel=self._panel(),
            token=self.kwargs["token"],
            questions=one.vacancy.criteria.all(),
            slots=talks.free(one.vacancy) if one.state == ApplicationState.INVITED else [],
            slot=Slot.objects.filter(application=one).first(),
            files=applying.files_of(one),
            offer=Offer.objects.filter(application=one).select_related("supervisor").first(),
            **kwargs,
        )

    def _panel(self) -> list[PanelMember]:
        """Return who may read this application, so that the candidate can say whom they know."""
        if self.application.state not in {ApplicationState.SENT, ApplicationState.INVITED}:
            return []
        seats = PanelMember.objects.at_work().filter(vacancy=self.application.vacancy_id, user__isnull=False)
        seats = seats.exclude(can_not_score__application=self.application)
        return list(seats.select_related("user"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "known" in request.POST:
            return self._say_whom_they_know(request)
        if self.application.state == ApplicationState.INVITED:
            return self._choose_a_time(request)
        if self.application.state != ApplicationState.DRAFT:
            return redirect(self.request.path)
        if request.POST.get("website"):
            raise Http404  # people do not see that field
        return self._write(request)

    def _write(self, request: HttpRequest) -> HttpResponse:
        """Keep what was typed, whatever is missing or wrong; then do what was asked."""
        form = self.get_form()
        form.is_valid()
        self.application.refresh_from_db()
        applying.write(self.application, by=self.by, **form.typed())
        if "X-Keep" in request.headers:  # kept while somebody types; what is wrong is said when they send
            return HttpResponse(status=204)
        later = not {"keep", "attach", "remove"}.isdisjoint(request.POST)
        if later:
            form.forget_what_is_missing()
        try:
            self._files(request)
        except (FileRefused, NotPossible) as refusal:
            form.add_error("file", refusal.message)
        if form.errors:
            return self.form_invalid(form)
        return redirect(request.path) if later else self.form_valid(form)

    def _files(self, request: HttpRequest) -> None:
        """Take a file away, or add the one that was chosen. Raises Refused, NotPossible."""
        if "remove" in request.POST:
            mine = self.application.attachments.defer("content")
            applying.detach(get_object_or_404(mine, pk=uuid_or_none(request.POST["remove"])), by=self.by)
            messages.success(request, _("Taken away."))
        file = request.FILES.get("file")
        if file is not None and too_often(request, "attach", times=30, seconds=3600):
            raise FileRefused(_("That were many files. Please try again in an hour; what you wrote is kept."))
        if file is not None:
            applying.attach(self.application, file.name or "", file.read(), size=file.size or 0, by=self.by)
            messages.success(request, _("Your file is here."))
        elif "attach" in request.POST:
            raise FileRefused(_("Choose a file first."))
        elif "keep" in request.POST:
            messages.success(request, _("Kept. Come back with your private link."))

    def _say_whom_they_know(self, request: HttpRequest) -> HttpResponse:
        named = {uuid_or_none(pk) for pk in request.POST.getlist("member")}
        for member in self._panel():
            if member.pk in named:
                panel.is_known(self.application, member, by=self.by)
        messages.success(request, _("Thank you. They will not read or score your application."))
        return redirect(request.path)

    def _choose_a_time(self, request: HttpRequest) -> HttpResponse:
        try:
            if "another" in request.POST:
                talks.ask_for_another(self.application, by=self.by)
                messages.success(request, _("Asked. You hear from us when there are other times."))
            else:
                mine = Slot.objects.filter(vacancy=self.application.vacancy_id)
                slot = get_object_or_404(mine, pk=uuid_or_none(request.POST.get("slot")))
                talks.choose(slot, self.application, by=self.by)
                messages.success(request, _("That is our time. Thank you."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(request.path)

    def act(self, form: forms.ApplyForm) -> str:
        self.application.refresh_from_db()
        applying.send(self.application, by=self.by, **form.values())
        messages.success(self.request, _("Thank you. Your application is here."))
        return self.request.path


@method_decorator(login_not_required, name="dispatch")
class ApplicationCalendarView(OfApplication, View):
    """The time to talk as a calendar file, under a neutral title."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        slot = get_object_or_404(Slot, application=self.application)
        one = calendars.Appointment(slot.pk, slot.wall_time.replace(tzinfo=None), slot.time_zone, slot.minutes)
        response = HttpResponse(calendars.file_of([one]), content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="appointment.ics"'
        return response


class ReplaceApplicationLinkView(OfApplication, ConfirmPage):
    """The candidate replaces their own private link, when somebody else may have it."""

    heading = _("Replace your private link?")
    button = _("Replace it")
    success = _("This is your new link. The old one no longer works.")

    def happens(self) -> list[Any]:
        return [_("You get a new link. Keep it."), _("The old link stops working, also in emails we sent you.")]

    def act(self) -> str:
        replaced = applying.replace_link(self.application, by=self.by)
        return reverse("application", args=[applying.token_of(replaced)])


class WithdrawApplicationView(OfApplication, ConfirmPage):
    heading = _("Withdraw your application?")
    button = _("Withdraw and erase everything")
    success = _("Everything of yours is erased. Thank you for your interest.")
    careful = True

    def happens(self) -> list[Any]:
        return [
            _("Everything you wrote is erased at once, and what the panel noted too."),
            _("No reason is asked. You may apply again another time."),
            _("Backups forget you within 35 days."),
        ]

    def act(self) -> str:
        applying.withdraw(self.application, by=self.by)
        return reverse("work-with-us")


@method_decorator(login_not_required, name="dispatch")
class AnswerOfferView(OfApplication, FormPage):
    """Yes to an offer: the account is made, and everything begins at once."""

    heading = _("Say yes?")
    button = _("Yes, I start")

    def get_form_class(self) -> Any:
        return forms.PeerForm if self.request.user.is_authenticated else forms.ConfirmStartForm

    def get_lead(self) -> Any:
        if self.request.user.is_authenticated:
            return _("You start with the account you are signed in with: %(name)s.") % {"name": self.request.user}
        return _(
            "With a name and a password you have an account. Your training, supervisor and first check-in wait there."
        )

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = applying.by_token(kwargs["token"])
        if found is not None and found.state != ApplicationState.OFFERED:
            return redirect("application", token=kwargs["token"])
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        return {"name": self.application.name}

    def get_form_kwargs(self) -> dict[str, Any]:
        known = {} if self.request.user.is_authenticated else {"known_address": self.application.email}
        return super().get_form_kwargs() | known

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Without a known address, a few are taken in an hour: nobody tries out here who has an account."""
        typed = not request.user.is_authenticated and not self.application.email
        if typed and too_often_for(f"start:{self.application.pk}", times=5, seconds=3600):
            return render(request, "hiring/too_often.html", {"form": None}, status=429)
        return super().post(request, *args, **kwargs)

    def act(self, form: forms.ConfirmStartForm) -> str:
        language = self.request.LANGUAGE_CODE
        if self.request.user.is_authenticated:
            deciding.start(self.application, by=self.by, language=language, user=self.request.user)
            messages.success(self.request, _("Welcome. It is good to have you here."))
            return reverse("home")
        user = deciding.start(self.application, by=self.by, language=language, **form.cleaned_data)
        login(self.request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        messages.success(self.request, _("Welcome. It is good to have you here."))
        return reverse("home")


class DeclineOfferView(OfApplication, ConfirmPage):
    heading = _("Say no to the offer?")
    button = _("No, thank you")
    success = _("Thank you for telling us.")

    def happens(self) -> list[Any]:
        return [_("The post goes to somebody else."), _("No reason is asked.")]

    def act(self) -> str:
        deciding.decline(self.application, by=self.by)
        return self.get_back()
