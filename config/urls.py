"""Every address of the site; each app that has pages brings its own list."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from apps.monitoring.views import metrics
from apps.web.views.faults import not_found
from config import health, media, openapi
from config.api import api, unversioned

handler400 = "apps.web.views.faults.bad_request"

urlpatterns = [
    path("health/live", health.live),
    path("health/ready", health.ready),
    path("metrics", metrics.metrics, name="metrics"),
    path("api/v1/openapi.json", openapi.served, name="openapi"),
    path("api/v1/", api.urls),
    path("api/", unversioned.urls),
    path("admin/", admin.site.urls),
    path("ops/", include("apps.monitoring.urls")),
    # Steam is made of OpenID; any other site that speaks it could say who anybody is.
    re_path(r"^accounts/openid/", not_found),
    path("accounts/", include("allauth.urls")),
    path("", include("apps.web.urls")),
]

if settings.SERVE_MEDIA:
    urlpatterns.append(path("media/<path:path>", media.served))
