"""The words of `manage.py events`, by what they are about."""
