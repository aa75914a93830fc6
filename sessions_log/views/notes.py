"""The notes of two people: whether they keep any, written, read, added to, searched in memory, erased."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from rules import has_perm

from matching.parties import subjects_of_pair
from peersupport.accounts.notes import to_open
from peersupport.accounts.sealed import CANNOT, CHANGED, ComparePage, KeepsWords, OpensFirst, UnlockedMixin
from peersupport.audit.models import AuditEntry
from peersupport.vault import door as vault
from peersupport.web.base_views import ConfirmPage, FormPage
from sessions_log import forms
from sessions_log.models import Meeting, Note, Sharing
from sessions_log.views.base import MatchMixin, OfNote
from sessions_log.workflows import notes, sharings

PAGE = 50
LABELS = {
    name: field.label
    for form in (forms.NoteForm, forms.AddForm, forms.ReflectionForm)
    for name, field in form.base_fields.items()
    if name != "token"
}


def labelled(content: vault.Content) -> list[tuple[Any, str]]:
    """Return the parts of a text with their labels, in the order of the form."""
    return [(LABELS[name], content.parts[name]) for name in LABELS if content.parts.get(name)]


class NotesOfView(UnlockedMixin, MatchMixin, TemplateView):
    """The notes the two keep: the first words of each, opened in memory for this page alone."""

    template_name = "sessions_log/notes.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Find words in these notes. They are posted, so that no address and no log holds them."""
        found = vault.unlocked(request)
        if found is None:
            return to_open(request)
        self.vault = found
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        choice, live = notes.choice_of(self.match), self.match.state != "ended"
        find = forms.SearchForm(self.request.POST or None)
        looked_for = find.cleaned_data["find"] if find.is_bound and find.is_valid() else ""
        page, changed = self._page(looked_for)
        mine, theirs = choice.person_yes_at, choice.supporter_yes_at
        if self.part == "supporter":
            mine, theirs = theirs, mine
        return super().get_context_data(
            match=self.match,
            other=self.other(),
            back=self.match_page(),
            on=choice.on,
            my_yes=mine,
            their_yes=theirs,
            live=live,
            page=page,
            find=find,
            looked_for=looked_for,
            changed=CHANGED if changed else "",
            form=None,
            may_choose=has_perm("sessions_log.choose_notes", self.request.user, self.match),
            **kwargs,
        )

    def _page(self, looked_for: str) -> tuple[Any, bool]:
        rows = Note.objects.filter(match=self.match, adds_to=None).select_related("text")
        if looked_for:
            rows = rows[:1000]
        page: Any = None if looked_for else Paginator(rows, PAGE).get_page(self.request.GET.get("page"))
        found = list(page or rows)
        texts = vault.read_all(
            [one.text for one in found],
            by=self.vault,
            role=self.part,
            subjects=subjects_of_pair(self.match),
            belongs=notes.belongs(self.match),
        )
        changed = any(isinstance(one, vault.KeyChanged) for one in texts)
        for note, content in zip(found, texts, strict=True):
            note.first_words = _first_words(content) if isinstance(content, vault.Content) else ""
            note.shut = not isinstance(content, vault.Content)
            note.mine = note.text.author_id == self.request.user.pk
        if looked_for:
            fits = [
                note
                for note, content in zip(found, texts, strict=True)
                if isinstance(content, vault.Content) and looked_for.casefold() in _all_words(content)
            ]
            page = Paginator(fits, max(len(fits), 1)).get_page(1)
        elif page:
            page.object_list = found
        return page, changed


def _first_words(content: vault.Content) -> str:
    return Truncator(" ".join(words for _label, words in labelled(content))).words(20)


def _all_words(content: vault.Content) -> str:
    return "\n".join(words for name, words in content.parts.items() if name in LABELS).casefold()


class NotesYesView(MatchMixin, ConfirmPage):
    permission = "sessions_log.choose_notes"
    heading = _("Keep notes together?")
    button = _("Yes, I agree to notes")
    success = _("Your yes is noted. Notes begin when both of you have said yes.")

    def happens(self) -> list[Any]:
        return [
            _("Each of you can write. Both of you can read everything."),
            _("Coordinators, administrators and services can't open them."),
            _("Either of you can end it at any time. Support goes on without notes."),
            _("The person can erase any note about them."),
        ]

    def get_back(self) -> str:
        return reverse("notes-of", args=[self.match.pk])

    def act(self) -> str:
        notes.say_yes(self.match, by=self.request.user)
        return self.get_back()


class NotesStopView(MatchMixin, ConfirmPage):
    permission = "sessions_log.choose_notes"
    heading = _("End keeping notes?")
    button = _("End it now")
    success = _("No notes are written any more. Support goes on.")

    def happens(self) -> list[Any]:
        return [
            _("From now on no note is written. The other one is told kindly."),
            _("Support goes on as it is."),
            _("Notes that are there stay until they are erased or their time is over."),
        ]

    def get_back(self) -> str:
        return reverse("notes-of", args=[self.match.pk])

    def act(self) -> str:
        notes.stop(self.match, by=self.request.user)
        return self.get_back()


class HelpsSupporter:
    """The writing helper stands beside the supporter's words about the two, never beside the person's."""

    part: str

    def helps(self) -> bool:
        return self.part == "supporter" or bool(self.request.user.wording_helper)  # type: ignore[attr-defined]


class WriteNoteView(HelpsSupporter, KeepsWords, OpensFirst, MatchMixin, FormPage):
    """Write a note both can read."""

    template_name = "sessions_log/write.html"
    form_class = forms.NoteForm
    button = _("Save for both of us")
    success = _("Saved. Both of you can read it.")

    def get_heading(self) -> Any:
        return _("Write a note")

    def get_lead(self) -> Any:
        return _("You and %(name)s can read it, nobody else. Leave empty what you do not need.") % {
            "name": self.other()
        }

    def get_back(self) -> str:
        return reverse("notes-of", args=[self.match.pk])

    def seal(self, content: vault.Content) -> str:
        session = Meeting.objects.filter(match=self.match, pk=self.kwargs.get("session")).first()
        note = notes.write(self.match, content, by=self.vault, session=session)
        return reverse("note", args=[note.pk])


class NoteView(UnlockedMixin, OfNote, TemplateView):
    """One note with what was added to it: who can read it, until when it is kept, who has read it."""

    template_name = "sessions_log/note.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rows = [self.note, *Note.objects.filter(adds_to=self.note).select_related("text").order_by("made_at")]
        texts = vault.read_all(
            [one.text for one in rows],
            by=self.vault,
            role=self.part,
            subjects=subjects_of_pair(self.match),
            belongs=notes.belongs(self.match),
        )
        problem = CHANGED if any(isinstance(one, vault.KeyChanged) for one in texts) else ""
        for row, content in zip(rows, texts, strict=True):
            row.shut = not isinstance(content, vault.Content)
            row.parts = labelled(content) if isinstance(content, vault.Content) else []
            row.by = _("You") if row.text.author_id == self.request.user.pk else self.other()
        guests = sharings.readers_of(self.match, self.note, by=self.vault)
        readers = [_("You"), self.other(), *(str(one.supervisor) for one in guests)]
        return super().get_context_data(
            note=self.note,
            rows=rows,
            readers=readers,
            guests=guests,
            read_by=self._read_by([row.text_id for row in rows]),
            back=self.get_back(),
            may_ask=self.note.adds_to_id is None
            and has_perm("sessions_log.ask_to_share", self.request.user, self.match),
            problem=problem or (CANNOT if any(row.shut for row in rows) else ""),
            match=self.match,
            may_erase=has_perm("sessions_log.erase_note", self.request.user, self.note),
            may_add=self.note.adds_to_id is None and notes.choice_of(self.match).on and self.match.state != "ended",
            form=None,
            **kwargs,
        )

    def get_back(self) -> str:
        return reverse("notes-of", args=[self.match.pk])

    def _read_by(self, texts: list[Any]) -> list[tuple[Any, Any]]:
        """Return who has read it, or what was added to it, and when, newest first; one's own looking is not written."""
        entries = AuditEntry.objects.filter(verb="note.read", object_id__in=texts).order_by("-at")
        names: dict[Any, Any] = {self.request.user.pseudonym: _("You")}
        for sharing in Sharing.objects.filter(match=self.match).select_related("supervisor"):
            names[sharing.supervisor.pseudonym] = str(sharing.supervisor)
        gone = {"supervisor": _("A supervisor")}  # whose account is not there any more
        seen: dict[tuple[Any, Any], Any] = {}
        for actor, role, at in entries.values_list("actor", "actor_role", "at")[:400]:
            who = names.get(actor) or gone.get(role) or self.other()
            seen.setdefault((str(who), at.replace(second=0, microsecond=0)), (who, at))
        return list(seen.values())[:40]


class AddToNoteView(HelpsSupporter, KeepsWords, OpensFirst, OfNote, FormPage):
    """Add own words to a note: they stand below it, and both can read them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().dispatch(request, *args, **kwargs)
        except Http404:
            words = request.POST.get("added", "") if request.method == "POST" else ""
            if not words:
                raise
            # Whoever asks for what is not theirs, or not there, sees nothing but what they sent themselves.
            return render(request, "sessions_log/gone.html", {"words": words, "form": None}, status=404)

    template_name = "sessions_log/write.html"
    form_class = forms.AddForm
    heading = _("Add your own words")
    lead = _("They stand below the note. Both of you can read them.")
    button = _("Save for both of us")
    success = _("Saved. Both of you can read it.")

    def get_back(self) -> str:
        return reverse("note", args=[self.note.pk])

    def seal(self, content: vault.Content) -> str:
        top = self.note.adds_to or self.note
        notes.write(self.match, content, by=self.vault, session=top.session, adds_to=top)
        return reverse("note", args=[top.pk])


class EraseNoteView(OfNote, ConfirmPage):
    permission = "sessions_log.see"
    heading = _("Erase this note?")
    button = _("Erase it for good")
    success = _("The note is erased.")
    careful = True

    def happens(self) -> list[Any]:
        return [
            _("The note and what was added to it are destroyed, for both of you."),
            _("The other one is told that something changed, not what."),
            _("Nobody can bring it back. Backups forget it within 35 days."),
        ]

    def get_back(self) -> str:
        return reverse("note", args=[self.note.pk])

    def act(self) -> str:
        notes.erase(self.note, by=self.request.user)
        return reverse("notes-of", args=[self.match.pk])


class CompareKeysView(MatchMixin, ComparePage):
    """The number of the two; after the yes, what both could read is sealed for the new keys too."""

    def theirs(self) -> Any:
        pk = self.match.supporter.user_id if self.part == "person" else self.match.request.person_id
        return vault.public_of(pk) if pk else None

    def get_back(self) -> str:
        return reverse("notes-of", args=[self.match.pk])

    def confirmed(self, by: vault.Unlocked) -> None:
        if notes.share_again(self.match, by=by):
            messages.success(self.request, _("The notes you both could read are sealed for the new keys too."))
