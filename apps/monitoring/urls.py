"""Addresses of the operators' pages, all under `/ops/`."""

from django.urls import path

from apps.monitoring import event_urls, mending_urls
from apps.monitoring.views import alerts, dashboard

app_name = "monitoring"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    *event_urls.urlpatterns,
    *mending_urls.urlpatterns,
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/rules/<slug:code>/", alerts.sensitivity, name="sensitivity"),
    path("alerts/rules/<slug:code>/reset/", alerts.reset, name="sensitivity-reset"),
    path("runbooks/", alerts.runbooks, name="runbooks"),
]
