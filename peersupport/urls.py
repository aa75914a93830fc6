"""Every address of the product."""

from django.urls import include, path

from peersupport.home import HomeView
from peersupport.web.scripts import form_token
from peersupport.web.views import healthz, readyz

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("form-token/", form_token, name="form-token"),
    path("", include("peersupport.organization.urls")),
    path("", include("peersupport.accounts.urls")),
    path("", include("peersupport.notifications.urls")),
    path("", include("peersupport.writing_helper.urls")),
    path("", include("supporters.supervision.urls")),
    path("", include("supporters.training.urls")),
    path("", include("supporters.staffing.urls")),
    path("", include("supporters.urls")),
    path("", include("matching.urls")),
    path("", include("sessions_log.urls")),
    path("", include("hiring.urls")),
    path("", include("peersupport.reports.urls")),
    path("accounts/", include("allauth.urls")),
]
