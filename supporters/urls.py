"""Addresses of supporters' pages."""

from django.urls import path

from supporters.views import importing, own, staff

urlpatterns = [
    path("profile/", own.Profile.as_view(), name="profile"),
    path("profile/about/", own.About.as_view(), name="profile-about"),
    path("profile/when/", own.Availability.as_view(), name="profile-availability"),
    path("profile/tell/<slug:key>/", own.Characteristics.as_view(), name="profile-characteristics"),
    path("profile/consent/", own.Consent.as_view(), name="profile-consent"),
    path("profile/limits/", own.Boundaries.as_view(), name="profile-limits"),
    path("profile/seen/", own.Preview.as_view(), name="profile-preview"),
    path("profile/confirm/", own.Confirm.as_view(), name="profile-confirm"),
    path("profile/status/<str:verb>/", own.ChangeStatus.as_view(), name="profile-status"),
    path("supporters/", staff.Supporters.as_view(), name="supporters"),
    path("supporters/invite/", staff.Invite.as_view(), name="invite-supporter"),
    path("supporters/<uuid:pk>/", staff.One.as_view(), name="supporter"),
    path("supporters/<uuid:pk>/set-aside/", staff.SetAside.as_view(), name="set-aside"),
    path("supporters/<uuid:pk>/invite/", staff.Invite.as_view(), name="invite-imported"),
    path("catalogue/", staff.Catalogue.as_view(), name="catalogue"),
    path("catalogue/new/", staff.EditDimension.as_view(), name="add-dimension"),
    path("catalogue/<uuid:pk>/", staff.EditDimension.as_view(), name="edit-dimension"),
    path("catalogue/<uuid:dimension>/new/", staff.EditOption.as_view(), name="add-option"),
    path("catalogue/<uuid:dimension>/<uuid:pk>/", staff.EditOption.as_view(), name="edit-option"),
    path("supporters/import/", importing.Runs.as_view(), name="import-list"),
    path("supporters/import/<uuid:pk>/columns/", importing.Columns.as_view(), name="import-columns"),
    path("supporters/import/<uuid:pk>/values/", importing.Values.as_view(), name="import-values"),
    path("supporters/import/<uuid:pk>/try/", importing.Try.as_view(), name="import-try"),
    path("supporters/import/<uuid:pk>/progress/", importing.Progress.as_view(), name="import-progress"),
    path("supporters/import/<uuid:pk>/report/", importing.Report.as_view(), name="import-report"),
    path("supporters/import/<uuid:pk>/cancel/", importing.Cancel.as_view(), name="import-cancel"),
]
