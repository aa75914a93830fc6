"""Addresses of the writing helper."""

from django.urls import path

from peersupport.writing_helper import views

urlpatterns = [
    path("words/look/", views.LookAtWordsView.as_view(), name="look-at-words"),
    path("words/role/", views.FitsMyRoleView.as_view(), name="fits-my-role"),
    path("words/glossary/", views.GlossaryView.as_view(), name="glossary"),
    path("words/glossary/<slug:language>/<slug:kind>/add/", views.GlossaryAddView.as_view(), name="glossary-add"),
    path(
        "words/glossary/<slug:language>/<slug:kind>/<slug:key>/", views.GlossaryAddView.as_view(), name="glossary-entry"
    ),
    path(
        "words/glossary/<slug:language>/<slug:kind>/<slug:key>/ours/",
        views.GlossaryOursView.as_view(),
        name="glossary-ours",
    ),
]
