"""Addresses of leave, talks about the work, gatherings and duty."""

from django.urls import path

from supporters.staffing import views

urlpatterns = [
    path("time-off/", views.LeaveOfMineView.as_view(), name="leave-of-mine"),
    path("time-off/days/", views.AskLeaveView.as_view(), name="ask-leave"),
    path("work/", views.WorkBoardView.as_view(), name="work-board"),
    path("work/talks/", views.ReviewsView.as_view(), name="reviews"),
    path("work/talks/<uuid:pk>/", views.ReviewView.as_view(), name="review"),
    path("work/talks/<uuid:pk>/move/", views.MoveReviewView.as_view(), name="move-review"),
    path("work/talks/<uuid:pk>/write/", views.WriteReviewView.as_view(), name="write-review"),
    path("work/talks/words/<uuid:pk>/erase/", views.EraseReviewWordsView.as_view(), name="erase-review-words"),
    path("supporters/<uuid:pk>/talk/", views.PlanReviewView.as_view(), name="plan-review"),
    path("gatherings/", views.GatheringsView.as_view(), name="gatherings"),
    path("gatherings/new/", views.PlanGatheringView.as_view(), name="plan-gathering"),
    path("gatherings/<uuid:pk>/change/", views.PlanGatheringView.as_view(), name="change-gathering"),
    path("gatherings/<uuid:pk>/call-off/", views.CallOffGatheringView.as_view(), name="call-off-gathering"),
    path("talk/", views.TalkView.as_view(), name="talk"),
    path("talk/duty/", views.OnDutyView.as_view(), name="on-duty"),
]
