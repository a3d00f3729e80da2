"""Makes the table in `docs/settings.md`: `python -m config.settings_table [--check] FILE`."""

from __future__ import annotations

import sys
from pathlib import Path

from config.env import VARIABLES

HEAD = """# Settings

Every setting is an environment variable; there is no settings file. This table is made from `config/env.py`
by `python -m config.settings_table docs/settings.md`.

With neither `DATABASE_URL` nor `SECRET_KEY` set, the checkout is a **demo**: an embedded PostgreSQL, a key
that is made once, a demo account, plain http on 127.0.0.1. Outside the demo the defaults are the safe ones.

| variable | form | default | meaning |
| --- | --- | --- | --- |
"""


def table() -> str:
    """Return the document."""
    return HEAD + "".join(f"| `{v.name}` | {v.form} | {v.default} | {v.meaning} |\n" for v in VARIABLES)


def main(arguments: list[str]) -> int:
    """Write the document, or with --check only compare."""
    path = Path(arguments[-1])
    if "--check" not in arguments:
        path.parent.mkdir(exist_ok=True)
        path.write_text(table())
    elif not path.exists() or path.read_text() != table():
        sys.stderr.write(f"{path} is stale: python -m config.settings_table {path}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
