"""Addresses of one's own account and of the team."""

from django.urls import path

from peersupport.accounts import notes, views

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
    path("account/service/", views.Service.as_view(), name="my-service"),
    path("account/notes/", notes.Notes.as_view(), name="notes"),
    path("account/notes/open/", notes.Open.as_view(), name="notes-open"),
    path("account/notes/close/", notes.Lock.as_view(), name="notes-lock"),
    path("account/notes/recover/", notes.Recover.as_view(), name="notes-recover"),
    path("account/notes/before/", notes.OldPassword.as_view(), name="notes-old-password"),
    path("account/notes/anew/", notes.Anew.as_view(), name="notes-anew"),
    path("account/notes/sheet/", notes.Sheet.as_view(), name="notes-sheet"),
    path("account/notes/sheet/check/", notes.SheetCheck.as_view(), name="notes-sheet-check"),
    path("account/notes/without/", notes.Without.as_view(), name="notes-without"),
    path("account/notes/known/", notes.Known.as_view(), name="notes-known"),
    path("accounts/by-link/", views.AskForSignInLink.as_view(), name="ask-for-sign-in-link"),
    path("accounts/by-link/<str:token>/", views.SignInByLink.as_view(), name="sign-in-by-link"),
    path("language/", views.set_language, name="set_language"),
    path("invited/<str:token>/", views.Invited.as_view(), name="invited"),
    path("team/", views.Team.as_view(), name="team"),
    path("team/invite/", views.InviteStaff.as_view(), name="invite-staff"),
]
