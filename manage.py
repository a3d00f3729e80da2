#!/usr/bin/env python
"""Run an administrative command with the project's settings."""

import os
import sys


def main() -> None:
    """Hand the command line to Django; what is wrong with the surroundings is said in one line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, connection

    from config.database import reason

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(f"manage.py: {error}")
    except OperationalError as error:
        if connection.connection is not None:
            raise
        sys.exit(f"manage.py: Cannot reach the database: {reason(error)}")


if __name__ == "__main__":
    main()
