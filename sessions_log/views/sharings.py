"""Sharing notes with a supervisor: asked, answered, ended in one click, and read by the supervisor."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from rules import has_perm

from matching.parties import part_in_pair, subjects_of_pair
from peersupport.accounts.models import Role
from peersupport.accounts.notes import to_open
from peersupport.accounts.sealed import CANNOT, OpensFirst, UnlockedMixin
from peersupport.vault import door as vault
from peersupport.web.base_views import FormPage
from peersupport.workflow.state_machine import NotAllowed, NotPossible
from sessions_log import forms
from sessions_log.models import Note, Sharing
from sessions_log.views.base import MatchMixin
from sessions_log.views.notes import labelled
from sessions_log.workflows import notes, sharings

PAGE = 20
NEW_KEYS = _("The supervisor's keys are new. Compare safety numbers with them before you say yes.")
ITS_PEOPLE = ("match__request__person", "match__supporter__user", "supervisor", "note")


class SharingsView(MatchMixin, TemplateView):
    """With whom notes of the two are shared, were shared, or are asked to be."""

    template_name = "sessions_log/sharings.html"
    permission = "sessions_log.see"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = Sharing.objects.filter(match=self.match).select_related("supervisor", "note")
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        for one in page:
            one.may_answer = one.state == "asked" and self.part == "person"
            one.may_end = one.state == "agreed" or (one.state == "asked" and self.part == "supporter")
        may_ask = has_perm("sessions_log.ask_to_share", self.request.user, self.match)
        return super().get_context_data(
            match=self.match,
            other=self.other(),
            page=page,
            part=self.part,
            may_ask=may_ask,
            form=None,
            back=reverse("notes-of", args=[self.match.pk]),
            **kwargs,
        )


class AskToShareView(MatchMixin, FormPage):
    """The supporter asks whether a supervisor may read a note, or all of them."""

    form_class = forms.AskToShareForm
    template_name = "sessions_log/ask_to_share.html"
    permission = "sessions_log.ask_to_share"
    heading = _("Ask to share with a supervisor")
    button = _("Ask")
    success = _("Asked. Nothing is shared before they say yes.")

    def get_lead(self) -> Any:
        return _("%(name)s decides, and can end it at any time. Nobody who works for a service can be chosen.") % {
            "name": self.other()
        }

    def get_back(self) -> str:
        return reverse("sharings", args=[self.match.pk])

    def get_initial(self) -> dict[str, Any]:
        return {"what": self.request.GET.get("note", ""), "until": forms.in_days(30)}

    def get_form_kwargs(self) -> dict[str, Any]:
        rows = Note.objects.filter(match=self.match, adds_to=None)[:200]
        return super().get_form_kwargs() | {"supervisors": sharings.supervisors_for(self.match), "notes": rows}

    def act(self, form: forms.AskToShareForm) -> str:
        sharings.ask(
            self.match,
            form.chosen_supervisor(),
            note=form.chosen_note(),
            until=form.cleaned_data["until"],
            by=self.request.user,
        )
        return self.get_back()


class SharingMixin(MatchMixin):
    """A page about one sharing, for the two."""

    sharing: Sharing
    permission = "sessions_log.see"

    def fetch_match(self, pk: Any) -> Any:
        found = Sharing.objects.select_related(*ITS_PEOPLE).filter(pk=pk).first()
        if found is None:
            raise Http404
        self.sharing = found
        return found.match

    def get_back(self) -> str:
        return reverse("sharings", args=[self.match.pk])


class AnswerSharingView(SharingMixin, OpensFirst, TemplateView):
    """The person says yes or no. The yes is signed by their keys, so their notes have to be open."""

    template_name = "sessions_log/answer_sharing.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._only_the_person()
        return super().get(request, *args, **kwargs)

    def _only_the_person(self) -> None:
        if self.part != "person":
            raise NotAllowed("sharing.answer")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        by, theirs = vault.unlocked(self.request), vault.public_of(self.sharing.supervisor_id)
        number = vault.comparison(by.keys.public, theirs) if by and theirs else None
        kwargs |= {"terms": sharings.terms_of(self.sharing)}
        return super().get_context_data(
            sharing=self.sharing,
            other=self.other(),
            back=self.get_back(),
            number=number,
            open=self.sharing.state == "asked",
            form=None,
            **({"compare": False} | kwargs),
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self._only_the_person()
        by = vault.unlocked(request)
        if by is None:
            return to_open(request)
        try:
            if request.POST.get("answer") == "yes":
                self._confirm_keys(by)
                sharings.agree(self.sharing, by=by, terms=request.POST.get("terms", ""))
                messages.success(request, _("Shared. You can end it at any time."))
            else:
                sharings.decline(self.sharing, by=request.user)
                messages.success(request, _("Noted. Nothing is shared."))
        except vault.KeyChanged:
            messages.error(request, NEW_KEYS)
            return self.render_to_response(self.get_context_data(compare=True))
        except (vault.CannotOpen, vault.Refused):
            messages.error(request, CANNOT)
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(self.get_back())

    def _confirm_keys(self, by: vault.Unlocked) -> None:
        """The person compared the number of new keys, which is in what they sent."""
        theirs = vault.public_of(self.sharing.supervisor_id)
        compared = self.request.POST.get("compared", "")
        if theirs and compared and compared == str(vault.comparison(by.keys.public, theirs)):
            vault.confirm(by, theirs)


class EndSharingView(SharingMixin, View):
    """End it in one click."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            sharings.end(self.sharing, by=request.user, keys=vault.unlocked(request))
            messages.success(request, _("Ended. They can't read it any more. What they have read, they have read."))
        except NotPossible as refusal:
            messages.error(request, refusal.message)
        return redirect(self.get_back())


class SharedWithMeView(TemplateView):
    """What somebody let a supervisor read."""

    template_name = "sessions_log/shared_with_me.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        if not user.holds(Role.SUPERVISOR):
            raise NotAllowed("shared")
        rows = Sharing.objects.waiting_or_open(timezone.localdate()).filter(supervisor=user)
        rows = rows.select_related("match__supporter", "match__request")
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        by = vault.unlocked(self.request)
        keys = vault.current_keys([one.match.request.person_id for one in page]) if by else {}
        for one in page:
            theirs = keys.get(one.match.request.person_id)
            one.number = vault.comparison(by.keys.public, theirs) if by and theirs else None
        return super().get_context_data(page=page, said=user.works_for_service, form=None, **kwargs)


class SharedView(UnlockedMixin, TemplateView):
    """The notes of one sharing, for the supervisor whom the person let read them. Checked at every read."""

    template_name = "sessions_log/shared.html"
    sharing: Sharing

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = Sharing.objects.select_related(*ITS_PEOPLE).filter(pk=kwargs["pk"]).first()
        if found is None or not has_perm("sessions_log.read_shared", request.user, found):
            raise Http404
        if part_in_pair(request.user, found.match) is not None or not sharings.may_read(found, request.user):
            raise Http404
        self.sharing = found
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take the new keys of one of the two for theirs, after comparing the number."""
        by = vault.unlocked(request)
        if by is None:
            return to_open(request)
        for theirs, _who, number in self._numbers(by):
            if request.POST.get("number") == str(number):
                try:
                    vault.confirm(by, theirs)
                    messages.success(request, _("Noted. You trust these keys from now on."))
                except vault.Refused:
                    messages.error(request, CANNOT)
                return redirect(request.path)
        messages.error(request, _("The numbers have changed. Please compare again."))
        return redirect(request.path)

    def _numbers(self, by: vault.Unlocked) -> list[tuple[vault.Public, Any, vault.Comparison]]:
        people = [
            (self.sharing.match.request.person_id, _("The person who said yes")),
            (self.sharing.match.supporter.user_id, str(self.sharing.match.supporter)),
        ]
        found = [(vault.public_of(pk), who) for pk, who in people if pk]
        return [(public, who, vault.comparison(by.keys.public, public)) for public, who in found if public]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        match = self.sharing.match
        page, changed = None, False
        try:
            holds = sharings.holds(self.sharing, by=self.vault)
        except vault.KeyChanged:
            holds, changed = False, True
        if holds:
            page, changed = self._page()
        return super().get_context_data(
            sharing=self.sharing,
            supporter=match.supporter,
            page=page,
            changed=changed,
            numbers=self._numbers(self.vault) if changed else [],
            problem=CANNOT if not holds and not changed else "",
            back=reverse("shared-with-me"),
            form=None,
            **kwargs,
        )

    def _page(self) -> tuple[Any, bool]:
        match = self.sharing.match
        tops, below = [], {}
        for note in sharings.shared_texts(self.sharing, self.request.user):
            if note.adds_to_id is None:
                tops.append(note)
            else:
                below.setdefault(note.adds_to_id, []).append(note)
        page = Paginator(tops, PAGE).get_page(self.request.GET.get("page"))
        rows = [row for top in page for row in [top, *sorted(below.get(top.pk, []), key=lambda one: one.made_at)]]
        texts = vault.read_all(
            [one.text for one in rows],
            by=self.vault,
            role="supervisor",
            subjects=subjects_of_pair(match),
            belongs=notes.belongs(match),
        )
        for row, content in zip(rows, texts, strict=True):
            row.parts = labelled(content) if isinstance(content, vault.Content) else []
            row.shut = not isinstance(content, vault.Content)
            row.by = str(match.supporter) if row.author_id == match.supporter.user_id else _("The person who said yes")
        page.object_list = rows
        return page, any(isinstance(one, vault.KeyChanged) for one in texts)
