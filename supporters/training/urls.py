"""Addresses of training."""

from django.urls import path

from supporters.training import growing, views

urlpatterns = [
    path("training/", views.Mine.as_view(), name="training"),
    path("training/waiting/", views.ToConfirm.as_view(), name="training-to-confirm"),
    path("training/me/", growing.Growth.as_view(), name="growth"),
    path("training/me/now/", growing.LookAtMyself.as_view(), name="look-at-myself"),
    path("training/me/<uuid:pk>/erase/", growing.EraseSelfView.as_view(), name="erase-self-view"),
    path("training/me/<uuid:pk>/bring/", growing.Bring.as_view(), name="bring-self-view"),
    path("training/plan/", growing.Plan.as_view(), name="learning-plan"),
    path("training/plan/new/", growing.EditGoal.as_view(), name="add-goal"),
    path("training/plan/<uuid:pk>/", growing.EditGoal.as_view(), name="edit-goal"),
    path("training/steps/", growing.Steps.as_view(), name="career-steps"),
    path("training/steps/new/", growing.EditStep.as_view(), name="add-step"),
    path("training/steps/<uuid:pk>/", growing.EditStep.as_view(), name="edit-step"),
    path("training/courses/", views.Courses.as_view(), name="courses"),
    path("training/courses/new/", views.EditCourse.as_view(), name="add-course"),
    path("training/courses/<uuid:pk>/", views.EditCourse.as_view(), name="edit-course"),
    path("training/<uuid:pk>/done/", views.SayDone.as_view(), name="training-done"),
    path("training/noted/<uuid:pk>/remove/", views.TakeBack.as_view(), name="take-back-training"),
    path("supporters/<uuid:pk>/training/", views.Training.as_view(), name="supporter-training"),
    path("supporters/<uuid:pk>/training/<uuid:course>/", views.Note.as_view(), name="note-training"),
]
