"""Files of an application: handed to their candidate and to the panel, always as something to save, never shown in a page."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.decorators import method_decorator
from django.views.generic import View

from hiring.attachments.looking import MIME, Type
from hiring.models import Attachment, PanelMember
from hiring.policies import names_are_hidden
from hiring.views.public import OfApplication
from hiring.workflows.applying import files_of
from hiring.workflows.panel import can_see
from peersupport.audit.recording import record_read
from peersupport.web.base_views import Guarded


def handed_over(attachment: Attachment, name: str) -> HttpResponse:
    """Return a file to save, under a name that tells a bystander nothing. No page can show it or run anything in it."""
    response = HttpResponse(bytes(attachment.content), content_type=MIME[Type(attachment.type)])
    response["Content-Disposition"] = f'attachment; filename="{name}.{attachment.type}"'
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@method_decorator(login_not_required, name="dispatch")
class ApplicationFileView(OfApplication, View):
    """A candidate's own file, by their private link."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return handed_over(get_object_or_404(self.application.attachments, pk=kwargs["pk"]), "file")


class ReadFileView(Guarded, View):
    """A file, for a panel member who may read its application; hidden as long as names are."""

    def fetch(self, **kwargs: Any) -> None:
        seats = PanelMember.objects.at_work().filter(user=self.request.user, vacancy__state="closed")
        found = Attachment.objects.filter(pk=kwargs["pk"], application__vacancy__in=seats.values("vacancy"))
        self.file = get_object_or_404(found.exclude(application__state="draft").select_related("application__vacancy"))
        member = seats.get(vacancy=self.file.application.vacancy_id)
        if not can_see(member, self.file.application) or names_are_hidden(self.file.application):
            raise Http404

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        one = self.file.application
        record_read("application.read_file", one, by=request.user, role="panel", subjects=[one.pk])
        place = [file.pk for file in files_of(one)].index(self.file.pk) + 1
        return handed_over(self.file, f"{one.number}-{place}")
