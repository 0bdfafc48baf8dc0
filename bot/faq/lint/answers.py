"""K1xx: what an entry must have, and how long and how plain its answer is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.faq.entry import PROFILES, Answer, Entry
from bot.faq.lint.rule import Place, Reading, Rule, error, warning
from bot.faq.loader import PLACEHOLDER
from bot.faq.show import answer_reply, more_reply
from bot.faq.texts import OFF_TOPIC, body, line_of
from bot.i18n import LANGUAGES, Translator

MAX_LEAD = 500
MAX_UNITS = 4096
"""UTF-16 units in one Telegram message, markup taken off."""

MAX_WORDS = 35

HEADINGS = {
    "fr": (
        "Que faire d’abord", "Conditions et limites", "Selon votre situation",
        "Erreurs fréquentes", "Qui peut aider",
    ),
    "en": (
        "What to do first", "Conditions and limits", "Depending on who you are",
        "Common mistakes", "Who can help",
    ),
}  # fmt: skip

_WHEN = re.compile(
    r"aujourd[’']hui|immédiatement|today|immediately|at once|72|\{\{", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[»”)*]*\s+")
_WORD = re.compile(r"\w[\w’'-]*")
_LINK = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_LIST = re.compile(r"(?:[-*+]|\d+[.)]|>|\|)\s")
_BROKEN = (
    (re.compile(r"\]\([^)\n]*$|\[[^\]\n]*$"), "a link is not closed; write [label](https://…)"),
    (re.compile(r"\]\s+\(\s*http"), "a space parts a label from its link; take it out"),
    (re.compile(r"</?[a-zA-Z][^>\n]*>"), "HTML is not shown; take it out"),
    (re.compile(r"`"), "a backtick shows as code; take it out"),
    (re.compile(r"^\s*\|.*\|"), "tables are not shown in a chat; make it a list"),
)


@error("K101")
def unread_file(reading: Reading) -> Iterator[Place]:
    """A file that belongs to no entry: most often its French answer is missing."""
    knowledge = reading.knowledge
    for topic, _ in knowledge.topics:
        yield from _unread(knowledge.root / topic, set(knowledge.entries), "fr.md")
    yield from _unread(knowledge.root / OFF_TOPIC, set(knowledge.off_topic), "fr.txt")


def _unread(folder: Path, known: set[str], needed: str) -> Iterator[Place]:
    for path in sorted([*folder.glob("*.md"), *folder.glob("*.txt")]):
        id, _, language = path.stem.rpartition(".")
        if id in known and language in LANGUAGES:
            continue
        if language in LANGUAGES:
            yield path, 1, f"nothing reads this file: {id}.{needed} is missing; write it first"
        else:
            yield path, 1, "nothing reads this file: end its name in .fr or .en, then .md or .txt"


@error("K102")
def no_english_answer(reading: Reading) -> Iterator[Place]:
    """An answer in French alone."""
    for entry in reading.knowledge.entries.values():
        if "en" not in entry.answers:
            yield _french(entry).path, 1, f"there is no English answer; write {entry.id}.en.md"


@error("K103")
def no_phrasings(reading: Reading) -> Iterator[Place]:
    """An answer that no one can ask for."""
    for answer in reading.answers():
        path = answer.path.with_suffix(".txt")
        if not path.is_file():
            yield answer.path, 1, f"there is no {path.name}; write how clients ask, one way a line"


@warning("K104")
def long_lead(reading: Reading) -> Iterator[Place]:
    """A first paragraph too long for a telephone."""
    for answer in reading.answers():
        if len(answer.lead) > MAX_LEAD:
            yield (
                answer.path, _lead_line(answer),
                f"the first paragraph has {len(answer.lead)} characters; keep it to {MAX_LEAD}",
            )  # fmt: skip


@error("K105")
def over_two_messages(reading: Reading) -> Iterator[Place]:
    """An answer that Telegram would cut."""
    for answer in reading.answers():
        if not set(answer.profiles) <= set(PROFILES):
            continue
        t = Translator(answer.language)
        replies = (answer_reply, more_reply)
        lengths = [_units(r(reading.knowledge, answer, t, ()).text) for r in replies]
        for name, length in zip(("answer with its sources", "rest"), lengths, strict=True):
            if length > MAX_UNITS:
                yield (
                    answer.path, answer.lines["body"],
                    f"the {name} has {length} characters, more than a message holds "
                    f"({MAX_UNITS}); shorten it",
                )  # fmt: skip


@warning("K106")
def long_sentence(reading: Reading) -> Iterator[Place]:
    """A sentence that has to be read twice."""
    for answer in reading.answers():
        for number, line in body(answer):
            for sentence in _SENTENCE_END.split(_LINK.sub(r"\1", line)):
                words = len(_WORD.findall(sentence))
                if words > MAX_WORDS:
                    start = " ".join(sentence.split()[:5])
                    yield (
                        answer.path,
                        number,
                        f"“{start}…” has {words} words; make it two sentences",
                    )


@error("K107")
def unknown_heading(reading: Reading) -> Iterator[Place]:
    """A heading in the other language, or not one of ours."""
    for answer in reading.answers():
        known = HEADINGS[answer.language]
        for number, line in body(answer):
            heading = line.lstrip("#").strip()
            if line.startswith("#") and (heading not in known or not line.startswith("## ")):
                yield answer.path, number, f"heading “{heading}”: use ## and one of {_list(known)}"


@error("K108")
def no_lead(reading: Reading) -> Iterator[Place]:
    """An answer that does not begin with a paragraph."""
    for answer in reading.answers():
        if not answer.lead or answer.lead.startswith("#") or _LIST.match(answer.lead):
            reason = "the answer must begin with a paragraph, not with a heading or a list"
            yield answer.path, _lead_line(answer), reason


@error("K109")
def broken_markup(reading: Reading) -> Iterator[Place]:
    """Marks that would be shown as they are."""
    for text in reading.texts:
        if text.data:
            continue
        marks = re.sub(r"^\s*\* ", "", text.text)
        if marks.count("**") % 2 or marks.replace("**", "").count("*") % 2:
            yield text.path, text.line, "a * has no partner; write **bold** or *italics*"
        for pattern, reason in _BROKEN:
            if pattern.search(text.text):
                yield text.path, text.line, reason


@error("K110")
def empty_topic(reading: Reading) -> Iterator[Place]:
    """A topic in the menu with nothing in it."""
    knowledge = reading.knowledge
    path = knowledge.root / "topics.yaml"
    lines = path.read_text(encoding="utf-8-sig").split("\n") if path.is_file() else []
    for topic, _ in knowledge.topics:
        if not knowledge.topic_entries(topic):
            key = re.compile(rf"[\s{{-]*key:\s*[\"']?{re.escape(topic)}\b")
            line = next((n for n, text in enumerate(lines, 1) if key.match(text)), 1)
            yield path, line, f"topic {topic} has no entry; add one or take the topic out"


@error("K111")
def urgent_without_when(reading: Reading) -> Iterator[Place]:
    """An urgent answer that does not begin with when."""
    for answer in reading.answers():
        lead = answer.raw.strip().split("\n\n")[0]
        if answer.urgent and not _WHEN.search(lead):
            yield (
                answer.path, _lead_line(answer),
                "an urgent answer must begin with what to do today, and by when",
            )  # fmt: skip


@error("K112")
def unknown_profile(reading: Reading) -> Iterator[Place]:
    """A profile that does not exist."""
    for answer in reading.answers():
        for index, profile in enumerate(answer.profiles):
            if profile not in PROFILES:
                line = line_of(answer, f"profiles.{index}")
                yield answer.path, line, f"profile {profile!r} is not one of {_list(PROFILES)}"


@warning("K113")
def heads_differ(reading: Reading) -> Iterator[Place]:
    """An English answer that leads elsewhere than the French one."""
    for french, english in _pairs(reading):
        for field in ("urgent", "related", "actions", "profiles"):
            if getattr(english, field) != getattr(french, field):
                line = english.lines.get(field, 1)
                reason = f"{field} differs from {french.path.name}; make them the same"
                yield english.path, line, reason


@warning("K114")
def values_differ(reading: Reading) -> Iterator[Place]:
    """An English answer that gives other figures than the French one."""
    for french, english in _pairs(reading):
        here, there = (set(PLACEHOLDER.findall(answer.raw)) for answer in (english, french))
        if here != there:
            odd = ", ".join(sorted(here ^ there))
            reason = f"only one of the two languages uses {odd}; make them say the same"
            yield english.path, english.lines["body"], reason


RULES: tuple[Rule, ...] = (
    unread_file, no_english_answer, no_phrasings, long_lead, over_two_messages, long_sentence,
    unknown_heading, no_lead, broken_markup, empty_topic, urgent_without_when, unknown_profile,
    heads_differ, values_differ,
)  # fmt: skip


def _pairs(reading: Reading) -> Iterator[tuple[Answer, Answer]]:
    for entry in reading.knowledge.entries.values():
        if {"fr", "en"} <= set(entry.answers):
            yield entry.answers["fr"], entry.answers["en"]


def _french(entry: Entry) -> Answer:
    return entry.answers["fr"]


def _lead_line(answer: Answer) -> int:
    return next((n for n, line in body(answer) if line.strip()), answer.lines["body"])


def _units(markdown: str) -> int:
    shown = _LINK.sub(r"\1", markdown).replace("*", "")
    return len(shown.encode("utf-16-le")) // 2


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
