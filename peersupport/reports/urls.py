"""Addresses of the numbers."""

from django.urls import path

from peersupport.reports import views

urlpatterns = [
    path("week/", views.ThisWeekView.as_view(), name="this-week"),
    path("numbers/", views.NumbersView.as_view(), name="numbers"),
    path("numbers/meetings/", views.NumbersOfMeetingsView.as_view(), name="numbers-of-meetings"),
    path("numbers/meetings/file/", views.NumbersOfMeetingsFileView.as_view(), name="numbers-of-meetings-file"),
]
