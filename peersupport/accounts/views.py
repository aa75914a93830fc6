"""One's own account and data, and invitations to roles."""

from typing import Any
from uuid import UUID

from allauth.account.utils import perform_login
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django.views.generic import TemplateView, View
from django.views.i18n import set_language as django_set_language

from peersupport.accounts import consents, forms, mail, workflows
from peersupport.accounts.mail import send_invitation_mail, send_sign_in
from peersupport.accounts.models import Consent, ConsentKind, Role, RoleGrant, RoleInvitation, User
from peersupport.accounts.own_data import everything_of
from peersupport.accounts.session_limits import OWN_DEVICE
from peersupport.accounts.signals import account_changed
from peersupport.audit.classes import declared
from peersupport.audit.models import AuditEntry
from peersupport.audit.verbs import in_words
from peersupport.organization.views import ForAdministrators
from peersupport.web.base_views import ConfirmPage, FormPage, TokenInAddress
from peersupport.web.limits import too_often, too_often_for
from peersupport.workflow.state_machine import NotPossible


class AccountView(TemplateView):
    """One place for everything about one's account."""

    template_name = "accounts/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=None, **kwargs)


class PreferencesView(FormPage):
    form_class = forms.PreferencesForm
    heading = _("Language, time and quiet hours")
    button = _("Save")
    success = _("Saved.")

    def get_back(self) -> str:
        return reverse("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": User.objects.get(pk=self.request.user.pk)}

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.request.user.language or self.request.LANGUAGE_CODE}

    def act(self, form: forms.PreferencesForm) -> str:
        form.save()
        return reverse("account")


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language here, and for a signed-in user everywhere."""
    if request.method == "POST" and request.user.is_authenticated:
        code = request.POST.get("language", "")
        if code in dict(forms.settings.LANGUAGES):
            User.objects.filter(pk=request.user.pk).update(language=code)
    return django_set_language(request)


class WhoLookedView(TemplateView):
    """Who looked at or changed what is yours."""

    template_name = "accounts/who_looked.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = AuditEntry.objects.filter(subject=self.request.user.pseudonym)
        only_others = self.request.GET.get("who") == "others"
        if only_others:
            mine = mine.exclude(actor_role="self")
        page = Paginator(mine, 50).get_page(self.request.GET.get("page"))
        rows = [(entry, in_words(entry)) for entry in page]
        return super().get_context_data(page=page, rows=rows, only_others=only_others, form=None, **kwargs)


class ConsentsView(TemplateView):
    """Each consent: given when, and the button to take it back."""

    template_name = "accounts/consents.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Consent.objects.filter(subject=self.request.user.pseudonym)
        return super().get_context_data(consents=mine, form=None, **kwargs)


class WithdrawConsentView(ConfirmPage):
    heading = _("Take your consent back?")
    button = _("Take it back and delete")
    success = _("Your consent is taken back, and what we kept because of it is deleted.")
    careful = True

    def get_back(self) -> str:
        return reverse("consents")

    def happens(self) -> list[Any]:
        if self.kwargs["kind"] == ConsentKind.CHARACTERISTICS:
            return [
                _("What you told about yourself, your story and your limits are deleted at once, for good."),
                _("Nobody new can find you."),
                _("The people you support stay with you."),
            ]
        return [
            _("What we kept because of this consent is deleted at once, for good."),
            _("Support that is under way because of it ends."),
            _("Nothing else changes for you."),
        ]

    def act(self) -> str:
        kind = self.kwargs["kind"]
        if kind not in ConsentKind.values:
            raise NotPossible
        user = self.request.user
        consents.withdraw(kind, subject=user.pseudonym, by=user)
        return self.get_back()


class CopyView(TemplateView):
    """Get what is mine: a page that explains, and a file."""

    template_name = "accounts/copy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        account_changed.send(sender=User, user=request.user, what="copy_taken")
        response = JsonResponse(everything_of(request.user), json_dumps_params={"indent": 2, "ensure_ascii": False})
        response["Content-Disposition"] = 'attachment; filename="mine.json"'
        return response


class DeleteAccountView(FormPage):
    """Delete the account: says what happens, asks the password, and does it."""

    template_name = "accounts/delete.html"
    form_class = forms.DeleteForm
    heading = _("Delete your account?")
    button = _("Delete everything of mine")

    def get_back(self) -> str:
        return reverse("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def act(self, form: forms.DeleteForm) -> str:
        user = User.objects.get(pk=self.request.user.pk)
        workflows.delete_account(user, by=user)
        logout(self.request)
        messages.success(self.request, _("Your account and everything of yours is deleted."))
        return reverse("home")


@method_decorator(login_not_required, name="dispatch")
class InvitedView(TokenInAddress, FormPage):
    """Take on a role by the link in an invitation; a GET changes nothing."""

    template_name = "accounts/invited.html"
    form_class = forms.AcceptForm
    button = _("Make my account")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = workflows.invitation_for(kwargs["token"])
        if found is None:
            return render(request, "accounts/invitation_over.html", status=410)
        self.invitation = found
        return super().dispatch(request, *args, **kwargs)

    def get_heading(self) -> Any:
        return _("You are invited")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"known_address": self.invitation.email}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(invitation=self.invitation, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            workflows.accept(self.invitation, by=User.objects.get(pk=request.user.pk))
            return redirect("home")
        return super().post(request, *args, **kwargs)

    def act(self, form: forms.AcceptForm) -> str:
        data = form.cleaned_data
        user = workflows.join(self.invitation, language=self.request.LANGUAGE_CODE, **data)
        login(self.request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return reverse("home")


class MyServiceView(FormPage):
    """Say whether one works for a service: who does reads no notes that people share."""

    form_class = forms.ServiceForm
    heading = _("Do you work for a service?")
    lead = _("People decide whom they let read their notes. They are told what you say here.")
    button = _("Save")
    success = _("Saved.")

    def get_back(self) -> str:
        return reverse("account")

    def get_initial(self) -> dict[str, Any]:
        said = self.request.user.works_for_service
        return {} if said is None else {"works": "yes" if said else "no"}

    def act(self, form: forms.ServiceForm) -> str:
        workflows.state_service(form.cleaned_data["works"] == "yes", by=self.request.user)
        return reverse("account")


class TeamView(ForAdministrators, TemplateView):
    """Who holds which role of trust, and open invitations."""

    answer_is_kept = True
    template_name = "accounts/team.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        grants = RoleGrant.objects.exclude(role=Role.SUPPORTER).select_related("user").order_by("role", "user__name")
        invited = RoleInvitation.objects.filter(accepted_at=None).exclude(role=Role.SUPPORTER)
        return super().get_context_data(grants=grants, invited=invited, form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if invited := RoleInvitation.objects.filter(pk=_uuid(request.POST.get("invitation")), accepted_at=None).first():
            if "renew" in request.POST:
                return send_link(request, invited, workflows.renew(invited, by=request.user))
            workflows.take_invitation_back(invited, by=request.user)
            messages.success(request, _("The invitation is taken back."))
            return redirect("team")
        grant = RoleGrant.objects.filter(pk=_number(request.POST.get("grant"))).select_related("user").first()
        if grant and "service" in request.POST:
            workflows.note_service(grant, request.POST["service"] == "yes", by=request.user)
            messages.success(request, _("Noted."))
        elif grant and "sign_out" in request.POST:
            workflows.end_sessions_of(grant.user, by=request.user)
            messages.success(request, _("This person is signed out on every device."))
        elif grant:
            workflows.take_role_back(grant.user, grant.role, by=request.user)
            messages.success(request, _("The role is taken back."))
        return redirect("team")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


class InviteStaffView(ForAdministrators, FormPage):
    answer_is_kept = True
    form_class = forms.InviteStaffForm
    heading = _("Invite somebody to the team")
    lead = _("They get a link by email that works once. Nobody else sees it.")
    button = _("Invite")

    def get_back(self) -> str:
        return reverse("team")

    def get_initial(self) -> dict[str, Any]:
        return {"language": self.request.LANGUAGE_CODE}

    def form_valid(self, form: forms.InviteStaffForm) -> HttpResponse:
        data = form.cleaned_data
        try:
            invitation, token = workflows.invite(
                data["role"], data["email"], by=self.request.user, language=data["language"]
            )
        except NotPossible as refusal:
            form.add_error(None, refusal.message)
            return self.form_invalid(form)
        return send_link(self.request, invitation, token)


def send_link(request: HttpRequest, invitation: RoleInvitation, token: str) -> HttpResponse:
    """Queue the mail with the link of an invitation. Whoever invites never sees the link: it is not theirs to use."""
    send_invitation_mail(invitation, request.build_absolute_uri(reverse("invited", args=[token])))
    return render(request, "accounts/invitation_made.html", {"invitation": invitation, "form": None})


class RetentionView(TemplateView):
    """What is kept, whose it is, and how long: for anyone signed in."""

    template_name = "accounts/retention.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [(item.model._meta.verbose_name, item.owner, item.keep) for item in declared().values()]
        return super().get_context_data(rows=sorted(rows, key=lambda row: str(row[0])), form=None, **kwargs)


class SecondFactorNeededView(TemplateView):
    """Why a second factor is needed, and the ways to set one up."""

    template_name = "accounts/second_factor_needed.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(form=None, **kwargs)


@method_decorator(login_not_required, name="dispatch")
class AskForSignInLinkView(FormPage):
    """Ask for a one-time sign-in link: for whoever is locked out by too many tries, theirs or others'."""

    form_class = forms.AddressForm
    heading = _("Sign in by a link")
    lead = _(
        "We send a link that works once, within half an hour. Your notes stay locked until you enter your password."
    )
    button = _("Send me the link")
    template_name = "accounts/ask_for_sign_in.html"

    def get_back(self) -> str:
        return reverse("account_login")

    def act(self, form: forms.AddressForm) -> str:
        if too_often(self.request, "sign-in link", times=10, seconds=3600) or too_often_for(
            f"sign-in link to one address:{form.cleaned_data['email']}", times=3, seconds=3600
        ):
            raise NotPossible(_("Links were asked for too often. Please try again in an hour, or call us."))
        send_sign_in(form.cleaned_data["email"])
        messages.success(self.request, _("If there is an account with this address, a link is on its way."))
        return reverse("account_login")


@method_decorator(login_not_required, name="dispatch")
class SignInByLinkView(TokenInAddress, View):
    """Sign in once by a link. Opening the page changes nothing; its button signs in. Notes stay locked."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        if mail.user_of_sign_in(token) is None:
            return render(request, "accounts/sign_in_over.html", {"form": None}, status=410)
        return render(request, "accounts/sign_in_by_link.html", {"form": None})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        user = mail.user_of_sign_in(token)
        if user is None:
            return render(request, "accounts/sign_in_over.html", {"form": None}, status=410)
        request.session[OWN_DEVICE] = False  # that was said for somebody else's sign-in
        answer: HttpResponse = perform_login(request, user)
        return answer
