"""Which kind of incident a sentence tells of."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.faq.entry import Knowledge
from bot.flows.incident import guess_kind
from bot.flows.model import Context
from bot.i18n import PARIS, Translator

DATA = Path(__file__).parents[1] / "data" / "kinds.txt"
SENTENCES = [
    tuple(part.strip() for part in line.split("|", 1))
    for line in DATA.read_text(encoding="utf-8").splitlines()
    if line.strip() and not line.startswith("#")
]
NOW = datetime(2026, 11, 24, 10, 0, tzinfo=PARIS)


@pytest.fixture(scope="module")
def context(knowledge: Knowledge) -> Context:
    return Context(NOW, PARIS, Translator("fr"), knowledge)


@pytest.mark.parametrize(("kind", "sentence"), SENTENCES)
def test_the_kind_is_guessed_from_a_sentence(kind: str, sentence: str, context: Context) -> None:
    found = guess_kind(sentence, context)
    assert (found.id if found else None) == kind


@pytest.mark.parametrize(
    "sentence", ["bonjour", "j’ai un problème", "the people are rude", "", "12345", "???"]
)
def test_nothing_is_guessed_from_words_that_tell_nothing(sentence: str, context: Context) -> None:
    assert guess_kind(sentence, context) is None


def test_two_kinds_alike_are_asked_for(context: Context) -> None:
    assert guess_kind("paypal ne marche plus", context) is None
