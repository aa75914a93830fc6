"""Addresses of supervision. No address holds a word of what is said."""

from django.urls import path

from supporters.supervision import views

urlpatterns = [
    path("supervision/", views.Mine.as_view(), name="supervision"),
    path("supervision/board/", views.Board.as_view(), name="supervision-board"),
    path("supervision/basis/", views.StateBasis.as_view(), name="supervision-basis"),
    path("supporters/<uuid:pk>/supervision/", views.Begin.as_view(), name="begin-supervision"),
    path("supervision/<uuid:pk>/", views.One.as_view(), name="one-supervision"),
    path("supervision/<uuid:pk>/rhythm/", views.Change.as_view(), name="change-supervision"),
    path("supervision/<uuid:pk>/today/", views.AskToday.as_view(), name="ask-today"),
    path("supervision/<uuid:pk>/plan/", views.Plan.as_view(), name="plan-check-in"),
    path("supervision/<uuid:pk>/compare/", views.Compare.as_view(), name="compare-supervision"),
    path("check-ins/<uuid:pk>/", views.TheCheckIn.as_view(), name="check-in"),
    path("check-ins/<uuid:pk>/move/", views.Move.as_view(), name="move-check-in"),
    path("check-ins/<uuid:pk>/happened/", views.Happened.as_view(), name="check-in-happened"),
    path("check-ins/<uuid:pk>/write/<str:kind>/", views.Write.as_view(), name="write-check-in"),
    path("check-ins/<uuid:pk>/agree/", views.Agree.as_view(), name="agree-action"),
    path("check-ins/words/<uuid:pk>/erase/", views.Erase.as_view(), name="erase-words"),
    path("check-ins/words/<uuid:pk>/share/", views.Share.as_view(), name="share-words"),
    path("check-ins/actions/<uuid:pk>/done/", views.Done.as_view(), name="action-done"),
]
