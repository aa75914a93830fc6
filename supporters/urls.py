"""Addresses of supporters' pages."""

from django.urls import path

from supporters.views import importing, own, staff

urlpatterns = [
    path("profile/", own.ProfileView.as_view(), name="profile"),
    path("profile/about/", own.ProfileAboutView.as_view(), name="profile-about"),
    path("profile/when/", own.ProfileAvailabilityView.as_view(), name="profile-availability"),
    path("profile/tell/<slug:key>/", own.ProfileCharacteristicsView.as_view(), name="profile-characteristics"),
    path("profile/consent/", own.ProfileConsentView.as_view(), name="profile-consent"),
    path("profile/limits/", own.ProfileLimitsView.as_view(), name="profile-limits"),
    path("profile/seen/", own.ProfilePreviewView.as_view(), name="profile-preview"),
    path("profile/confirm/", own.ProfileConfirmView.as_view(), name="profile-confirm"),
    path("profile/status/<str:verb>/", own.ProfileStatusView.as_view(), name="profile-status"),
    path("supporters/", staff.SupportersView.as_view(), name="supporters"),
    path("supporters/invite/", staff.InviteSupporterView.as_view(), name="invite-supporter"),
    path("supporters/<uuid:pk>/", staff.SupporterView.as_view(), name="supporter"),
    path("supporters/<uuid:pk>/set-aside/", staff.SetAsideView.as_view(), name="set-aside"),
    path("supporters/<uuid:pk>/invite/", staff.InviteSupporterView.as_view(), name="invite-imported"),
    path("catalogue/", staff.CatalogueView.as_view(), name="catalogue"),
    path("catalogue/new/", staff.EditDimensionView.as_view(), name="add-dimension"),
    path("catalogue/<uuid:pk>/", staff.EditDimensionView.as_view(), name="edit-dimension"),
    path("catalogue/<uuid:dimension>/new/", staff.EditOptionView.as_view(), name="add-option"),
    path("catalogue/<uuid:dimension>/<uuid:pk>/", staff.EditOptionView.as_view(), name="edit-option"),
    path("supporters/import/", importing.ImportListView.as_view(), name="import-list"),
    path("supporters/import/<uuid:pk>/columns/", importing.ImportColumnsView.as_view(), name="import-columns"),
    path("supporters/import/<uuid:pk>/values/", importing.ImportValuesView.as_view(), name="import-values"),
    path("supporters/import/<uuid:pk>/try/", importing.ImportTryView.as_view(), name="import-try"),
    path("supporters/import/<uuid:pk>/progress/", importing.ImportProgressView.as_view(), name="import-progress"),
    path("supporters/import/<uuid:pk>/report/", importing.ImportReportView.as_view(), name="import-report"),
    path("supporters/import/<uuid:pk>/cancel/", importing.ImportCancelView.as_view(), name="import-cancel"),
]
