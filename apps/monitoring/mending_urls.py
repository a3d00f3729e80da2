"""Addresses of what operators mend."""

from django.urls import path

from apps.monitoring.views import dead_letters, operations, subscribers

urlpatterns = [
    path("dead-letters/", dead_letters.dead_letters, name="dead-letters"),
    path("dead-letters/decisions/", dead_letters.decide, name="decide"),
    path("dead-letters/<int:letter_id>/", dead_letters.dead_letter, name="dead-letter"),
    path("operations/", operations.operations, name="operations"),
    path("operations/<int:operation_id>/", operations.operation, name="operation"),
    path("operations/<int:operation_id>/acts/", operations.act, name="operation-act"),
    path("subscribers/", subscribers.subscribers, name="subscribers"),
    path("subscribers/<str:name>/", subscribers.subscriber, name="subscriber"),
    path("subscribers/<str:name>/state/", subscribers.switch, name="subscriber-state"),
    path("subscribers/<str:name>/replay/", subscribers.replay, name="replay"),
    path("subscribers/<str:name>/rebuild/", subscribers.rebuild, name="rebuild"),
]
