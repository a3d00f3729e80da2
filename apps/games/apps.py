from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GamesConfig(AppConfig):
    name = "apps.games"

    def ready(self) -> None:
        """Write the reference rows at every `migrate`."""
        from apps.games import reference

        post_migrate.connect(reference.write, sender=self, dispatch_uid="games.reference")
