"""Addresses of the operators' pages, all under `/ops/`."""

from django.urls import path

from apps.monitoring.views import dashboard

app_name = "monitoring"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
]
