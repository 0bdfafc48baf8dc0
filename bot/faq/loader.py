"""Reads `knowledge/`: every fault is told as `path:line: CODE reason`, all of them at once.

YAML is read as plain strings (`on` is a French word, `14:30` is not a number), with the line of
each value; pydantic then checks them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from yaml.nodes import Node, ScalarNode, SequenceNode

from bot.errors import KnowledgeError
from bot.faq.entry import (
    PROFILES,
    Answer,
    Entry,
    HeldOut,
    IncidentKind,
    KindQuestion,
    Knowledge,
    OffTopic,
    Phrasing,
    Proof,
    Source,
    Value,
)
from bot.faq.text import fold
from bot.i18n import LANGUAGES, Translator

PLACEHOLDER = re.compile(r"\{\{\s*([a-z0-9_]+)\s*\}\}")
_FRONT = re.compile(r"\A---\n(.*?\n)---\n(.*)\Z", re.DOTALL)
_PLAIN = re.compile(r"^(\s*-\s+|\w+:[ \t]+)(?![\"'\[{|>])(.+)$", re.MULTILINE)
_OFF_TOPIC = "hors-sujet"
_HELD_OUT = "essais"
_NOT_TOPICS = {_OFF_TOPIC, _HELD_OUT, "lettres", "cases"}
_UNITS = {
    "heure": ("heure", "heures", "hour", "hours"),
    "jour": ("jour", "jours", "day", "days"),
    "jour ouvré": ("jour ouvré", "jours ouvrés", "working day", "working days"),
    "semaine": ("semaine", "semaines", "week", "weeks"),
    "mois": ("mois", "mois", "month", "months"),
    "an": ("an", "ans", "year", "years"),
    "salarié": ("salarié", "salariés", "employee", "employees"),
}


M = TypeVar("M", bound=BaseModel)


class Faults:
    """Collects what is wrong, so that an editor is told everything at once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = []

    def add(self, path: Path, line: int, code: str, reason: str) -> None:
        """Note one fault; `line` starts at 1."""
        shown = path.relative_to(self.root.parent) if path.is_relative_to(self.root) else path
        self.lines.append(f"{shown}:{line}: {code} {reason}")


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Texts = Annotated[list[str], BeforeValidator(_as_list)]


class _Front(BaseModel):
    model_config = ConfigDict(extra="forbid")
    question: str = Field(min_length=5)
    reviewed: date
    sources: Texts = Field(min_length=1)
    related: Texts = []
    actions: Texts = []
    profiles: Texts = list(PROFILES)
    urgent: bool = False


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = Field(pattern=r"^[a-z0-9_]+$")
    value: Decimal
    unit: str
    label: str
    source: str
    as_of: date
    url: str = ""
    check: str = ""


class _Choice(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str
    fr: str
    en: str


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str
    answer: str = Field(pattern="^(text|choice|number|money|yes-no|day)$")
    ask_fr: str
    ask_en: str
    label_fr: str
    label_en: str
    choices: list[_Choice] = []


class _Proof(BaseModel):
    model_config = ConfigDict(extra="forbid")
    key: str
    fr: str
    en: str
    words: Texts = []


class _Kind(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    fr: str
    en: str
    words: Texts = []
    questions: list[_Question] = []
    proofs: list[_Proof] = []


def load(root: Path) -> Knowledge:
    """Everything under `root`.

    Raises:
        KnowledgeError: something can't be read; `findings` has every fault.
    """
    if not root.is_dir():
        raise KnowledgeError([f"{root}:1: K001 there is no such folder; set RECOURS_KNOWLEDGE"])
    faults = Faults(root)
    reader = _Reader(root, faults)
    values = {v.id: v for v in reader.values(root / "values.yaml")}
    topics = reader.topics(root / "topics.yaml")
    entries = reader.entries(values, [topic for topic, _ in topics])
    knowledge = Knowledge(
        entries=entries,
        topics=topics,
        off_topic=reader.off_topic(root / _OFF_TOPIC),
        values=values,
        kinds={kind.id: kind for kind in reader.kinds(root / "incidents.yaml")},
        synonyms=reader.synonyms(root / "synonyms.txt"),
        held_out=tuple(reader.held_out(root / _HELD_OUT)),
        root=root,
        fingerprint=reader.digest.hexdigest(),
        data={
            path.stem: reader.yaml(path)[0]
            for path in sorted(root.glob("*.yaml"))
            if path.stem not in {"values", "topics", "incidents"}
        }
        | {"lettres": {p.name: reader.text(p) for p in sorted(root.glob("lettres/*.??.md"))}},
    )
    if faults.lines:
        raise KnowledgeError(sorted(faults.lines, key=_by_place))
    return knowledge


def _by_place(line: str) -> tuple[str, int]:
    path, number, _ = line.split(":", 2)
    return path, int(number)


class _Reader:
    """Reads one folder, noting faults and a fingerprint of every byte read."""

    def __init__(self, root: Path, faults: Faults) -> None:
        self.root = root
        self.faults = faults
        self.digest = hashlib.sha256()

    def text(self, path: Path) -> str:
        """A file's text, or nothing with a fault."""
        try:
            raw = path.read_bytes()
        except OSError as error:
            self.faults.add(path, 1, "K002", f"the file can't be read ({error.strerror})")
            return ""
        self.digest.update(path.relative_to(self.root).as_posix().encode() + b"\0" + raw)
        try:
            return raw.decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            self.faults.add(path, line, "K003", "not UTF-8 text; save the file as UTF-8")
            return ""

    def yaml(
        self, path: Path, text: str | None = None, first: int = 0
    ) -> tuple[Any, dict[str, int]]:
        """Plain strings, lists and dicts, and the line of each path such as `sources.0`."""
        if text is None:
            text = self.text(path) if path.is_file() else ""
        lines: dict[str, int] = {}
        try:
            node = yaml.compose(text, yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            line = (error.problem_mark.line + 1 if error.problem_mark else 1) + first
            self.faults.add(
                path, line, "K004", f"can't be read: {error.problem}; check quotes and colons"
            )
            return None, lines
        except yaml.YAMLError as error:
            self.faults.add(path, 1 + first, "K004", f"can't be read: {error}".split("\n")[0])
            return None, lines
        return (None if node is None else self._plain(path, node, "", lines, first)), lines

    def _plain(self, path: Path, node: Node, name: str, lines: dict[str, int], first: int) -> Any:
        line = node.start_mark.line + 1 + first
        lines[name] = line
        prefix = name + "." if name else ""
        if isinstance(node, ScalarNode):
            return str(node.value)
        if isinstance(node, SequenceNode):
            return [
                self._plain(path, item, f"{prefix}{i}", lines, first)
                for i, item in enumerate(node.value)
            ]
        found: dict[str, Any] = {}
        for key, item in node.value:
            if key.value in found:
                at = key.start_mark.line + 1 + first
                self.faults.add(path, at, "K005", f"{key.value!r} is there twice; keep one")
            found[key.value] = self._plain(path, item, prefix + key.value, lines, first)
            lines[prefix + key.value] = key.start_mark.line + 1 + first
        return found

    def check(
        self, model: type[M], plain: Any, path: Path, lines: Mapping[str, int], prefix: str = ""
    ) -> M | None:
        """`plain` as `model`, or None with a fault for each thing wrong."""
        try:
            return model.model_validate(plain)
        except ValidationError as error:
            for fault in error.errors():
                name = ".".join([*([prefix] if prefix else []), *map(str, fault["loc"])])
                line = (
                    lines.get(name) or lines.get(name.rpartition(".")[0]) or lines.get(prefix, 1)
                )
                field = ".".join(map(str, fault["loc"])) or "file"
                self.faults.add(path, line, "K010", f"{field}: {fault['msg']}")
            return None

    def items(self, path: Path, model: type[M]) -> Iterator[tuple[M, int]]:
        """The items of a YAML list, each with its line."""
        plain, lines = self.yaml(path)
        if plain is None:
            return
        if not isinstance(plain, list):
            self.faults.add(path, 1, "K011", "expected a list: each item begins with “- ”")
            return
        for index, item in enumerate(plain):
            found = self.check(model, item, path, lines, str(index))
            if found is not None:
                yield found, lines[str(index)]

    def phrasings(self, path: Path, language: str) -> Iterator[Phrasing]:
        """The lines of a file, less comments and blank ones."""
        if not path.is_file():
            return
        for number, line in enumerate(self.text(path).split("\n"), 1):
            text = line.strip()
            if text and not text.startswith("#"):
                yield Phrasing(text, language, path, number)

    def topics(self, path: Path) -> tuple[tuple[str, dict[str, str]], ...]:
        """The topics in the order they are offered."""
        return tuple(
            (topic.key, {"fr": topic.fr, "en": topic.en}) for topic, _ in self.items(path, _Choice)
        )

    def values(self, path: Path) -> Iterator[Value]:
        """The dated values."""
        seen: set[str] = set()
        for item, line in self.items(path, _Value):
            if item.unit not in {*_UNITS, "EUR", "%"}:
                known = ", ".join([*_UNITS, "EUR", "%"])
                self.faults.add(path, line, "K012", f"unit {item.unit!r} is not one of: {known}")
                continue
            if item.id in seen:
                self.faults.add(path, line, "K013", f"value {item.id!r} is there twice; keep one")
                continue
            seen.add(item.id)
            yield Value(**item.model_dump(), line=line)

    def kinds(self, path: Path) -> Iterator[IncidentKind]:
        """The incident kinds."""
        for item, _ in self.items(path, _Kind):
            yield IncidentKind(
                id=item.id,
                label={"fr": item.fr, "en": item.en},
                words=tuple(item.words),
                questions=tuple(
                    KindQuestion(
                        key=q.key,
                        ask={"fr": q.ask_fr, "en": q.ask_en},
                        label={"fr": q.label_fr, "en": q.label_en},
                        answer=q.answer,
                        choices=tuple((c.key, {"fr": c.fr, "en": c.en}) for c in q.choices),
                    )
                    for q in item.questions
                ),
                proofs=tuple(
                    Proof(p.key, {"fr": p.fr, "en": p.en}, tuple(p.words)) for p in item.proofs
                ),
            )

    def synonyms(self, path: Path) -> dict[str, tuple[str, ...]]:
        """`word = other word, other words`: what is read as what."""
        found: dict[str, tuple[str, ...]] = {}
        for phrasing in self.phrasings(path, "fr"):
            left, equals, right = phrasing.text.partition("=")
            meanings = tuple(fold(part) for part in right.split(",") if part.strip())
            if not equals or not fold(left) or not meanings:
                reason = "write it as: word = meaning, other meaning"
                self.faults.add(path, phrasing.line, "K014", reason)
                continue
            found[fold(left)] = found.get(fold(left), ()) + meanings
        return found

    def held_out(self, folder: Path) -> Iterator[HeldOut]:
        """`question => id, id`, or `question => -` for what is not ours."""
        for path in sorted(folder.glob("*.??.txt")):
            for phrasing in self.phrasings(path, path.suffixes[0][1:]):
                question, arrow, right = phrasing.text.rpartition("=>")
                question = question.strip()
                if not arrow or not question:
                    reason = "write it as: question => entry (or => - when it is not ours)"
                    self.faults.add(path, phrasing.line, "K015", reason)
                    continue
                ids = tuple(
                    part.strip() for part in right.split(",") if part.strip() not in {"", "-"}
                )
                yield HeldOut(question, phrasing.language, ids, path, phrasing.line)

    def off_topic(self, folder: Path) -> dict[str, OffTopic]:
        """The kinds of what is not ours."""
        found: dict[str, OffTopic] = {}
        for path in sorted(folder.glob("*.fr.txt")):
            kind = path.name.removesuffix(".fr.txt")
            replies = {
                language: self.text(reply).strip()
                for language in LANGUAGES
                if (reply := folder / f"{kind}.{language}.md").is_file()
            }
            for language in LANGUAGES:
                if not replies.get(language):
                    self.faults.add(
                        path, 1, "K016", f"no reply: write {kind}.{language}.md beside it"
                    )
            phrasings = tuple(
                phrasing
                for language in LANGUAGES
                for phrasing in self.phrasings(folder / f"{kind}.{language}.txt", language)
            )
            found[kind] = OffTopic(kind, replies, phrasings)
        return found

    def entries(self, values: Mapping[str, Value], topics: list[str]) -> dict[str, Entry]:
        """Every entry of every topic, in the order of the topics."""
        found: dict[str, Entry] = {}
        folders = sorted(
            p for p in self.root.iterdir() if p.is_dir() and p.name not in _NOT_TOPICS
        )
        for folder in folders:
            if folder.name not in topics:
                self.faults.add(
                    folder, 1, "K017", "this topic is not in topics.yaml; add it there"
                )
        for topic in topics:
            for path in sorted((self.root / topic).glob("*.fr.md")):
                entry = self._entry(path.name.removesuffix(".fr.md"), topic, values)
                if entry.id in found:
                    self.faults.add(
                        path, 1, "K018", f"{entry.id} also is in {found[entry.id].topic}/"
                    )
                found[entry.id] = entry
        return found

    def _entry(self, name: str, topic: str, values: Mapping[str, Value]) -> Entry:
        folder = self.root / topic
        answers = {}
        for language in LANGUAGES:
            path = folder / f"{name}.{language}.md"
            if path.is_file():
                answer = self._answer(path, name, language, values)
                if answer is not None:
                    answers[language] = answer
        phrasings = tuple(
            phrasing
            for language in LANGUAGES
            for phrasing in self.phrasings(folder / f"{name}.{language}.txt", language)
        )
        return Entry(name, topic, answers, phrasings)

    def _answer(
        self, path: Path, name: str, language: str, values: Mapping[str, Value]
    ) -> Answer | None:
        text = self.text(path)
        match = _FRONT.match(text)
        if match is None:
            self.faults.add(
                path, 1, "K020", "the file must begin with a head between two lines of ---"
            )
            return None
        plain, lines = self.yaml(path, _PLAIN.sub(_quote, match[1]), first=1)
        if isinstance(plain, dict) and "urgent" in plain:
            plain["urgent"] = {"yes": True, "oui": True, "no": False, "non": False}.get(
                plain["urgent"], plain["urgent"]
            )
        front = None if plain is None else self.check(_Front, plain, path, lines)
        if front is None:
            return None
        body_line = match[1].count("\n") + 3
        raw = match[2].strip()
        lead, _, more = fill(raw, values, language).partition("\n\n")
        return Answer(
            entry=name,
            language=language,
            question=front.question,
            lead=lead.strip(),
            more=more.strip(),
            sources=tuple(_source(text) for text in front.sources),
            related=tuple(front.related),
            actions=tuple(front.actions),
            profiles=tuple(front.profiles),
            reviewed=front.reviewed,
            urgent=front.urgent,
            path=path,
            lines={**lines, "body": body_line},
            raw=match[2],
        )


def _quote(match: re.Match[str]) -> str:
    """Quotes what an editor typed plainly, so that ` : ` and `#` in French need no care."""
    return match[1] + json.dumps(match[2].strip(), ensure_ascii=False)


def _source(text: str) -> Source:
    parts = [part.strip() for part in text.split("|")]
    url = next((p for p in parts[1:] if p.startswith("http")), "")
    check = next((p for p in parts[1:] if p and not p.startswith("http")), "")
    return Source(parts[0], url, check)


def fill(text: str, values: Mapping[str, Value], language: str) -> str:
    """`text` with its placeholders filled; an unknown one stays, for the lint to tell."""

    def one(match: re.Match[str]) -> str:
        value = values.get(match[1])
        return match[0] if value is None else show_value(value, language)

    return PLACEHOLDER.sub(one, text)


def show_value(value: Value, language: str) -> str:
    """A dated value in words: `1 mois`, `5 000 €`, `2.62%`."""
    t = Translator(language)
    if value.unit == "EUR":
        return t.money(int(value.value * 100))
    if value.unit == "%":
        mark = "\N{NARROW NO-BREAK SPACE}%" if language == "fr" else "%"
        return t.number(value.value) + mark
    words = _UNITS[value.unit]
    plural = value.value >= 2 if language == "fr" else value.value != 1
    word = words[(0 if language == "fr" else 2) + plural]
    return f"{t.number(value.value)}\N{NO-BREAK SPACE}{word}"
