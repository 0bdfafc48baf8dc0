"""The words of the letters: Jinja templates of `knowledge/lettres/`, rendered without ever letting
a client's words near the template engine.

A client's words are put behind tokens before rendering; the rendered text is cut into blocks; only
then are the tokens replaced. So nothing a client types is a template, a list or a heading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from bot.documents import typography
from bot.errors import DocumentError
from bot.faq.entry import Knowledge
from bot.faq.loader import show_value
from bot.i18n import N_, Translator

FOLDER = "lettres"
SHARED = "commun"
"""The file of the head, the signature and the list of exhibits, common to all letters."""

BlockKind = Literal["paragraph", "bullet", "number", "heading"]
_TOKEN = re.compile("\ue000(\\d+)\ue001")
_SECTION = re.compile(r"^# *([\w-]+)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a letter. `text` may hold line breaks."""

    kind: BlockKind
    text: str


@dataclass(slots=True)
class Vault:
    """A client's words, each behind a token."""

    language: str
    kept: list[str] = field(default_factory=list)

    def inline(self, text: str) -> str:
        """Words inside a sentence."""
        return self._keep(typography.inline(text, self.language))

    def sentence(self, text: str) -> str:
        """Words that stand as whole sentences."""
        return self._keep(typography.sentence(text, self.language))

    def rest(self, text: str) -> str:
        """Words that end a sentence the template begins."""
        return self._keep(typography.rest(text, self.language))

    def quoted(self, text: str) -> str:
        """Words between quotation marks that the template sets."""
        return self._keep(typography.quoted(text, self.language))

    def lines(self, text: str) -> str:
        """Words on several lines, such as an address."""
        return self._keep(typography.words(text, self.language))

    def reveal(self, text: str) -> str:
        """`text` with every token replaced; what replaces them is not looked at again."""
        return _TOKEN.sub(lambda match: self.kept[int(match[1])], text)

    def _keep(self, text: str) -> str:
        if not text:
            return ""
        self.kept.append(text)
        return f"\ue000{len(self.kept) - 1}\ue001"


@dataclass(frozen=True, slots=True)
class Speaker:
    """The functions that a template may call."""

    company: bool
    t: Translator
    knowledge: Knowledge

    def je(self, one: str, company: str) -> str:
        """`one` when a person writes, `company` when a company or an association does."""
        return company if self.company else one

    def nb(self, items: int | Sequence[object], one: str, many: str) -> str:
        """`one` or `many`, by how many items there are."""
        count = items if isinstance(items, int) else len(items)
        return one if count < 2 else many

    def liste(self, items: Sequence[object]) -> str:
        """`1, 2 et 4`."""
        return self.t.listing([str(item) for item in items])

    def valeur(self, name: str) -> str:
        """A dated value of `values.yaml` in words: `14 jours`."""
        value = self.knowledge.values.get(name)
        if value is None:
            raise TemplateRuntimeError(f"there is no value {name!r} in values.yaml")
        return show_value(value, self.t.language)


def texts_of(knowledge: Knowledge) -> Mapping[str, str]:
    """The templates by file name: of the snapshot, or from the folder when it holds none."""
    held = knowledge.data.get(FOLDER)
    if held:
        return {str(name): str(text) for name, text in held.items()}
    folder = knowledge.root / FOLDER
    return {path.name: path.read_text("utf-8-sig") for path in sorted(folder.glob("*.??.md"))}


def render(name: str, texts: Mapping[str, str], values: Mapping[str, Any], who: Speaker) -> str:
    """A template's text, with the tokens still in it.

    Args:
        name: the file name, such as `notice.fr.md`.
        texts: all templates by file name.
        values: the variables it may use.
        who: who writes.

    Raises:
        DocumentError: the template is missing or can't be rendered.
    """
    try:
        template = _template(name, tuple(sorted(texts.items())))
        functions = {"je": who.je, "nb": who.nb, "liste": who.liste, "valeur": who.valeur}
        text = template.render({**values, **functions})
    except TemplateError as error:
        file, line = place_of(error, name)
        raise DocumentError(
            N_("The template {name} can’t be used (line {line}): {reason}"),
            name=file, line=line, reason=str(error),
        ) from error  # fmt: skip
    return typography.template(text, who.t.language)


def blocks(text: str) -> tuple[str, tuple[Block, ...]]:
    """The subject and the blocks of a rendered template.

    `# ` begins the subject, `## ` a heading, `- ` or `1. ` an item; a blank line ends a paragraph,
    a single line break does not. A list of one item joins the sentence that announces it.
    """
    subject = ""
    found: list[Block] = []
    open_block = False
    for line in (raw.strip() for raw in text.split("\n")):
        kind, rest = _kind(line)
        if not line:
            open_block = False
        elif line.startswith("# "):
            subject, open_block = line[2:].strip(), False
        elif kind == "paragraph" and open_block:
            last = found[-1]
            found[-1] = Block(last.kind, f"{last.text} {rest}")
        else:
            found.append(Block(kind, rest))
            open_block = kind != "heading"
    tidied = [Block(b.kind, typography.tidy(b.text)) for b in found]
    return subject, tuple(_close_lists(tidied))


def _close_lists(items: list[Block]) -> list[Block]:
    """A lone item joins its announcement; the last item of a list ends with a full stop."""
    found: list[Block] = []
    for position, block in enumerate(items):
        following = items[position + 1].kind if position + 1 < len(items) else ""
        text = block.text
        if block.kind == "bullet" and following != "bullet" and text.endswith(";"):
            text = text[:-1].rstrip() + "."
        alone = block.kind == "bullet" and following != "bullet" and bool(found)
        if alone and found[-1].kind == "paragraph" and found[-1].text.endswith(":"):
            found[-1] = Block("paragraph", f"{found[-1].text} {text}")
        else:
            found.append(Block(block.kind, text))
    return found


def sections(text: str) -> dict[str, tuple[str, ...]]:
    """The named parts of the shared file: `# name`, then its lines."""
    parts = _SECTION.split(text)
    return {
        name: tuple(line for raw in body.split("\n") if (line := typography.tidy(raw)))
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }


def reveal(vault: Vault, items: Sequence[Block]) -> tuple[Block, ...]:
    """Blocks with the client's words in them."""
    return tuple(Block(b.kind, typography.tidy(vault.reveal(b.text))) for b in items)


def place_of(error: BaseException, name: str) -> tuple[str, int]:
    """The file and the line on which rendering failed, in a template or one that it imports."""
    if isinstance(error, TemplateSyntaxError):
        return error.name or name, error.lineno
    place, trace = (name, 1), error.__traceback__
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.endswith(".md"):
            place = (file, trace.tb_lineno)
        trace = trace.tb_next
    return place


def _kind(line: str) -> tuple[BlockKind, str]:
    if line.startswith("## "):
        return "heading", line[3:].strip()
    if line.startswith("- "):
        return "bullet", line[2:].strip()
    if match := re.match(r"\d+\. +(.*)", line):
        return "number", match[1]
    return "paragraph", line


class _Loader(BaseLoader):
    """Templates of one snapshot; their file name stands in error traces."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text of a template.

        Raises:
            TemplateNotFound: there is none of that name.
        """
        if template not in self.texts:
            raise TemplateNotFound(template)
        return self.texts[template], template, lambda: True


@lru_cache(maxsize=64)
def _template(name: str, texts: tuple[tuple[str, str], ...]) -> Template:
    return environment(dict(texts)).get_template(name)


def environment(texts: Mapping[str, str]) -> ImmutableSandboxedEnvironment:
    """A sandbox that knows the templates and nothing else."""
    made = ImmutableSandboxedEnvironment(
        loader=_Loader(texts),
        undefined=StrictUndefined,
        autoescape=False,  # the output is plain text, and no client's words are in it
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["maj"] = typography.capital
    return made
