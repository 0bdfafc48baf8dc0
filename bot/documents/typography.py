"""Text made fit to print: French spaces and marks, and a client's words made harmless."""

from __future__ import annotations

import re
import unicodedata

NARROW = "\N{NARROW NO-BREAK SPACE}"
WIDE = "\N{NO-BREAK SPACE}"

# Control characters, private use (our own tokens among them), lone surrogates, byte order marks,
# and the marks that turn the reading direction over: nothing a printed page can hold.
_HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufeff\ufff0-\uffff"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\n{2,}")
_ENDS = (".", "!", "?", "…", "»", "”", ":")
_ADDRESS = re.compile(r"\S+://\S+|www\.\S+|\S+@\S+")


def words(text: str, language: str) -> str:
    """A client's words as they are printed: none is changed, only spaces are.

    Args:
        text: what was typed, any characters.
        language: of the document; French sets its own spaces around marks.
    """
    text = _HARMFUL.sub("", re.sub("\r\n?|[\u2028\u2029]", "\n", text))
    text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    text = "\n".join(line.strip() for line in text.split("\n"))
    text = _BLANK_LINES.sub("\n", text).strip()
    return _around_marks(text) if language == "fr" else text


def inline(text: str, language: str) -> str:
    """A client's words inside a sentence: one line, without its full stop."""
    flat = words(text, language).replace("\n", " ")
    bare = flat.rstrip(f" .;,{NARROW}{WIDE}") if not flat.endswith(("...", "etc.")) else flat
    return bare or flat


def quoted(text: str, language: str) -> str:
    """A client's words for a quotation: without the marks the template sets."""
    bare = words(text, language)
    if len(bare) > 2 and (bare[0], bare[-1]) in {("«", "»"), ('"', '"'), ("“", "”")}:
        bare = bare[1:-1].strip()
    return bare


def rest(text: str, language: str) -> str:
    """A client's words after a colon: as typed, a full stop last."""
    whole = words(text, language)
    bare = whole.rstrip(f",; {NARROW}{WIDE}") or whole
    return bare if not bare or bare.endswith(_ENDS) else bare + "."


def sentence(text: str, language: str) -> str:
    """A client's words as whole sentences: a capital first, a full stop last."""
    return capital(rest(text, language))


def capital(text: str) -> str:
    """With a capital first letter; names such as iPhone and addresses stay as they are."""
    head = text.split(" ", 1)[0]
    if head.lower() != head or _ADDRESS.match(head) or not head[:1].isalpha() or "." in head[:-1]:
        return text
    return text[:1].upper() + text[1:]


def template(text: str, language: str) -> str:
    """An editor's text as it is printed: curly apostrophes, French spaces."""
    text = text.replace("'", "\N{RIGHT SINGLE QUOTATION MARK}").replace("...", "…")
    text = re.sub(r"[ \t]+", " ", text)
    if language != "fr":
        return text
    text = re.sub(r"(?<=\w)([;!?])(?=\s|$)", rf"{NARROW}\1", text)
    text = re.sub(r"(?<=[\w»\ue001]):(?=\s|$)", f"{NARROW}:", text)
    text = re.sub(r"\b(n°|nos|art\.|articles?|L\.|R\.|D\.|M\.|Mme|page|pièces?) (?=[\d\ue000LRD])",
                  rf"\1{WIDE}", text)  # fmt: skip
    return _around_marks(text)


def tidy(text: str) -> str:
    """Without what optional parts may leave: double spaces, a space before a full stop."""
    text = re.sub(r"(?<=[^\S\n])[^\S\n]+", "", text)
    text = re.sub(r"[^\S\n]+(?=[.,)](?:\s|$))", "", text)
    text = re.sub(r"([!?…])\.(?=\s|$)|(?<!\.)\.(\.)(?=\s|$)", r"\1\2", text)
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def _around_marks(text: str) -> str:
    text = re.sub(r"(?<=\S)[ \u00a0]([;:!?»%])", rf"{NARROW}\1", text)
    text = re.sub(r"«[ \u00a0]?(?=\S)", f"«{NARROW}", text)
    text = re.sub(rf"(?<=[^\s«])(?<!{NARROW})»", f"{NARROW}»", text)
    text = re.sub(r"(?<=\d) (?=€|euros?\b)", WIDE, text)
    return re.sub(r"(?<=\d) (?=\d{3}\b)", NARROW, text)
