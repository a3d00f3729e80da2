"""The house rules that no linter knows: `python -m tests.house_rules`, a step of `./dev check`.

1. A profile's display_name, avatar and bio are assigned in `apps/user_profile` only.
2. App code announces an event (`.send(...)`, `.send_many(...)`) in a method of a model, in a function that is
   decorated with `transaction.atomic`, or inside `with transaction.atomic():`.
3. Nothing fails silently: no bare `except`, no `except Exception` that does not raise again.
4. `signals` modules import nothing of ours but `apps.events`, and models of another app are not imported.
5. No file of ours has more than 500 lines, of the backbone 300; none holds the address of a package index.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeGuard

CHECKOUT = Path(__file__).resolve().parent.parent
PROFILE_FIELDS = {"display_name", "avatar", "bio"}
PROFILE_NAMES = re.compile(r"profile", re.IGNORECASE)
ANNOUNCING = {"send", "send_many"}
LINES_MAX = 500
EVENTS_LINES_MAX = 300
TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".in", ".txt", ".yml", ".yaml", ".cfg", ".sh", ""}
# What other people wrote, or a tool.
NOT_OURS = re.compile(
    r"^(data/|docs/events\.md$|requirements/.*\.txt$|.*/migrations/|LICEN[CS]E)|\.(csv|json|svg|png|lock)$"
)
INDEX_ADDRESS = re.compile(
    r"https?://[^\s\"')]*(?:pypi|pythonhosted|/simple\b|npmjs|registry\.)", re.IGNORECASE
)
OTHERS_ROOMS = {"models", "views", "api", "admin", "urls", "receivers", "subscribers"}


@dataclass(frozen=True)
class Breach:
    """A place where a rule is broken."""

    path: str
    line: int
    rule: str

    def __str__(self) -> str:
        """Return it as editors like to read it."""
        return f"{self.path}:{self.line}: {self.rule}"


def app_of(path: str) -> str | None:
    """Return the app a file belongs to, or None."""
    parts = PurePosixPath(path).parts
    return parts[1] if len(parts) > 2 and parts[0] == "apps" else None


def is_test(path: str) -> bool:
    """Return whether a file is test code."""
    return "tests" in PurePosixPath(path).parts or PurePosixPath(path).name in ("conftest.py", "testing.py")


def is_profile(node: ast.expr) -> bool:
    """Return whether an expression names a profile (`profile`, `user.userprofile`, `get_profile(...)`)."""
    if isinstance(node, ast.Call):
        return is_profile(node.func)
    if isinstance(node, ast.Attribute):
        return bool(PROFILE_NAMES.search(node.attr)) or (node.attr == "objects" and is_profile(node.value))
    return isinstance(node, ast.Name) and bool(PROFILE_NAMES.search(node.id))


def starts_at_profile(node: ast.expr) -> bool:
    """Return whether a chain of calls and attributes begins with a profile (`UserProfile.objects.all()`)."""
    while True:
        if is_profile(node):
            return True
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            node = node.value
        else:
            return False


def profile_writes(path: str, tree: ast.Module) -> Iterator[Breach]:
    """Yield assignments to a profile's own fields from outside its app (rule 1)."""
    if app_of(path) == "user_profile" or is_test(path):
        return
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AnnAssign | ast.AugAssign) else targets
        for target in (each for top in targets for each in ast.walk(top)):
            if (
                isinstance(target, ast.Attribute)
                and target.attr in PROFILE_FIELDS
                and is_profile(target.value)
            ):
                yield Breach(
                    path, node.lineno, f"assigns a profile's {target.attr} outside apps/user_profile"
                )
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "setattr" and len(node.args) == 3:
            name = node.args[1]
            if isinstance(name, ast.Constant) and name.value in PROFILE_FIELDS and is_profile(node.args[0]):
                yield Breach(path, node.lineno, f"assigns a profile's {name.value} outside apps/user_profile")
        if isinstance(node.func, ast.Attribute) and node.func.attr in (
            "update",
            "create",
            "update_or_create",
        ):
            for keyword in node.keywords:
                if keyword.arg in PROFILE_FIELDS and starts_at_profile(node.func.value):
                    yield Breach(
                        path, node.lineno, f"writes a profile's {keyword.arg} outside apps/user_profile"
                    )


def is_atomic(node: ast.expr) -> bool:
    """Return whether an expression is `transaction.atomic` or `atomic`, called or not."""
    if isinstance(node, ast.Call):
        node = node.func
    return (isinstance(node, ast.Attribute) and node.attr == "atomic") or (
        isinstance(node, ast.Name) and node.id == "atomic"
    )


def in_models(path: str) -> bool:
    """Return whether a file is an app's `models` room."""
    parts = PurePosixPath(path).parts
    return len(parts) > 2 and (parts[2] == "models.py" or parts[2] == "models")


def announces(node: ast.AST) -> TypeGuard[ast.Call]:
    """Return whether this is a call of `<something>.send(...)` or `.send_many(...)`."""
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ANNOUNCING
    )


def loose_sends(path: str, tree: ast.Module) -> Iterator[Breach]:
    """Yield announcements that are not bound to a row's transaction (rule 2)."""
    if app_of(path) in (None, "events") or is_test(path):
        return

    def visit(node: ast.AST, inside: bool, in_class: bool) -> Iterator[Breach]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            # A function defined inside runs later, maybe after the commit: it has to be safe by itself.
            inside = any(is_atomic(each) for each in node.decorator_list) or (in_class and in_models(path))
            in_class = False
        elif isinstance(node, ast.ClassDef):
            inside, in_class = False, True
        elif isinstance(node, ast.Lambda):
            inside = False
        elif isinstance(node, ast.With):
            inside = inside or any(is_atomic(item.context_expr) for item in node.items)
        elif not inside and announces(node):
            yield Breach(path, node.lineno, "announces outside a model's method and an atomic block")
        for child in ast.iter_child_nodes(node):
            yield from visit(child, inside, in_class)

    yield from visit(tree, inside=False, in_class=False)


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Return whether a handler catches everything."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in BROAD) for kind in kinds)


BROAD = {"Exception", "BaseException"}


def silent_failures(path: str, tree: ast.Module) -> Iterator[Breach]:
    """Yield handlers that catch everything and do not raise it again (rule 3)."""
    if app_of(path) is None:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler) or not is_broad(node):
            continue
        if not any(isinstance(each, ast.Raise) for each in ast.walk(node)):
            yield Breach(path, node.lineno, "catches every exception and does not raise it again")


def modules_of(node: ast.AST) -> Iterator[str]:
    """Yield the full names that an import statement may bind."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def foreign_imports(path: str, tree: ast.Module) -> Iterator[Breach]:
    """Yield imports that reach into another app's rooms, or out of a signals module (rule 4)."""
    app = app_of(path)
    if app is None or is_test(path):
        return
    signals = PurePosixPath(path).parts[2] in ("signals.py", "signals")
    for node in ast.walk(tree):
        for name in modules_of(node):
            parts = name.split(".")
            if parts[0] not in ("apps", "config") or len(parts) < 2:
                continue
            if signals and parts[1] != "events":
                yield Breach(path, node.lineno, f"a signals module imports {name}")
            elif parts[0] == "apps" and parts[1] not in (app, "events") and set(parts[2:3]) & OTHERS_ROOMS:
                yield Breach(path, node.lineno, f"imports {'.'.join(parts[:3])}, a room of another app")


def oversized(path: str, text: str) -> Iterator[Breach]:
    """Yield files that are too long, and addresses of package indexes (rule 5)."""
    lines = text.splitlines()
    most = EVENTS_LINES_MAX if path.startswith("apps/events/") and path.endswith(".py") else LINES_MAX
    if len(lines) > most:
        yield Breach(path, most, f"has {len(lines)} lines, more than {most}")
    for number, line in enumerate(lines, 1):
        if INDEX_ADDRESS.search(line):
            yield Breach(path, number, "holds the address of a package index")


RULES = (profile_writes, loose_sends, silent_failures, foreign_imports)


def breaches(path: str, text: str) -> list[Breach]:
    """Return every breach in one file, given its path from the top and its text."""
    found = [] if NOT_OURS.search(path) else list(oversized(path, text))
    if path.endswith(".py"):
        tree = ast.parse(text, path)
        found += [breach for rule in RULES for breach in rule(path, tree)]
    if path.startswith("requirements/"):
        found += [
            Breach(path, n, "holds an address")
            for n, line in enumerate(text.splitlines(), 1)
            if "://" in line
        ]
    return found


def our_files() -> Iterator[str]:
    """Yield the paths that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    for path in sorted(set(listed.stdout.split("\0")) - {""}):
        if PurePosixPath(path).suffix in TEXT and (CHECKOUT / path).is_file():
            yield path


def main() -> int:
    """Print every breach in the checkout; return 1 when there is one."""
    found = [breach for path in our_files() for breach in breaches(path, (CHECKOUT / path).read_text())]
    for breach in found:
        sys.stdout.write(f"{breach}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
