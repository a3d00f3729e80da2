"""Addresses of what operators look up."""

from django.urls import path

from apps.monitoring.views import analytics, audit, events

urlpatterns = [
    path("analytics/", analytics.analytics, name="analytics"),
    path("analytics/events.csv", analytics.events_csv, name="analytics-events"),
    path("analytics/players.csv", analytics.players_csv, name="analytics-players"),
    path("audit/", audit.audit, name="audit"),
    path("events/", events.events, name="events"),
    path("events/<uuid:uid>/", events.event, name="event"),
    path("events/<uuid:uid>/personal/", events.personal, name="event-personal"),
    path("requests/<uuid:correlation_id>/", events.followed, name="request"),
]
