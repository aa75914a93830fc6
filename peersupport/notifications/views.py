"""The inbox, and for coordinators and administrators whether messages get through."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from rules import has_perm

from peersupport.accounts.models import Role
from peersupport.notifications import calendars, registry, system_types
from peersupport.notifications.forms import ChoicesForm
from peersupport.notifications.models import CalendarFeed, Heartbeat, Message, MessageState
from peersupport.notifications.outbox import DIGEST
from peersupport.web.base_views import FormPage, Guarded, uuid_or_404
from peersupport.web.limits import too_often
from peersupport.workflow.state_machine import NotAllowed


class InboxView(TemplateView):
    """Everything that was told to somebody, newest first; opening one marks it as read."""

    template_name = "notifications/inbox.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = Message.objects.filter(recipient=self.request.user, due__lte=timezone.now(), urgent=False)
        mine = mine.exclude(kind=DIGEST)
        page = Paginator(mine, 30).get_page(self.request.GET.get("page"))
        rows = [(message, registry.get(message.kind)) for message in page]
        return super().get_context_data(page=page, rows=rows, form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        mine = Message.objects.filter(recipient=request.user)
        if "all" in request.POST:
            mine.filter(read_at=None, due__lte=timezone.now()).update(read_at=timezone.now())
            return redirect("inbox")
        message = get_object_or_404(mine, pk=uuid_or_404(request.POST.get("message")))
        mine.filter(pk=message.pk, read_at=None).update(read_at=timezone.now())
        kind = registry.get(message.kind)
        if kind is None:
            raise Http404
        return redirect(kind.url(message))


class OutboxHealthView(Guarded, TemplateView):
    """Due, sent, waiting, failed, and whether the beat lives."""

    template_name = "notifications/health.html"

    def authorize(self) -> None:
        if not has_perm("accounts.see_numbers", self.request.user):
            raise NotAllowed("health")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        counted = Message.objects.order_by().values("state").annotate(number=Count("pk"))
        numbers = {row["state"]: row["number"] for row in counted}
        states = [(MessageState(state).label, numbers.get(state, 0)) for state in MessageState.values]
        due = Message.objects.filter(
            state__in=[MessageState.WAITING, MessageState.CLAIMED], next_try_at__lte=timezone.now()
        ).count()
        failed = Message.objects.filter(state=MessageState.FAILED, recipient__isnull=False).select_related("recipient")
        page = Paginator(failed, 50).get_page(self.request.GET.get("page"))
        return super().get_context_data(
            states=states,
            due=due,
            beat=Heartbeat.objects.filter(name="beat").first(),
            silent=system_types.beat_is_silent(),
            page=page,
            names=self.request.user.holds(Role.COORDINATOR),
            beat_address=reverse("beat"),
            form=None,
            no_proxy="HTTP_X_FORWARDED_FOR" in self.request.META and not settings.BEHIND_PROXY,
            **kwargs,
        )


class MessageChoicesView(FormPage):
    """What comes by mail, and whether as one mail a day."""

    form_class = ChoicesForm
    heading = _("What comes by email")
    lead = _("Everything stands in your inbox here, whatever you choose. An email never says what it is about.")
    button = _("Save")
    success = _("Saved.")

    def get_back(self) -> str:
        return reverse("account")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"user": self.request.user}

    def act(self, form: ChoicesForm) -> str:
        form.save()
        return reverse("account")


@login_not_required
@require_safe
def beat(request: HttpRequest) -> HttpResponse:
    """Answer whether the clock that sends messages runs: 200, or 503 for whoever watches the server."""
    silent = system_types.beat_is_silent()
    return HttpResponse(
        "silent" if silent else "ok", content_type="text/plain; charset=utf-8", status=503 if silent else 200
    )


class MyCalendarView(TemplateView):
    """The private address for one's own calendar programme: made, shown once, made anew, switched off."""

    template_name = "notifications/calendar.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        there = CalendarFeed.objects.filter(user=self.request.user).first()
        return super().get_context_data(feed=there, form=None, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "off" in request.POST:
            calendars.end(by=request.user)
            messages.success(request, _("Switched off. The address does not work any more."))
            return redirect("my-calendar")
        address = request.build_absolute_uri(reverse("calendar-feed", args=[calendars.begin(by=request.user)]))
        return render(request, self.template_name, self.get_context_data(address=address))


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed itself, for a calendar programme: no session, no cookie, nothing but times."""
    if too_often(request, "calendar", times=600, seconds=600):
        return HttpResponse(status=429)
    owner = calendars.owner_of(token)
    if owner is None:
        raise Http404
    response = HttpResponse(calendars.feed_of(owner), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="calendar.ics"'
    return response
