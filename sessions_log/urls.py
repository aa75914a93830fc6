"""Addresses of meetings, notes and reflections. No address holds a word of what is in them."""

from django.urls import path

from sessions_log.views import meetings, notes, reflections, sharings

urlpatterns = [
    path("together/<uuid:pk>/meetings/", meetings.Sessions.as_view(), name="sessions"),
    path("together/<uuid:pk>/meetings/plan/", meetings.Plan.as_view(), name="plan-session"),
    path("meetings/<uuid:pk>/", meetings.Move.as_view(), name="move-session"),
    path("meetings/<uuid:pk>/happened/", meetings.Happened.as_view(), name="session-happened"),
    path("together/<uuid:pk>/notes/", notes.Notes.as_view(), name="notes-of"),
    path("together/<uuid:pk>/notes/yes/", notes.SayYes.as_view(), name="notes-yes"),
    path("together/<uuid:pk>/notes/stop/", notes.Stop.as_view(), name="notes-stop"),
    path("together/<uuid:pk>/notes/write/", notes.Write.as_view(), name="write-note"),
    path("together/<uuid:pk>/notes/compare/", notes.Compare.as_view(), name="compare-keys"),
    path("notes/<uuid:pk>/", notes.Read.as_view(), name="note"),
    path("notes/<uuid:pk>/add/", notes.Add.as_view(), name="add-to-note"),
    path("notes/<uuid:pk>/erase/", notes.Erase.as_view(), name="erase-note"),
    path("together/<uuid:pk>/sharing/", sharings.Sharings.as_view(), name="sharings"),
    path("together/<uuid:pk>/sharing/ask/", sharings.Ask.as_view(), name="ask-to-share"),
    path("sharing/<uuid:pk>/", sharings.Answer.as_view(), name="answer-sharing"),
    path("sharing/<uuid:pk>/end/", sharings.End.as_view(), name="end-sharing"),
    path("shared/", sharings.SharedWithMe.as_view(), name="shared-with-me"),
    path("shared/<uuid:pk>/", sharings.Shared.as_view(), name="shared"),
    path("reflections/", reflections.Reflections.as_view(), name="reflections"),
    path("reflections/write/", reflections.Reflect.as_view(), name="reflect"),
    path("reflections/<uuid:pk>/erase/", reflections.EraseReflection.as_view(), name="erase-reflection"),
]
