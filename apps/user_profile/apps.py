from django.apps import AppConfig


class UserProfileConfig(AppConfig):
    name = "apps.user_profile"
