"""Addresses of the operators' pages, all under `/ops/`."""

from django.urls import path

from apps.monitoring.views import alerts, dashboard

app_name = "monitoring"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/rules/<slug:code>/", alerts.sensitivity, name="sensitivity"),
    path("alerts/rules/<slug:code>/reset/", alerts.reset, name="sensitivity-reset"),
    path("runbooks/", alerts.runbooks, name="runbooks"),
]
