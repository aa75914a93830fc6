"""Addresses of the organization's pages."""

from django.urls import path

from peersupport.organization import views

urlpatterns = [
    path("help/", views.Help.as_view(), name="help"),
    path("help-now/", views.HelpNow.as_view(), name="help-now"),
    path("privacy/", views.Privacy.as_view(), name="privacy"),
    path("leave/", views.Leave.as_view(), name="leave"),
    path("wrong/", views.SomethingWrong.as_view(), name="something-wrong"),
    path("wrong/read/", views.Concerns.as_view(), name="concerns"),
    path("wrong/read/<uuid:pk>/", views.ConcernPage.as_view(), name="concern"),
    path("wrong/<str:token>/", views.ConcernLink.as_view(), name="concern-link"),
    path("settings/", views.Settings.as_view(), name="settings"),
    path("settings/organization/", views.EditOrganization.as_view(), name="edit-organization"),
    path("settings/text/<str:kind>/", views.EditText.as_view(), name="edit-text"),
    path("settings/contact/", views.NameContact.as_view(), name="name-contact"),
    path("settings/contact/rest/", views.RestContact.as_view(), name="rest-contact"),
    path("settings/<str:kind>/", views.EditRow.as_view(), name="add-row"),
    path("settings/<str:kind>/<int:pk>/", views.EditRow.as_view(), name="edit-row"),
]
