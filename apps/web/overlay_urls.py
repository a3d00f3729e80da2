"""Addresses of overlays: the pages of who makes them, and what OBS shows; a part of `urls`."""

from django.urls import path

from apps.web.views import overlay, overlays

urlpatterns = [
    path("overlays/", overlays.overlays, name="overlays"),
    path("overlays/<int:overlay_id>/", overlays.configure, name="overlay-settings"),
    path("overlays/<int:overlay_id>/preview/", overlay.preview, name="overlay-preview"),
    path("overlays/<int:overlay_id>/revocation/", overlays.revoke, name="overlay-revocation"),
    path("overlays/<int:overlay_id>/tests/", overlays.test, name="overlay-test"),
    path("overlay/<str:secret>/", overlay.overlay, name="overlay"),
    path("overlay/<str:secret>/local.html", overlay.local_file, name="overlay-file"),
]
