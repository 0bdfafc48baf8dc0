"""Texts that nobody means well: what a chat may be sent, at its longest, from a seed."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Iterator, Sequence
from functools import partial

LONGEST = 4096
"""Characters in one Telegram message."""

_EMOJI = "😀🔥🇫🇷👩‍👩‍👧‍👦🏳️‍🌈❤️‍🩹1️⃣🫠💩👍🏽"
_RIGHT_TO_LEFT = "مرحبا موقعي لا يعمل منذ أسبوع שלום האתר שלי נפל \u202e\u200f\u2067"
_SCRIPTS = "网站坏了怎么办ウェブサイトが壊れたсайт не работаетιστοσελίδα เว็บไซต์เสีย वेबसाइट 웹사이트"
_EXPANDING = "ﷺﷻ㍿㋿㌖ﬃﬄ½⅞①⒇㉈℡™№℀𝐇𝔢𝓵𝓁𝕠Ｗｅｂ"
_MARKS = "".join(map(chr, range(0x0300, 0x0370))) + "\u0489\u20dd\u034f\ufe0f"
_CODE = (
    "<script>alert('x')</script> '; DROP TABLE cases; -- {{7*7}} ${jndi:ldap://x} %s%n%x "
    '../../etc/passwd def f(x): return [i**2 for i in x if i % 2] {"a": [1, null]} \\x00 &amp;'
)
_PIECES: list[str] = [
    *"aé0€'’-.?! \n\t;%ﷺ\u0301",
    *("1 ", "1,", "€1", "a'", "l'", "?\n", "a? ", "né", "le ", "merci "),
]
_URLS = "https://exemple.fr/a?b=c&d=%C3%A9#e http://[::1]:8080/ ftp://x.y/z mailto:a@b.c www.a.fr/"


def texts(count: int, seed: int, words: Sequence[str]) -> Iterator[str]:
    """`count` hostile or random texts of up to `LONGEST` characters.

    Args:
        count: of texts.
        seed: the same one gives the same texts.
        words: of the knowledge, to make long texts that look like questions.
    """
    draw = random.Random(seed)
    worded = [partial(make, words=list(words)) for make in _WORDED]
    makers: list[Callable[[random.Random, int], str]] = [*_PLAIN, *worded]
    for number in range(count):
        size = draw.choice((0, 1, 2, 7, 40, 200, 1000, LONGEST, LONGEST))
        text = makers[number % len(makers)](draw, size)[:LONGEST]
        yield text if draw.random() < 0.8 else _spoiled(draw, text)


def _from(alphabet: str) -> Callable[[random.Random, int], str]:
    return lambda draw, size: "".join(draw.choices(alphabet, k=size))


def _repeated(draw: random.Random, size: int) -> str:
    """One letter, figure, sign or piece again and again."""
    piece = draw.choice(_PIECES)
    return piece * (size // len(piece) + 1)


def _any_character(draw: random.Random, size: int) -> str:
    """Any code point, lone surrogates and unassigned ones too."""
    return "".join(chr(draw.randrange(0x110000)) for _ in range(size))


def _zalgo(draw: random.Random, size: int) -> str:
    letters = "mon site est en panne "
    return "".join(
        draw.choice(letters) + "".join(draw.choices(_MARKS, k=draw.randrange(20)))
        for _ in range(size // 10 + 1)
    )


def _big_number(draw: random.Random, size: int) -> str:
    digits = "".join(draw.choices(string.digits, k=max(size - 10, 1)))
    return (
        draw.choice(("", "-", "€", "1e"))
        + digits
        + draw.choice(("", " €", "%", ".", " euro", "k"))
    )


def _pieces(source: str) -> Callable[[random.Random, int], str]:
    def make(draw: random.Random, size: int) -> str:
        start = draw.randrange(len(source))
        return (source[start:] + source * (size // len(source) + 1))[:size]

    return make


def _spoiled(draw: random.Random, text: str) -> str:
    """With control characters, lone surrogates or direction marks thrown in."""
    found = list(text)
    for _ in range(draw.randrange(1, 20)):
        strange = draw.choice("\0\x07\x1b\r\x85\u2028\ud800\udfff\u202e\ufeff\ufffe\U0010ffff")
        found.insert(draw.randrange(len(found) + 1), strange)
    return "".join(found)[:LONGEST]


def _known_words(draw: random.Random, size: int, words: Sequence[str]) -> str:
    return " ".join(draw.choices(words, k=size // 4 + 1))


def _slips(draw: random.Random, size: int, words: Sequence[str]) -> str:
    """Known words with a letter changed: every one of them asks to be mended."""
    found = []
    for word in draw.choices(words, k=size // 5 + 1):
        at = draw.randrange(len(word) + 1)
        found.append(
            word[:at] + draw.choice(string.ascii_lowercase) + word[at + draw.randrange(2) :]
        )
    return " ".join(found)


def _new_words(draw: random.Random, size: int, words: Sequence[str]) -> str:
    """Words that nobody has seen, of the lengths that words have."""
    return " ".join(
        "".join(draw.choices(string.ascii_lowercase, k=draw.randrange(4, 13)))
        for _ in range(size // 8 + 1)
    )


def _questions(draw: random.Random, size: int, words: Sequence[str]) -> str:
    """As many short questions as one message holds."""
    return "".join(" ".join(draw.choices(words, k=4)) + " ? " for _ in range(size // 20 + 1))


_PLAIN: tuple[Callable[[random.Random, int], str], ...] = (
    _from(string.printable),
    _from(_EMOJI),
    _from(_RIGHT_TO_LEFT),
    _from(_SCRIPTS),
    _from(_EXPANDING),
    _from("\0"),
    _from("\ud800\udc00\udfff"),
    _from(" \n\t\u00a0\u202f\u3000"),
    _from("?!.;…\n "),
    _from("'’cdjlmnsqu "),
    _from("0123456789 .,€%$"),
    _repeated,
    _any_character,
    _zalgo,
    _big_number,
    _pieces(_CODE),
    _pieces(_URLS),
)
_WORDED = (_known_words, _slips, _new_words, _questions)
