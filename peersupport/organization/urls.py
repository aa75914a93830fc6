"""Addresses of the organization's pages."""

from django.urls import path

from peersupport.organization import views

urlpatterns = [
    path("help/", views.HelpView.as_view(), name="help"),
    path("help-now/", views.HelpNowView.as_view(), name="help-now"),
    path("privacy/", views.PrivacyView.as_view(), name="privacy"),
    path("leave/", views.LeaveView.as_view(), name="leave"),
    path("wrong/", views.SomethingWrongView.as_view(), name="something-wrong"),
    path("wrong/read/", views.ConcernsView.as_view(), name="concerns"),
    path("wrong/read/<uuid:pk>/", views.ConcernView.as_view(), name="concern"),
    path("wrong/<str:token>/", views.ConcernLinkView.as_view(), name="concern-link"),
    path("settings/", views.SettingsView.as_view(), name="settings"),
    path("settings/organization/", views.EditOrganizationView.as_view(), name="edit-organization"),
    path("settings/text/<str:kind>/", views.EditTextView.as_view(), name="edit-text"),
    path("settings/contact/", views.NameContactView.as_view(), name="name-contact"),
    path("settings/contact/rest/", views.RestContactView.as_view(), name="rest-contact"),
    path("settings/<str:kind>/", views.EditRowView.as_view(), name="add-row"),
    path("settings/<str:kind>/<int:pk>/", views.EditRowView.as_view(), name="edit-row"),
]
