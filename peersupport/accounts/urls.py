"""Addresses of one's own account and of the team."""

from django.urls import path

from peersupport.accounts import views

urlpatterns = [
    path("account/", views.Account.as_view(), name="account"),
    path("account/preferences/", views.Preferences.as_view(), name="preferences"),
    path("account/who-looked/", views.WhoLooked.as_view(), name="who-looked"),
    path("account/consents/", views.Consents.as_view(), name="consents"),
    path("account/consents/<str:kind>/", views.WithdrawConsent.as_view(), name="withdraw-consent"),
    path("account/copy/", views.Copy.as_view(), name="copy"),
    path("account/kept/", views.Retention.as_view(), name="retention"),
    path("account/delete/", views.Delete.as_view(), name="delete-account"),
    path("account/second-factor/", views.SecondFactorNeeded.as_view(), name="second-factor-needed"),
    path("language/", views.set_language, name="set_language"),
    path("invited/<str:token>/", views.Invited.as_view(), name="invited"),
    path("team/", views.Team.as_view(), name="team"),
    path("team/invite/", views.InviteStaff.as_view(), name="invite-staff"),
]
