"""Every text that clients read, with its place; and the marks set in the files themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.faq import typography
from bot.faq.entry import Answer, Knowledge
from bot.i18n import LANGUAGES

OFF_TOPIC = "hors-sujet"
HELD_OUT = "essais"
_NOT_ANSWERS = {"lettres", "cases", HELD_OUT}
_FRENCH_KEYS = {"fr", "label", "source", "check", "basis"}
_FILE = re.compile(r"(?P<id>.+)\.(?P<language>fr|en)\.md")


@dataclass(frozen=True, slots=True)
class Text:
    """One line or one value that clients may read.

    Attributes:
        line: starts at 1.
        filled: placeholders are filled in it.
        data: it stands in a YAML file.
    """

    text: str
    language: str
    path: Path
    line: int
    filled: bool = True
    data: bool = False


def read_texts(knowledge: Knowledge) -> tuple[Text, ...]:
    """The questions, sources and lines of the answers, the replies, and the data's values."""
    found: list[Text] = []
    for entry in knowledge.entries.values():
        for answer in entry.answers.values():
            found += _of_answer(answer)
    for kind, topic in knowledge.off_topic.items():
        for language in topic.replies:
            path = reply_path(knowledge, kind, language)
            for number, line in enumerate(_read(path).split("\n"), 1):
                found.append(Text(line, language, path, number, filled=False))
    for path in data_files(knowledge.root):
        for node, language in _scalars(yaml.compose(_read(path), yaml.SafeLoader)):
            found.append(Text(node.value, language, path, node.start_mark.line + 1, data=True))
    return tuple(found)


def reply_path(knowledge: Knowledge, kind: str, language: str) -> Path:
    """Where the reply of a kind of what is not ours stands."""
    return knowledge.root / OFF_TOPIC / f"{kind}.{language}.md"


def markdown_files(root: Path) -> Iterator[tuple[Path, str]]:
    """The answers and the replies under `root`, each with its language."""
    for path in sorted(root.glob("*/*.md")):
        match = _FILE.fullmatch(path.name)
        if match and path.parent.name not in _NOT_ANSWERS:
            yield path, match["language"]


def data_files(root: Path) -> list[Path]:
    """The YAML files that hold texts."""
    return [path for path in sorted(root.glob("*.yaml")) if path.stem != "thresholds"]


def rewrite(root: Path) -> list[Path]:
    """Set the marks in every answer, reply and data file; only texts are touched.

    Args:
        root: the knowledge folder.

    Returns:
        The files that changed.
    """
    changed = []
    for path, language in markdown_files(root):
        before = _read(path)
        after = _set(before, language, markdown=True)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(path)
    for path in data_files(root):
        before = _read(path)
        after = rewrite_data(before)
        if after != before:
            path.write_text(after, encoding="utf-8")
            changed.append(path)
    return changed


def rewrite_data(text: str) -> str:
    """A YAML file with the marks set in its texts; comments, order and quoting stay.

    What would be read otherwise afterwards is left as it was.
    """
    try:
        scalars = list(_scalars(yaml.compose(text, yaml.SafeLoader)))
        after = _edited(text, scalars)
        read = list(_scalars(yaml.compose(after, yaml.SafeLoader)))
        if len(read) != len(scalars):
            return text
        safe = [
            (old, language)
            for (old, language), (new, _) in zip(scalars, read, strict=True)
            if new.value == _set(old.value, language, markdown=False)
        ]
        after = _edited(text, safe)
        yaml.compose(after, yaml.SafeLoader)
    except yaml.YAMLError:
        return text
    return after


def _edited(text: str, scalars: list[tuple[yaml.ScalarNode, str]]) -> str:
    for node, language in sorted(scalars, key=lambda s: -s[0].start_mark.index):
        start, end = node.start_mark.index, node.end_mark.index
        text = text[:start] + _edited_scalar(text[start:end], node, language) + text[end:]
    return text


def _edited_scalar(source: str, node: yaml.ScalarNode, language: str) -> str:
    if node.style == '"' and "\\" in source:
        return source
    if node.style == "'":
        inner = _set(source[1:-1].replace("''", "'"), language, markdown=False)
        return "'" + inner.replace("'", "''") + "'"
    if node.style == '"':
        return f'"{_set(source[1:-1], language, markdown=False)}"'
    return _set(source, language, markdown=False)


def _set(text: str, language: str, *, markdown: bool) -> str:
    setter = typography.french if language == "fr" else typography.english
    return setter(text, markdown=markdown)


def _of_answer(answer: Answer) -> Iterator[Text]:
    yield Text(answer.question, answer.language, answer.path, answer.lines["question"])
    for index, source in enumerate(answer.sources):
        line = line_of(answer, f"sources.{index}")
        yield Text(
            f"{source.reference} {source.check}".strip(), answer.language, answer.path, line
        )
    for number, line_text in body(answer):
        yield Text(line_text, answer.language, answer.path, number)


def body(answer: Answer) -> Iterator[tuple[int, str]]:
    """The lines under the head, each with its number in the file."""
    yield from enumerate(answer.raw.split("\n"), answer.lines["body"])


def line_of(answer: Answer, field: str) -> int:
    """The line of a field of the head such as `related.0`, or of what holds it."""
    return answer.lines.get(field) or answer.lines.get(field.partition(".")[0], 1)


def _scalars(node: Any, key: str = "") -> Iterator[tuple[yaml.ScalarNode, str]]:
    if isinstance(node, yaml.MappingNode):
        for name, value in node.value:
            yield from _scalars(value, name.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _scalars(value, key)
    elif isinstance(node, yaml.ScalarNode):
        if key in _FRENCH_KEYS or key.endswith("_fr"):
            yield node, "fr"
        elif key == "en" or key.endswith("_en"):
            yield node, "en"


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


assert set(LANGUAGES) == {"fr", "en"}
