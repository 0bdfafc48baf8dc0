"""Whatever is typed, nothing is raised. How long it takes is for `bench/matching.py` to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.hostile import LONGEST, texts
from bot.faq.explain import as_json, as_text
from bot.faq.library import Library
from bot.faq.matcher import SHOWN

PREVIOUS = ("", "mise-en-demeure-contenu", "no-such-entry")


def vocabulary(library: Library) -> list[str]:
    """The words of the phrasings, to make texts that look like questions."""
    return sorted(
        {
            word
            for entry in library.knowledge.entries.values()
            for phrasing in entry.phrasings
            for word in phrasing.text.split()
        }
    )


@pytest.mark.parametrize(
    "count", [500, pytest.param(10_000, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_no_text_raises_anything(library: Library, count: int) -> None:
    known = {*library.knowledge.entries}
    for number, text in enumerate(texts(count, seed=count, words=vocabulary(library))):
        language = ("fr", "en")[number % 2]
        found = library.matcher.match(text, language, PREVIOUS[number % 3])
        assert found.outcome in {"answer", "suggest", "none"}
        assert known.issuperset(found.ids)
        assert len(found.ids) == len(found.scores) <= SHOWN
        assert found.outcome == "none" or found.ids
        if number % 50 == 0:
            assert "\n" not in as_json(found)
            assert as_text(library, text, language, found)


def test_the_hostile_texts_are_as_long_as_a_message_and_as_strange_as_can_be(
    library: Library,
) -> None:
    drawn = list(texts(2000, seed=1, words=vocabulary(library)))
    assert drawn == list(texts(2000, seed=1, words=vocabulary(library)))
    assert max(map(len, drawn)) == LONGEST
    assert min(map(len, drawn)) == 0
    for strange in ("\0", "\ud800", "\u202e", "م", "🔥", "ﷺ", "\u0301", "<script>", "https://"):
        assert any(strange in text for text in drawn), ascii(strange)


@given(st.text(st.characters()), st.sampled_from(PREVIOUS))
def test_any_characters_are_read(library: Library, text: str, previous: str) -> None:
    found = library.matcher.match(text, "fr", previous)
    assert found.outcome in {"answer", "suggest", "none"}
