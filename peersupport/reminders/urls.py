"""Addresses of the inbox."""

from django.urls import path

from peersupport.reminders import views

urlpatterns = [
    path("inbox/", views.Inbox.as_view(), name="inbox"),
    path("inbox/health/", views.Health.as_view(), name="outbox-health"),
]
