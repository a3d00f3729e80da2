from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class EventsConfig(AppConfig):
    name = "apps.events"

    def ready(self) -> None:
        """Load every app's rooms that declare something, and store the declarations at `migrate`."""
        from apps.events import stored

        autodiscover_modules("signals", "receivers", "subscribers", "jobs", "figures")
        post_migrate.connect(stored.store, sender=self, dispatch_uid="events.store")
