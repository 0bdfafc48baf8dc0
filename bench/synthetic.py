"""Larger sets of knowledge than there are, out of the words and sentences of the real one."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from bot.faq.entry import Entry, Knowledge, Phrasing

PHRASINGS = 85
OWN_WORDS = 12
"""Words that an entry says more often than the others do."""


def enlarged(knowledge: Knowledge, entries: int, seed: int) -> Knowledge:
    """`entries` entries of `PHRASINGS` phrasings each, beside the real kinds of what is not ours.

    A made-up entry crosses two real ones: each of its phrasings is the beginning of a phrasing of
    the one and the end of a phrasing of the other, in one language, with a word of the entry's own
    put in. Those words are drawn, once for an entry, from the real vocabulary. So lengths, common
    words and the share of each language stay what they are.

    Args:
        knowledge: the real set.
        entries: how many to make.
        seed: the same one makes the same set.
    """
    draw = random.Random(seed)
    real = list(knowledge.entries.values())
    vocabulary = sorted({word for entry in real for p in entry.phrasings for word in _long(p)})
    made = {}
    for number in range(entries):
        one, other = draw.sample(real, 2)
        own = draw.sample(vocabulary, OWN_WORDS)
        phrasings = tuple(_crossed(draw, one, other, own))
        made[f"entry-{number}"] = Entry(f"entry-{number}", one.topic, one.answers, phrasings)
    return replace(knowledge, entries=made, fingerprint=f"{entries}-{seed}")


def _crossed(draw: random.Random, one: Entry, other: Entry, own: list[str]) -> Iterator[Phrasing]:
    ends = {
        language: [p.text.split() for p in other.phrasings if p.language == language]
        for language in other.answers
    }
    # The titles of the entry whose answers it has are phrasings too.
    for _ in range(PHRASINGS - len(one.answers)):
        start = draw.choice(one.phrasings)
        first, last = start.text.split(), draw.choice(ends[start.language])
        kept = first[: max(1, len(first) // 2)] + last[len(last) // 2 :]
        kept.insert(draw.randrange(len(kept) + 1), draw.choice(own))
        yield Phrasing(" ".join(kept), start.language, start.path, start.line)


def _long(phrasing: Phrasing) -> list[str]:
    return [word for word in phrasing.text.split() if len(word) > 4 and word.isalpha()]
