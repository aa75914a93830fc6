"""Addresses of the writing helper."""

from django.urls import path

from peersupport.writing_helper import views

urlpatterns = [
    path("words/look/", views.Look.as_view(), name="look-at-words"),
    path("words/role/", views.Fits.as_view(), name="fits-my-role"),
    path("words/glossary/", views.Glossary.as_view(), name="glossary"),
    path("words/glossary/<slug:language>/<slug:kind>/add/", views.EditEntry.as_view(), name="glossary-add"),
    path("words/glossary/<slug:language>/<slug:kind>/<slug:key>/", views.EditEntry.as_view(), name="glossary-entry"),
    path("words/glossary/<slug:language>/<slug:kind>/<slug:key>/ours/", views.UseOurs.as_view(), name="glossary-ours"),
]
