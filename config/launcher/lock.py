"""`./dev lock`: compile the requirement files again, with hashes and without the address of any index."""

from __future__ import annotations

import os
import subprocess
import sys

from config.launcher.talk import CHECKOUT, Problem, say

OLDEST_PYTHON = "3.12"


def main(arguments: list[str]) -> int:
    """Write uv.txt, runtime.txt and dev.txt; arguments go to the compiler (`--upgrade`)."""
    uv = os.environ.get("DELTACROWN_UV")
    if not uv:
        raise Problem("uv cannot be had: requirement files are compiled by it alone.")
    folder = CHECKOUT / "requirements"
    for name, more in (("uv", []), ("runtime", []), ("dev", ["-c", "requirements/runtime.txt"])):
        subprocess.run(
            [uv, "pip", "compile", "-q", "--universal", "--python-version", OLDEST_PYTHON,
             "--python", sys.executable, "--generate-hashes",
             "--no-header", "--no-annotate", *more, *arguments,
             f"requirements/{name}.in", "-o", f"requirements/{name}.txt"],
            cwd=CHECKOUT, check=True, env={**os.environ, "UV_PYTHON_DOWNLOADS": "never"},
        )  # fmt: skip
        if "://" in (folder / f"{name}.txt").read_text():
            raise Problem(f"requirements/{name}.txt holds an address.")
        say(f"wrote requirements/{name}.txt")
    return 0
