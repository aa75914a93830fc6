"""Addresses of meetings, notes and reflections. No address holds a word of what is in them."""

from django.urls import path

from sessions_log.views import meetings, notes, reflections, sharings

urlpatterns = [
    path("together/<uuid:pk>/meetings/", meetings.SessionsView.as_view(), name="sessions"),
    path("together/<uuid:pk>/meetings/plan/", meetings.PlanSessionView.as_view(), name="plan-session"),
    path("meetings/<uuid:pk>/", meetings.MoveSessionView.as_view(), name="move-session"),
    path("meetings/<uuid:pk>/happened/", meetings.SessionHappenedView.as_view(), name="session-happened"),
    path("together/<uuid:pk>/notes/", notes.NotesOfView.as_view(), name="notes-of"),
    path("together/<uuid:pk>/notes/yes/", notes.NotesYesView.as_view(), name="notes-yes"),
    path("together/<uuid:pk>/notes/stop/", notes.NotesStopView.as_view(), name="notes-stop"),
    path("together/<uuid:pk>/notes/write/", notes.WriteNoteView.as_view(), name="write-note"),
    path("together/<uuid:pk>/notes/compare/", notes.CompareKeysView.as_view(), name="compare-keys"),
    path("notes/<uuid:pk>/", notes.NoteView.as_view(), name="note"),
    path("notes/<uuid:pk>/add/", notes.AddToNoteView.as_view(), name="add-to-note"),
    path("notes/<uuid:pk>/erase/", notes.EraseNoteView.as_view(), name="erase-note"),
    path("together/<uuid:pk>/sharing/", sharings.SharingsView.as_view(), name="sharings"),
    path("together/<uuid:pk>/sharing/ask/", sharings.AskToShareView.as_view(), name="ask-to-share"),
    path("sharing/<uuid:pk>/", sharings.AnswerSharingView.as_view(), name="answer-sharing"),
    path("sharing/<uuid:pk>/end/", sharings.EndSharingView.as_view(), name="end-sharing"),
    path("shared/", sharings.SharedWithMeView.as_view(), name="shared-with-me"),
    path("shared/<uuid:pk>/", sharings.SharedView.as_view(), name="shared"),
    path("reflections/", reflections.ReflectionsView.as_view(), name="reflections"),
    path("reflections/write/", reflections.ReflectView.as_view(), name="reflect"),
    path("reflections/<uuid:pk>/erase/", reflections.EraseReflectionView.as_view(), name="erase-reflection"),
]
