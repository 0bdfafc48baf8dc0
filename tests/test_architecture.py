"""Imports go one way, libraries stay in their room, and there is one clock."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

LEVELS = (
    ("errors", "messages", "i18n", "config", "commands"),
    ("faq", "casefile", "flows", "documents"),
    ("store",),
    ("operators",),
    ("assistant",),
    ("app",),
    ("channels",),
    ("cli", "catalogues", "__main__"),
)
"""Each room may use its own level and those before it."""

ONLY_IN = {"telegram": "channels", "sqlite_utils": "store"}
CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "localtime", "gmtime"}

MODULES = sorted((ROOT / "bot").rglob("*.py"))


def room(module: str) -> str:
    """`bot.faq.text` is in `faq`; the package itself is in none."""
    return module.split(".")[1] if "." in module else ""


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every imported module with its line, wherever in the file it is."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            module = node.module or ""
            if module == "bot":
                yield from ((node.lineno, f"bot.{alias.name}") for alias in node.names)
            else:
                yield node.lineno, module


def test_every_room_has_a_level() -> None:
    rooms = {room(name_of(path)) for path in MODULES} - {""}
    assert rooms == {name for level in LEVELS for name in level}


def test_imports_go_one_way() -> None:
    level = {name: number for number, names in enumerate(LEVELS) for name in names}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in MODULES
        for line, module in imports(path)
        if module.startswith("bot.")
        and room(module) in level
        and room(name_of(path)) != ""
        and level[room(module)] > level[room(name_of(path))]
    ]
    assert wrong == []


def test_each_library_stays_in_its_room() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {module}"
        for path in MODULES
        for line, module in imports(path)
        if ONLY_IN.get(module.split(".")[0], room(name_of(path))) != room(name_of(path))
    ]
    assert wrong == []


def test_only_the_wiring_looks_at_the_clock() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls {ast.unparse(node.func)}()"
        for path in MODULES
        if name_of(path) != "bot.app"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in CLOCKS
        and ast.unparse(node.func.value).split(".")[-1] in {"datetime", "date", "time"}
    ]
    assert wrong == []
