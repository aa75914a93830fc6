"""The two pages of the bare project: session, user and a tiny template; a table of 100 rows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tests.benchmarks.bare.models import Row


@login_required
def me(request: HttpRequest) -> HttpResponse:
    return render(request, "me.html")


@login_required
def table(request: HttpRequest) -> HttpResponse:
    return render(request, "table.html", {"rows": Row.objects.order_by("name", "pk")[:100]})


urlpatterns = [path("me/", me), path("table/", table)]
