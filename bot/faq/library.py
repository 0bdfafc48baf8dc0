"""The set of knowledge in use: read, checked, and swapped as a whole when files change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.faq.entry import Knowledge
from bot.faq.fitting import fit
from bot.faq.loader import load
from bot.faq.matcher import Matcher


@dataclass(frozen=True, slots=True)
class Library:
    """An immutable set of knowledge and the matcher fitted on it."""

    knowledge: Knowledge
    matcher: Matcher


def open_library(folder: Path, cache: Path | None = None) -> Library:
    """Read and fit.

    Args:
        folder: the knowledge.
        cache: where a fitted matcher is kept between starts; None to fit each time.

    Raises:
        KnowledgeError: the files can't be used.
    """
    knowledge = load(folder)
    return Library(knowledge, fit(knowledge, cache))
