"""Addresses of one's own account and of the team."""

from django.urls import path

from peersupport.accounts import notes, views

urlpatterns = [
    path("account/", views.AccountView.as_view(), name="account"),
    path("account/preferences/", views.PreferencesView.as_view(), name="preferences"),
    path("account/who-looked/", views.WhoLookedView.as_view(), name="who-looked"),
    path("account/consents/", views.ConsentsView.as_view(), name="consents"),
    path("account/consents/<str:kind>/", views.WithdrawConsentView.as_view(), name="withdraw-consent"),
    path("account/copy/", views.CopyView.as_view(), name="copy"),
    path("account/kept/", views.RetentionView.as_view(), name="retention"),
    path("account/delete/", views.DeleteAccountView.as_view(), name="delete-account"),
    path("account/second-factor/", views.SecondFactorNeededView.as_view(), name="second-factor-needed"),
    path("account/service/", views.MyServiceView.as_view(), name="my-service"),
    path("account/notes/", notes.NotesView.as_view(), name="notes"),
    path("account/notes/open/", notes.NotesOpenView.as_view(), name="notes-open"),
    path("account/notes/close/", notes.NotesLockView.as_view(), name="notes-lock"),
    path("account/notes/recover/", notes.NotesRecoverView.as_view(), name="notes-recover"),
    path("account/notes/before/", notes.NotesOldPasswordView.as_view(), name="notes-old-password"),
    path("account/notes/anew/", notes.NotesAnewView.as_view(), name="notes-anew"),
    path("account/notes/sheet/", notes.NotesSheetView.as_view(), name="notes-sheet"),
    path("account/notes/sheet/check/", notes.NotesSheetCheckView.as_view(), name="notes-sheet-check"),
    path("account/notes/without/", notes.NotesWithoutView.as_view(), name="notes-without"),
    path("account/notes/known/", notes.NotesKnownView.as_view(), name="notes-known"),
    path("accounts/by-link/", views.AskForSignInLinkView.as_view(), name="ask-for-sign-in-link"),
    path("accounts/by-link/<str:token>/", views.SignInByLinkView.as_view(), name="sign-in-by-link"),
    path("language/", views.set_language, name="set_language"),
    path("invited/<str:token>/", views.InvitedView.as_view(), name="invited"),
    path("team/", views.TeamView.as_view(), name="team"),
    path("team/invite/", views.InviteStaffView.as_view(), name="invite-staff"),
]
