"""Addresses of training."""

from django.urls import path

from supporters.training import views

urlpatterns = [
    path("training/", views.Mine.as_view(), name="training"),
    path("training/waiting/", views.ToConfirm.as_view(), name="training-to-confirm"),
    path("training/courses/", views.Courses.as_view(), name="courses"),
    path("training/courses/new/", views.EditCourse.as_view(), name="add-course"),
    path("training/courses/<uuid:pk>/", views.EditCourse.as_view(), name="edit-course"),
    path("training/<uuid:pk>/done/", views.SayDone.as_view(), name="training-done"),
    path("training/noted/<uuid:pk>/remove/", views.TakeBack.as_view(), name="take-back-training"),
    path("supporters/<uuid:pk>/training/", views.Training.as_view(), name="supporter-training"),
    path("supporters/<uuid:pk>/training/<uuid:course>/", views.Note.as_view(), name="note-training"),
]
