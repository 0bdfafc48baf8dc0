"""French and English marks as printers set them: `french`, `english`, and what is left to set.

Nothing inside addresses, link targets, `{{placeholders}}` and code is changed, and in a file's
head only the texts are. Setting the marks twice changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Callable

NARROW = "\N{NARROW NO-BREAK SPACE}"
_APOSTROPHE = "\N{RIGHT SINGLE QUOTATION MARK}"
_SPACE = "[ \N{NO-BREAK SPACE}\N{THIN SPACE}\N{NARROW NO-BREAK SPACE}]"

_PLAIN = (
    r"\{\{[^{}\n]*\}\}|\{\w*\}"
    r"|(?:https?|ftp)://[^\s<>\"«»]*[^\s<>\"«».,;:!?)\]'’*_]|www\.[^\s<>\"«»]*[\w/]"
    r"|&\#?\w+;"
)
"""What is never touched: placeholders, addresses, character references."""

_MARKDOWN = (
    r"```.*?(?:```|\Z)|`[^`\n]+`|\]\([^)\n]*\)|</?[a-zA-Z][^>\n]*>|^[ ]*\[[^\]\n]+\]:[^\n]*$|"
    + _PLAIN
)
"""The same, and code, link targets, HTML and link definitions."""

_HEAD = re.compile(r"\A---\n(.*?)(?=^---$)", re.DOTALL | re.MULTILINE)
_HEAD_TEXT = re.compile(r"^(question:[ \t]+|[ ]*-[ \t]+)(?=\S)(.*)$")
_QUOTED = re.compile(r"([\"'])((?:(?!\1)[^\\])*)\1")

# A bullet or a number before a mark is the start of a list, and its space must stay as it is.
_AFTER = r"(?:(?<=[\w)\]»”’\"'}%€…`.!?°])|(?<=[^\s*]\*)|(?<=\*\*))"
_CLOSE = r"(?=[\s»”’)\]*.…!?\"']|\Z)"


def _rule(pattern: str, markdown: bool) -> re.Pattern[str]:
    kept = _MARKDOWN if markdown else _PLAIN
    return re.compile(f"(?P<kept>{kept})|{pattern}", re.DOTALL | re.MULTILINE)


def _double(markdown: bool) -> re.Pattern[str]:
    kept = _MARKDOWN if markdown else _PLAIN
    inside = rf"(?P<text>(?>{kept}|[^\"\n])*+)"
    return _rule(rf"(?<![\w\"])\"(?=[^\s\"]){inside}(?<=\S)\"(?![\w\"])", markdown)


_BOTH = (False, True)
_INNER = {m: _rule(r"(?<=\w)'(?=[\w«“*{\[])", m) for m in _BOTH}
_SINGLE = {m: _rule(r"(?<![\w'])'(?=[^\s'])(?P<text>[^'\n]*+)(?<=\S)'(?![\w'])", m) for m in _BOTH}
_OUTER = {m: _rule(r"(?<=[\w}\])*])'|(?<!\w)'(?=\d\d\b)", m) for m in _BOTH}
_DOUBLE = {m: _double(m) for m in _BOTH}
_STRAIGHT = {m: _rule("[\"']", m) for m in _BOTH}
_SPACED = {m: _rule(rf"{_AFTER}{_SPACE}+(?=[;:!?](?![\w/\[-]))", m) for m in _BOTH}
_MISSING = {m: _rule(rf"{_AFTER}(?<![!?])(?=[;:!?]+{_CLOSE})", m) for m in _BOTH}
_OPEN = {m: _rule(rf"«{_SPACE}*(?=\S)", m) for m in _BOTH}
_SHUT = {m: _rule(rf"(?<=[^\s«]){_SPACE}*»", m) for m in _BOTH}

Setter = Callable[[str, bool], str]


def french(text: str, *, markdown: bool) -> str:
    """`text` with French marks.

    Narrow no-break spaces before `; : ! ?` and inside guillemets, curly apostrophes, guillemets
    for pairs of straight quotes.

    Args:
        text: a sentence, or a whole file when `markdown`.
        markdown: links, code and a head between two lines of `---` are looked out for.
    """
    return _settled(text, markdown, _french)


def english(text: str, *, markdown: bool = True) -> str:
    """`text` with curly apostrophes and quotes; as `french` for the rest."""
    return _settled(text, markdown, _english)


def spaced(text: str, *, markdown: bool) -> str:
    """`text` with the French spaces alone."""
    return _settled(text, markdown, _spaces)


def unstraightened(text: str, *, markdown: bool) -> str:
    """`text` without its straight quotes and apostrophes: what differs holds some."""

    def without(part: str, markdown: bool) -> str:
        return _sub(_STRAIGHT[markdown], "", part)

    return _settled(text, markdown, without)


def _settled(text: str, markdown: bool, setter: Setter) -> str:
    """Repeated until nothing changes: a pair of quotes may hold another."""
    before = None
    while text != before:
        before, text = text, _whole(text, markdown, setter)
    return text


def _whole(text: str, markdown: bool, setter: Setter) -> str:
    head = _HEAD.match(text) if markdown else None
    if head is None:
        return setter(text, markdown)
    lines = [_head_line(line, setter) for line in head[0].split("\n")]
    return "\n".join(lines) + setter(text[head.end() :], markdown)


def _head_line(line: str, setter: Setter) -> str:
    match = _HEAD_TEXT.match(line)
    if match is None:
        return line
    quoted = _QUOTED.fullmatch(match[2].strip())
    if quoted is None:
        return match[1] + setter(match[2], False)
    return match[1] + quoted[1] + setter(quoted[2], False) + quoted[1]


def _french(text: str, markdown: bool) -> str:
    text = _sub(_DOUBLE[markdown], lambda m: f"«{NARROW}{m['text']}{NARROW}»", text)
    return _spaces(_apostrophes(text, markdown, "“", "”"), markdown)


def _english(text: str, markdown: bool) -> str:
    text = _sub(_DOUBLE[markdown], lambda m: f"“{m['text']}”", text)
    return _apostrophes(text, markdown, "‘", "’")


def _apostrophes(text: str, markdown: bool, opening: str, closing: str) -> str:
    text = _sub(_INNER[markdown], _APOSTROPHE, text)
    text = _sub(_SINGLE[markdown], lambda m: opening + m["text"] + closing, text)
    return _sub(_OUTER[markdown], _APOSTROPHE, text)


def _spaces(text: str, markdown: bool) -> str:
    text = _sub(_SPACED[markdown], NARROW, text)
    text = _sub(_MISSING[markdown], NARROW, text)
    text = _sub(_OPEN[markdown], f"«{NARROW}", text)
    return _sub(_SHUT[markdown], f"{NARROW}»", text)


def _sub(rule: re.Pattern[str], by: str | Callable[[re.Match[str]], str], text: str) -> str:
    """`rule` replaced, except in what is kept."""

    def one(match: re.Match[str]) -> str:
        if match["kept"] is not None:
            return match[0]
        return by if isinstance(by, str) else by(match)

    return rule.sub(one, text)
