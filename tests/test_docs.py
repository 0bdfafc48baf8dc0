"""The README tells of every command and every setting, and of no others."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from bot.cli import main
from bot.config import Settings
from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(group: click.Group, prefix: str = "") -> Iterator[tuple[str, click.Command]]:
    for name, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


COMMANDS = dict(commands(main))


def documented() -> list[str]:
    """The commands in the first column of the table: `recours knowledge check`, `fix`, …"""
    found = []
    for line in README.splitlines():
        if not line.startswith("| `recours "):
            continue
        prefix = ""
        for code in re.findall(r"`([^`]+)`", line.split(" | ")[0]):
            words = [w for w in code.removeprefix("recours ").split() if re.fullmatch("[a-z]+", w)]
            if code.startswith("recours ") and len(words) > 1:
                prefix = words[0] + " "
                words = words[1:]
            found.append(prefix + words[0])
    return found


def test_the_readme_tells_of_every_command_and_no_other() -> None:
    assert set(documented()) == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_says_what_it_does(name: str) -> None:
    text = COMMANDS[name].help
    assert text
    assert text.strip().endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_says_what_it_does(name: str) -> None:
    silent = [
        parameter.name
        for parameter in COMMANDS[name].params
        if isinstance(parameter, click.Option) and not parameter.help
    ]
    assert silent == []


def test_the_readme_tells_of_every_setting_and_no_other() -> None:
    told = set(re.findall(r"RECOURS_[A-Z_]+", README))
    assert told == {f"RECOURS_{name.upper()}" for name in Settings.model_fields}
