from django.apps import AppConfig
from django.db.models.signals import post_migrate


class EconomyConfig(AppConfig):
    name = "apps.economy"

    def ready(self) -> None:
        """Put the first items on sale at every `migrate`."""
        from apps.economy import catalogue

        post_migrate.connect(catalogue.write, sender=self, dispatch_uid="economy.catalogue")
