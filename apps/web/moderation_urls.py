"""Addresses of reports and moderation, a part of `urls`."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from apps.web.views import moderation


class SubjectKind(StringConverter):
    """What can be reported."""

    regex = "post|comment|player"


register_converter(SubjectKind, "subject")

urlpatterns = [
    path("reports/<subject:kind>/<int:key>/", moderation.report, name="report"),
    path("moderation/", moderation.queue, name="moderation"),
    path("moderation/<subject:kind>/<int:key>/", moderation.case, name="case"),
    path("moderation/restrictions/<int:restriction_id>/end/", moderation.lift, name="restriction-end"),
]
