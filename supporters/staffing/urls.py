"""Addresses of leave, talks about the work, gatherings and duty."""

from django.urls import path

from supporters.staffing import views

urlpatterns = [
    path("time-off/", views.MyLeave.as_view(), name="leave-of-mine"),
    path("time-off/days/", views.AskLeave.as_view(), name="ask-leave"),
    path("work/", views.WorkBoard.as_view(), name="work-board"),
    path("work/talks/", views.MyReviews.as_view(), name="reviews"),
    path("work/talks/<uuid:pk>/", views.TheReview.as_view(), name="review"),
    path("work/talks/<uuid:pk>/move/", views.MoveReview.as_view(), name="move-review"),
    path("work/talks/<uuid:pk>/write/", views.WriteReview.as_view(), name="write-review"),
    path("work/talks/words/<uuid:pk>/erase/", views.EraseReviewWords.as_view(), name="erase-review-words"),
    path("supporters/<uuid:pk>/talk/", views.PlanReview.as_view(), name="plan-review"),
    path("gatherings/", views.Gatherings.as_view(), name="gatherings"),
    path("gatherings/new/", views.PlanGathering.as_view(), name="plan-gathering"),
    path("gatherings/<uuid:pk>/change/", views.PlanGathering.as_view(), name="change-gathering"),
    path("gatherings/<uuid:pk>/call-off/", views.CallOff.as_view(), name="call-off-gathering"),
    path("talk/", views.Talk.as_view(), name="talk"),
    path("talk/duty/", views.OnDuty.as_view(), name="on-duty"),
]
