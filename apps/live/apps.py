from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class LiveConfig(AppConfig):
    name = "apps.live"

    def ready(self) -> None:
        """Load the channels of every app."""
        autodiscover_modules("channels")
