"""Pages of the organization: help, privacy, something is wrong, and the administrator's settings."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import TemplateView, View

from peersupport.organization import forms, texts, workflows
from peersupport.organization.context import for_request
from peersupport.organization.models import (
    Concern,
    ConcernContact,
    EmergencyNumber,
    OutsideBody,
    TextKind,
    TextVersion,
)
from peersupport.web import kept_words
from peersupport.web.base_views import FormPage, Guarded, TokenInAddress, uuid_or_404
from peersupport.web.limits import too_often
from peersupport.web.tokens import hash_of, new_token
from peersupport.workflow.state_machine import NotAllowed


@method_decorator(login_not_required, name="dispatch")
class PublicPage(TemplateView):
    """A page anyone may read."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=None, **kwargs)


class HelpNowView(PublicPage):
    """Numbers to ring when it can't wait."""

    template_name = "organization/help_now.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by_country: dict[str, list[EmergencyNumber]] = {}
        for number in EmergencyNumber.objects.all():
            by_country.setdefault(number.country, []).append(number)
        return super().get_context_data(countries=list(by_country.items()), **kwargs)


class HelpView(PublicPage):
    """How to reach somebody, common questions, and where the source code is."""

    template_name = "organization/help.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(source_url=settings.SOURCE_URL, **kwargs)


class PrivacyView(PublicPage):
    """The privacy notice in force, and older versions."""

    template_name = "organization/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET.get("version", "")
        versions = TextVersion.objects.filter(kind=TextKind.PRIVACY)
        older = (
            versions.filter(number=asked).first() if asked.isascii() and asked.isdigit() and len(asked) < 6 else None
        )
        shown = older or versions.first()
        body = shown.body if shown else texts.words(TextKind.PRIVACY)
        return super().get_context_data(body=body, shown=shown, versions=versions, **kwargs)


@method_decorator(login_not_required, name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")
class LeaveView(View):
    """Leave: the session ends, words kept for an hour go, and a page that says nothing leads somewhere harmless.

    Works from a page that has been open for days, so no form token is asked: whoever ends somebody else's session by it
    gains nothing, and other sites can't send this site's cookies along.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(for_request(request).leave_page_url or "/")

    def post(self, request: HttpRequest) -> HttpResponse:
        kept_words.forget(request)
        logout(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or settings.CSRF_COOKIE_NAME in request.COOKIES:
            rotate_token(request)  # a form that was sent is not answered again after it
        # Chromium follows no redirect to another site from a form (`form-action 'self'`): a page of ours leads on.
        away = for_request(request).leave_page_url or "/"
        response = render(request, "organization/left.html", {"away": away})
        response.delete_cookie(kept_words.COOKIE, samesite="Lax")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response


@method_decorator(login_not_required, name="dispatch")
class SomethingWrongView(FormPage):
    """Tell somebody who is not involved, by name or not."""

    answer_is_kept = True  # two presses are one concern, with one private link
    template_name = "organization/something_wrong.html"
    helped = "own"
    form_class = forms.ConcernForm
    heading = _("Something is wrong")
    button = _("Send")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"signed_in": self.request.user.is_authenticated}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contacts = ConcernContact.objects.filter(active=True).exists()
        return super().get_context_data(contacts=contacts, outside=OutsideBody.objects.all(), **kwargs)

    def form_valid(self, form: forms.ConcernForm) -> HttpResponse:
        if too_often(self.request, "concern", times=10, seconds=3600):
            form.add_error(None, _("Many messages came from here just now. Please try again in an hour."))
            return self.form_invalid(form)
        data = form.cleaned_data
        token, hashed = new_token()
        by = self.request.user if data.get("by_name") else None
        workflows.raise_concern(
            data["contact"], data["words"], code_hash=hashed, by=by, how_to_reach=data["how_to_reach"]
        )
        address = self.request.build_absolute_uri(reverse("concern-link", args=[token]))
        return render(self.request, "organization/concern_sent.html", {"address": address, "form": None})


@method_decorator(login_not_required, name="dispatch")
class ConcernLinkView(TokenInAddress, FormPage):
    """One's own concern and its answers, by the private link."""

    template_name = "organization/concern.html"
    form_class = forms.ReplyForm
    heading = _("What you told us")
    button = _("Send")
    success = _("Sent.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if too_often(request, "concern-link", times=60, seconds=600):
            raise Http404
        self.concern = get_object_or_404(Concern.objects.select_related("contact"), code_hash=hash_of(kwargs["token"]))
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(concern=self.concern, mine=True, **kwargs)

    def act(self, form: forms.ReplyForm) -> str:
        workflows.reply(self.concern, form.cleaned_data["words"], by=None)
        return self.request.path


class ConcernsView(TemplateView):
    """Concerns this contact was chosen to read; anyone else gets 403."""

    template_name = "organization/concerns.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact = ConcernContact.objects.filter(user=self.request.user).first()
        if contact is None:
            raise NotAllowed("concerns")
        concerns = contact.concerns.defer("words").order_by("state", "-raised_at")[:200]
        return super().get_context_data(concerns=concerns, form=None, **kwargs)


class ConcernView(FormPage):
    """One concern, for its contact alone."""

    template_name = "organization/concern.html"
    helped = "work"
    form_class = forms.ReplyForm
    heading = _("A concern")
    button = _("Send")
    success = _("Sent.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = Concern.objects.filter(contact__user=request.user).select_related("contact", "raised_by")
        self.concern = get_object_or_404(mine, pk=kwargs["pk"])
        workflows.mark_read(self.concern, by=request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_back(self) -> str:
        return reverse("concerns")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(concern=self.concern, mine=False, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "close" in request.POST:
            workflows.close(self.concern, by=request.user)
            messages.success(request, _("Closed."))
            return redirect("concerns")
        return super().post(request, *args, **kwargs)

    def act(self, form: forms.ReplyForm) -> str:
        workflows.reply(self.concern, form.cleaned_data["words"], by=self.request.user)
        return self.request.path


class ForAdministrators(Guarded):
    """Only administrators; others get 403."""

    def authorize(self) -> None:
        workflows.need_administrator(self.request.user)


class SettingsView(ForAdministrators, TemplateView):
    """All settings at a glance, and what is still missing."""

    template_name = "organization/settings.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            limits=texts.limits_are_filled_in(for_request(self.request)),
            kinds=TextKind.choices,
            numbers=EmergencyNumber.objects.all(),
            bodies=OutsideBody.objects.all(),
            contacts=ConcernContact.objects.select_related("user"),
            form=None,
            **kwargs,
        )


class EditOrganizationView(ForAdministrators, FormPage):
    helped = "work"
    form_class = forms.OrganizationForm
    heading = _("The organization")
    button = _("Save")
    success = _("Saved.")

    def get_back(self) -> str:
        return reverse("settings")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": for_request(self.request)}

    def act(self, form: forms.OrganizationForm) -> str:
        names = [*form.Meta.fields, *form.WORDS]
        workflows.change_settings({name: form.cleaned_data[name] for name in names}, by=self.request.user)
        return reverse("settings")


class EditTextView(ForAdministrators, FormPage):
    """Edit one text; saving publishes a new version."""

    helped = "work"
    form_class = forms.TextForm
    lead = _("A line that begins with “# ” is a heading. An empty line parts paragraphs. Saving makes a new version.")
    button = _("Publish")
    success = _("The new version is in force.")

    def fetch(self, **kwargs: Any) -> None:
        if kwargs["kind"] not in TextKind.values:
            raise Http404

    def get_heading(self) -> Any:
        return TextKind(self.kwargs["kind"]).label

    def get_back(self) -> str:
        return reverse("settings")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"bodies": texts.editable_bodies(self.kwargs["kind"])}

    def act(self, form: forms.TextForm) -> str:
        workflows.publish_text(self.kwargs["kind"], form.cleaned_data, by=self.request.user)
        return reverse("settings")


ROWS: dict[str, tuple[Any, Any, Any]] = {
    "number": (EmergencyNumber, forms.NumberForm, _("An emergency number")),
    "outside": (OutsideBody, forms.OutsideBodyForm, _("A complaint body outside")),
}


class EditRowView(ForAdministrators, FormPage):
    """Add, change or remove an emergency number or an outside complaint body."""

    template_name = "organization/row.html"
    button = _("Save")
    success = _("Saved.")

    def fetch(self, **kwargs: Any) -> None:
        if kwargs["kind"] not in ROWS:
            raise Http404
        self.model, self.form_class, self.heading = ROWS[kwargs["kind"]]
        self.row = get_object_or_404(self.model, pk=kwargs["pk"]) if kwargs.get("pk") else None

    def get_back(self) -> str:
        return reverse("settings")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.row}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.row, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "remove" in request.POST and self.row:
            workflows.remove_row(self.row, by=request.user)
            messages.success(request, _("Removed."))
            return redirect("settings")
        return super().post(request, *args, **kwargs)

    def act(self, form: Any) -> str:
        workflows.save_row(form, by=self.request.user)
        return reverse("settings")


class NameContactView(ForAdministrators, FormPage):
    form_class = forms.ConcernContactForm
    heading = _("A contact for concerns")
    lead = _("Somebody outside the line of management, with an account here.")
    button = _("Save")
    success = _("Saved.")

    def get_back(self) -> str:
        return reverse("settings")

    def act(self, form: forms.ConcernContactForm) -> str:
        workflows.name_contact(**form.cleaned_data, by=self.request.user)
        return reverse("settings")


class RestContactView(ForAdministrators, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        contact = get_object_or_404(ConcernContact, pk=uuid_or_404(request.POST.get("contact")))
        workflows.rest_contact(contact, by=request.user)
        messages.success(request, _("This contact takes no new concerns."))
        return redirect("settings")
