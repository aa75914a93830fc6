"""Addresses of training."""

from django.urls import path

from supporters.training import growing, views

urlpatterns = [
    path("training/", views.TrainingView.as_view(), name="training"),
    path("training/waiting/", views.TrainingToConfirmView.as_view(), name="training-to-confirm"),
    path("training/me/", growing.GrowthView.as_view(), name="growth"),
    path("training/me/now/", growing.LookAtMyselfView.as_view(), name="look-at-myself"),
    path("training/me/<uuid:pk>/erase/", growing.EraseSelfViewView.as_view(), name="erase-self-view"),
    path("training/me/<uuid:pk>/bring/", growing.BringSelfViewView.as_view(), name="bring-self-view"),
    path("training/plan/", growing.LearningPlanView.as_view(), name="learning-plan"),
    path("training/plan/new/", growing.EditGoalView.as_view(), name="add-goal"),
    path("training/plan/<uuid:pk>/", growing.EditGoalView.as_view(), name="edit-goal"),
    path("training/steps/", growing.CareerStepsView.as_view(), name="career-steps"),
    path("training/steps/new/", growing.EditStepView.as_view(), name="add-step"),
    path("training/steps/<uuid:pk>/", growing.EditStepView.as_view(), name="edit-step"),
    path("training/courses/", views.CoursesView.as_view(), name="courses"),
    path("training/courses/new/", views.EditCourseView.as_view(), name="add-course"),
    path("training/courses/<uuid:pk>/", views.EditCourseView.as_view(), name="edit-course"),
    path("training/<uuid:pk>/done/", views.TrainingDoneView.as_view(), name="training-done"),
    path("training/noted/<uuid:pk>/remove/", views.TakeBackTrainingView.as_view(), name="take-back-training"),
    path("supporters/<uuid:pk>/training/", views.SupporterTrainingView.as_view(), name="supporter-training"),
    path("supporters/<uuid:pk>/training/<uuid:course>/", views.NoteTrainingView.as_view(), name="note-training"),
]
