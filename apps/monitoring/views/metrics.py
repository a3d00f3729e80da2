"""`/metrics`, for Prometheus."""

import ipaddress
from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from apps.monitoring.metrics import Figures


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Export the figures to who asks from this machine, or has the token."""
    if not (has_token(request) or is_local(request)):
        return HttpResponseForbidden(
            "Ask from this machine, or set METRICS_TOKEN and send it: Authorization: Bearer ...",
            content_type="text/plain; charset=utf-8",
        )
    registry = CollectorRegistry()
    registry.register(Figures())
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


def has_token(request: HttpRequest) -> bool:
    """Tell whether the token was sent."""
    told = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and compare_digest(told.encode(), settings.METRICS_TOKEN.encode())


def is_local(request: HttpRequest) -> bool:
    """Tell whether the request began on this machine: what a proxy passes on did not."""
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers or settings.TRUST_PROXY
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback and not passed_on
