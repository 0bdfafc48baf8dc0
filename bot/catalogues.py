"""The translators' workflow: extract, update, compile, check. Thin calls to Babel."""

from __future__ import annotations

import io
import re
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bot.i18n import LANGUAGES

_PACKAGE = Path(__file__).parent
_KEYWORDS = {"t": None, "N_": None, "plural": (1, 2)}
_FIELDS = re.compile(r"\{(\w+)\}")
_HEADER = "# Translations of Recours.\n"


def template() -> Catalog:
    """Every sentence of the program."""
    catalogue = Catalog(project="recours", charset="utf-8", header_comment=_HEADER)
    found = extract_from_dir(
        _PACKAGE, method_map=[("**.py", "python")], keywords=_KEYWORDS, strip_comment_tags=True
    )
    for file, _line, message, _comments, context in sorted(found, key=lambda f: (f[0], f[1])):
        if message:
            # Line numbers would change the files at every commit.
            catalogue.add(message, None, [(f"bot/{file}", 0)], context=context)
    return catalogue


def extract(folder: Path) -> None:
    """Write the template."""
    _write(folder / "bot.pot", template())


def update(folder: Path) -> None:
    """Bring each language up to the template; what is new is empty, what is gone is dropped."""
    fresh = template()
    _write(folder / "bot.pot", fresh)
    for language in LANGUAGES:
        path = _path(folder, language)
        catalogue = _read(path, language) if path.is_file() else Catalog(locale=language)
        catalogue.update(fresh, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.header_comment = _HEADER
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, catalogue)


def compile(folder: Path) -> None:
    """Write `.mo` files beside the `.po` files."""
    for language in LANGUAGES:
        path = _path(folder, language)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, _read(path, language))


def check(folder: Path) -> list[str]:
    """What is missing, fuzzy, no longer used, or filled in with other names.

    English falls back to the message itself, so only French must be complete.
    """
    wanted = {_key(message): message for message in template() if message.id}
    faults = []
    for language in LANGUAGES:
        path = _path(folder, language)
        if not path.is_file():
            faults.append(f"{path}: there is no such file; run: recours locales update")
            continue
        found = {_key(message): message for message in _read(path, language) if message.id}
        for key in sorted(wanted.keys() - found.keys(), key=str):
            faults.append(f"{path}: not there: {key!r}; run: recours locales update")
        for key in sorted(found.keys() - wanted.keys(), key=str):
            faults.append(f"{path}: no longer used: {key!r}; run: recours locales update")
        for key in wanted.keys() & found.keys():
            faults += [f"{path}: {fault}: {key!r}" for fault in _faults(found[key], language)]
    return faults


def _faults(message: Message, language: str) -> list[str]:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    ids = message.id if isinstance(message.id, (list, tuple)) else [message.id]
    faults = []
    if message.fuzzy:
        faults.append("fuzzy")
    if language != "en" and not all(texts):
        faults.append("not translated")
    fields = set(_FIELDS.findall(" ".join(ids)))
    if any(text and set(_FIELDS.findall(text)) - fields for text in texts):
        faults.append("a {name} that the English sentence does not have")
    if any(text and set(_FIELDS.findall(ids[-1])) - set(_FIELDS.findall(text)) for text in texts):
        faults.append("a {name} is missing")
    return faults


def _key(message: Message) -> object:
    return (message.context, message.id if isinstance(message.id, str) else tuple(message.id))


def _path(folder: Path, language: str) -> Path:
    return folder / language / "LC_MESSAGES" / "bot.po"


def _read(path: Path, language: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _write(path: Path, catalogue: Catalog) -> None:
    buffer = io.BytesIO()
    write_po(
        buffer, catalogue, width=99, sort_output=False, omit_header=False, include_lineno=False
    )
    text = buffer.getvalue().decode()
    # The time of extraction would change the files each time.
    text = re.sub(r'"(POT-Creation|PO-Revision)-Date: [^"]*"\n', "", text)
    path.write_text(text, encoding="utf-8")
