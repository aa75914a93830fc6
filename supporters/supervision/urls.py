"""Addresses of supervision. No address holds a word of what is said."""

from django.urls import path

from supporters.supervision import views

urlpatterns = [
    path("supervision/", views.SupervisionView.as_view(), name="supervision"),
    path("supervision/board/", views.SupervisionBoardView.as_view(), name="supervision-board"),
    path("supervision/basis/", views.SupervisionBasisView.as_view(), name="supervision-basis"),
    path("supporters/<uuid:pk>/supervision/", views.BeginSupervisionView.as_view(), name="begin-supervision"),
    path("supervision/<uuid:pk>/", views.OneSupervisionView.as_view(), name="one-supervision"),
    path("supervision/<uuid:pk>/rhythm/", views.ChangeSupervisionView.as_view(), name="change-supervision"),
    path("supervision/<uuid:pk>/today/", views.AskTodayView.as_view(), name="ask-today"),
    path("supervision/<uuid:pk>/plan/", views.PlanCheckInView.as_view(), name="plan-check-in"),
    path("supervision/<uuid:pk>/compare/", views.CompareSupervisionView.as_view(), name="compare-supervision"),
    path("check-ins/<uuid:pk>/", views.CheckInView.as_view(), name="check-in"),
    path("check-ins/<uuid:pk>/move/", views.MoveCheckInView.as_view(), name="move-check-in"),
    path("check-ins/<uuid:pk>/happened/", views.CheckInHappenedView.as_view(), name="check-in-happened"),
    path("check-ins/<uuid:pk>/write/<str:kind>/", views.WriteCheckInView.as_view(), name="write-check-in"),
    path("check-ins/<uuid:pk>/agree/", views.AgreeActionView.as_view(), name="agree-action"),
    path("check-ins/words/<uuid:pk>/erase/", views.EraseWordsView.as_view(), name="erase-words"),
    path("check-ins/words/<uuid:pk>/share/", views.ShareWordsView.as_view(), name="share-words"),
    path("check-ins/actions/<uuid:pk>/done/", views.ActionDoneView.as_view(), name="action-done"),
]
