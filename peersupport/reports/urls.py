"""Addresses of the numbers."""

from django.urls import path

from peersupport.reports import views

urlpatterns = [
    path("week/", views.ThisWeek.as_view(), name="this-week"),
    path("numbers/", views.Numbers.as_view(), name="numbers"),
    path("numbers/meetings/", views.Meetings.as_view(), name="numbers-of-meetings"),
    path("numbers/meetings/file/", views.MeetingsFile.as_view(), name="numbers-of-meetings-file"),
]
