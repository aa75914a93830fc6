"""Addresses of the inbox."""

from django.urls import path

from peersupport.notifications import views

urlpatterns = [
    path("inbox/", views.InboxView.as_view(), name="inbox"),
    path("account/messages/", views.MessageChoicesView.as_view(), name="message-choices"),
    path("healthz/beat", views.beat, name="beat"),
    path("account/calendar/", views.MyCalendarView.as_view(), name="my-calendar"),
    path("calendar/<str:token>.ics", views.feed, name="calendar-feed"),
    path("inbox/health/", views.OutboxHealthView.as_view(), name="outbox-health"),
]
