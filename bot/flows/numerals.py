"""Text made ready for reading dates and amounts: plain letters, and number words as figures."""

from __future__ import annotations

import re
import unicodedata

_SMALL = (
    "zero|un une one|deux two|trois three|quatre four|cinq five|six|sept seven|huit eight"
    "|neuf nine|dix ten|onze eleven|douze twelve|treize thirteen|quatorze fourteen"
    "|quinze fifteen|seize sixteen|seventeen|eighteen|nineteen"
)
_TENS = (
    "vingt vingts twenty|trente thirty|quarante forty|cinquante fifty|soixante sixty"
    "|septante seventy|huitante octante eighty|nonante ninety"
)
_SCALES = dict.fromkeys(("cent", "cents", "hundred"), 100) | dict.fromkeys(
    ("mille", "thousand"), 1000
)
_VALUES = (
    {word: n for n, words in enumerate(_SMALL.split("|")) for word in words.split()}
    | {word: 20 + 10 * n for n, words in enumerate(_TENS.split("|")) for word in words.split()}
    | _SCALES
)
_WORD = "|".join(sorted(_VALUES, key=len, reverse=True))
NUMBER_WORD = "(?:" + "|".join(sorted(set(_VALUES) - {"un", "une", "one", "neuf"})) + ")"
"""A regular expression for the words that are always numbers."""
_NUMBER = re.compile(
    rf"(?<![\w.,'-])(?:(?P<lead>\d{{1,3}}|a) (?=(?:hundred|mille|thousand)\b))?"
    rf"(?P<words>(?:{_WORD})(?:[ -](?:(?:et|and)[ -])?(?:{_WORD}))*)\b"
)
_NOT_ALONE = {"un", "une", "one", "cents"}
_BEFORE_CENTS = {
    *("deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf"),
    *("onze", "douze", "treize", "quatorze", "quinze", "seize"),
}
_COUNTED = re.compile(r" (?:heures?|jours?|semaines?|mois|minutes?|euros?|factures?|commandes?)\b")
_SEPARATORS = str.maketrans(dict.fromkeys("’‘`´ʼ", "'") | dict.fromkeys("‐‑‒–—−", "-"))
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})


def fold(text: str) -> str:
    """Lower case without accents, one kind of space, of apostrophe and of dash."""
    text = unicodedata.normalize("NFKC", text).lower().translate(_SEPARATORS)
    text = unicodedata.normalize("NFD", text.translate(_LIGATURES))
    return " ".join("".join(c for c in text if not unicodedata.combining(c)).split())


def figures(text: str) -> str:
    """A folded text with its number words as figures: "deux mille euros" is "2000 euros".

    "un", "une" and "one" alone stay, being articles; so does a word beside figures that are
    not its own, and a run of words that makes no number.
    """
    return _NUMBER.sub(_figure, text)


def _figure(match: re.Match[str]) -> str:
    before, after = match.string[: match.start()], match.string[match.end() :]
    words = [word for word in re.split(r"[ -]", match["words"]) if word not in {"et", "and"}]
    beside_figures = re.search(r"\d $", before) or re.match(r" \d", after)
    if beside_figures or (len(words) == 1 and not _stands_alone(words[0], before, after)):
        return match[0]
    lead = match["lead"] or ""
    number = _number(words, int(lead) if lead.isdigit() else 0)
    return match[0] if number is None else str(number)


def _stands_alone(word: str, before: str, after: str) -> bool:
    """Whether one number word by itself is a number here: "neuf" is also new, "sept" a month."""
    if word == "neuf":
        return before.endswith(("le ", "les ")) or _COUNTED.match(after) is not None
    if word == "sept":
        return re.match(r" [a-z]", after) is not None
    if word == "cent":
        return not before.endswith("pour ")
    return word not in _NOT_ALONE


def _number(words: list[str], lead: int) -> int | None:
    """The number that `words` make after the figure `lead`; None when they make none."""
    total, part = 0, lead
    for before, word in zip(["", *words], words, strict=False):
        value = _VALUES[word]
        if word in _SCALES:
            if total if value == 1000 else part > 99:
                return None
            if word == "cents" and before not in _BEFORE_CENTS:
                return None  # "fifty cents" are not hundreds
            part = max(part, 1) * value
            if value == 1000:
                total, part = part, 0
        elif value == 20 and part % 100 == 4 and word.startswith("vingt"):
            part += 76
        elif _follows(part % 100, value):
            part += value
        else:
            return None
    return total + part


def _follows(tens: int, value: int) -> bool:
    """Whether a number below 100 may come after what its hundreds and tens are already."""
    if tens == 0:
        return True
    if tens == 10:
        return 7 <= value <= 9
    if tens in {60, 80}:
        return 1 <= value <= 19
    return tens % 10 == 0 and 1 <= value <= 9
