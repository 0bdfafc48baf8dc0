"""K3xx: where an answer leads (sources, links, related entries, actions) and its placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.faq.lint.rule import Place, Reading, Rule, error, warning
from bot.faq.loader import PLACEHOLDER
from bot.faq.show import ACTIONS
from bot.faq.texts import body, line_of

FEW_RELATED, MANY_RELATED = 2, 4

_LINK = re.compile(r"\[([^\]\n]*)\]\(([^)\n]*)\)")
_BARE = re.compile(r"\b(?:www\.|ftp://|//)\S+")
_BRACES = re.compile(r"\{\{[^{}\n]*\}?\}?|\}\}")
_BRACE = re.compile(r"[{}]")
_LEFTOVER = re.compile(
    r"\b(?:TODO|TBD|FIXME|XXX+)\b|\?\?\?|lorem ipsum"
    r"|\[\s*(?:à compléter|à vérifier|to be completed|…|\.\.\.|nom|name|date|montant|amount)\s*\]"
    r"|<[^<>\n]*(?:compléter|insérer|insert|fill in)[^<>\n]*>",
    re.IGNORECASE,
)
_CAUTION = re.compile(r"vérifi|check|verif", re.IGNORECASE)


@warning("K301")
def source_without_link(reading: Reading) -> Iterator[Place]:
    """A source that a client can't open."""
    for answer in reading.answers():
        for index, source in enumerate(answer.sources):
            if not source.url and not _BARE.search(source.check):
                reason = f"“{source.reference}” has no link; add | https://… after it"
                yield answer.path, line_of(answer, f"sources.{index}"), reason


@warning("K302")
def link_not_secure(reading: Reading) -> Iterator[Place]:
    """An address in a text that begins with http.

    A source keeps the address its page has: some pages of rulings are not served otherwise.
    """
    reason = "{} begins with http://; use https:// if the page has it"
    for text in reading.texts:
        for _, target in _LINK.findall(text.text):
            if target.strip().startswith("http://"):
                yield text.path, text.line, reason.format(target.strip())
    for value in reading.knowledge.values.values():
        if value.url.startswith("http://"):
            path = reading.knowledge.root / "values.yaml"
            yield path, value.line, reason.format(value.url)


@error("K303")
def dangling_link(reading: Reading) -> Iterator[Place]:
    """A link that leads nowhere."""
    for answer in reading.answers():
        for index, source in enumerate(answer.sources):
            if _BARE.search(source.check) or (source.url and "." not in source.url):
                line = line_of(answer, f"sources.{index}")
                yield answer.path, line, f"“{source.reference}”: write its link as https://…"
    for text in reading.texts:
        for label, target in _LINK.findall(text.text):
            if not label.strip() or not re.match(r"https?://\S+\.\S+$", target.strip()):
                reason = f"the link [{label}]({target}) leads nowhere; write [label](https://…)"
                yield text.path, text.line, reason
    for value in reading.knowledge.values.values():
        if value.url and not re.match(r"https?://\S+\.\S+$", value.url):
            path = reading.knowledge.root / "values.yaml"
            yield path, value.line, f"{value.id}: write its url as https://…"


@error("K304")
def related_unknown(reading: Reading) -> Iterator[Place]:
    """A related entry that does not exist."""
    for answer in reading.answers():
        for index, id in enumerate(answer.related):
            if id not in reading.knowledge.entries:
                line = line_of(answer, f"related.{index}")
                yield answer.path, line, f"related: there is no entry {id!r}; correct or remove it"


@error("K305")
def related_to_itself(reading: Reading) -> Iterator[Place]:
    """An entry that leads back to itself."""
    for answer in reading.answers():
        if answer.entry in answer.related:
            index = answer.related.index(answer.entry)
            line = line_of(answer, f"related.{index}")
            yield answer.path, line, "related: the entry names itself; put another one"


@warning("K306")
def related_count(reading: Reading) -> Iterator[Place]:
    """Too few ways on, or too many to choose from."""
    for answer in reading.answers():
        count = len(answer.related)
        if not FEW_RELATED <= count <= MANY_RELATED:
            reason = f"{count} related entries; give {FEW_RELATED} to {MANY_RELATED}"
            yield answer.path, answer.lines.get("related", 1), reason


@error("K307")
def unknown_action(reading: Reading) -> Iterator[Place]:
    """A next step that the program does not have."""
    for answer in reading.answers():
        for index, action in enumerate(answer.actions):
            if action not in ACTIONS:
                reason = f"actions: {action!r} is not one of {', '.join(ACTIONS)}"
                yield answer.path, line_of(answer, f"actions.{index}"), reason


@error("K308")
def leftover(reading: Reading) -> Iterator[Place]:
    """A placeholder that nothing fills, or a note that was left in."""
    for text in reading.texts:
        rest = text.text
        for match in PLACEHOLDER.finditer(text.text) if text.filled else ():
            if match[1] in reading.knowledge.values:
                rest = rest.replace(match[0], "")
        found = (_BRACES if text.data else _BRACE).search(rest)
        if found:
            shown = (_BRACES.search(rest) or found)[0]
            reason = f"{shown} is filled by nothing; use an id of values.yaml, or write it out"
            yield text.path, text.line, reason
        note = _LEFTOVER.search(rest)
        if note:
            yield text.path, text.line, f"“{note[0]}” was left in; complete the text"


@error("K309")
def unchecked_value(reading: Reading) -> Iterator[Place]:
    """A value that is not sure, given as if it were."""
    for answer in reading.answers():
        said = " ".join([answer.raw, *(source.check for source in answer.sources)])
        if _CAUTION.search(said):
            continue
        for number, line in body(answer):
            for id in PLACEHOLDER.findall(line):
                value = reading.knowledge.values.get(id)
                if value is not None and value.check:
                    reason = f"{id} is still to be checked ({value.check}); say so in the answer"
                    yield answer.path, number, reason


RULES: tuple[Rule, ...] = (
    source_without_link, link_not_secure, dangling_link, related_unknown, related_to_itself,
    related_count, unknown_action, leftover, unchecked_value,
)  # fmt: skip
