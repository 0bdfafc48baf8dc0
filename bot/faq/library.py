"""The set of knowledge in use: read, checked, and swapped as a whole when files change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import KnowledgeError
from bot.faq.entry import Knowledge
from bot.faq.fitting import fit
from bot.faq.lint import lint
from bot.faq.loader import load
from bot.faq.matcher import Matcher
from bot.faq.trial import trial


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


def renew(
    current: Library,
    folder: Path,
    cache: Path | None,
    today: date,
    more: Callable[[Knowledge], list[str]],
) -> Library:
    """The knowledge as it is now on disk, checked and tried as a whole.

    Args:
        current: returned as it is when nothing has changed.
        folder: the knowledge.
        cache: where a fitted matcher is kept.
        today: for the lint.
        more: faults that the lint does not look for.

    Raises:
        KnowledgeError: it is not fit to replace the one in use; says why, line by line.
    """
    knowledge = load(folder)
    if knowledge.fingerprint == current.knowledge.fingerprint:
        return current
    faults = [str(f) for f in lint(knowledge, today) if f.severity == "error"]
    faults += more(knowledge)
    if faults:
        raise KnowledgeError(faults)
    fresh = Library(knowledge, fit(knowledge, cache))
    failures = [str(f) for f in trial(knowledge, fresh.matcher) if f.code == "T001"]
    if failures:
        raise KnowledgeError(failures)
    return fresh
