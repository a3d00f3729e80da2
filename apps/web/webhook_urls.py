"""Addresses of the pages of webhooks, a part of `urls`."""

from django.urls import path

from apps.web.views import developers
from apps.web.views.settings import webhooks

urlpatterns = [
    path("settings/webhooks/", webhooks.webhooks, name="webhooks"),
    path("settings/webhooks/<int:endpoint_id>/", webhooks.webhook, name="webhook"),
    path("settings/webhooks/<int:endpoint_id>/secret/", webhooks.rotate, name="webhook-secret"),
    path("settings/webhooks/<int:endpoint_id>/state/", webhooks.switch, name="webhook-state"),
    path("settings/webhooks/<int:endpoint_id>/deletion/", webhooks.delete, name="webhook-deletion"),
    path("settings/webhooks/<int:endpoint_id>/tests/", webhooks.test, name="webhook-test"),
    path("settings/webhooks/<int:endpoint_id>/resending/", webhooks.resend, name="webhook-resending"),
    path(
        "settings/webhooks/<int:endpoint_id>/deliveries/<int:delivery_id>/",
        webhooks.delivery,
        name="delivery",
    ),
    path("developers/webhooks/", developers.webhooks, name="developers-webhooks"),
]
