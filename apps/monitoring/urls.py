"""Addresses of the operators' pages, all under `/ops/`."""

from django.urls import path

from apps.monitoring import event_urls, mending_urls
from apps.monitoring.views import dashboard

app_name = "monitoring"

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    *event_urls.urlpatterns,
    *mending_urls.urlpatterns,
]
