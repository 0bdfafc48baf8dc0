"""Held-out questions measure something only while no phrasing was copied from them."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz import fuzz, process

from bot.faq.entry import Knowledge, Phrasing
from bot.faq.library import Library
from bot.faq.text import fold

NEAR = 85
"""RapidFuzz ratio of folded texts from which one is a near copy of the other."""

EVAL_FILE = os.environ.get("RECOURS_EVAL_FILE", "")


def phrasings_of(knowledge: Knowledge) -> list[Phrasing]:
    """All that the matcher is fitted on, titles excepted: those are the catalogue's."""
    ours = (p for entry in knowledge.entries.values() for p in entry.phrasings)
    others = (p for kind in knowledge.off_topic.values() for p in kind.phrasings)
    return [*ours, *others]


def near_copies(questions: Sequence[str], phrasings: Sequence[Phrasing]) -> list[str]:
    """`path:line: …` for each phrasing that is, or nearly is, one of the questions.

    Texts without a word, of which there is but one once folded, are left out.
    """
    questions = [question for question in questions if fold(question)]
    phrasings = [phrasing for phrasing in phrasings if fold(phrasing.text)]
    ratios = process.cdist(
        [fold(question) for question in questions],
        [fold(phrasing.text) for phrasing in phrasings],
        scorer=fuzz.ratio,
        score_cutoff=NEAR,
        dtype=np.uint8,
        workers=-1,
    )
    return [
        f"{phrasings[column].path}:{phrasings[column].line}: {phrasings[column].text}"
        f"  ~ {questions[row]} ({ratios[row, column]})"
        for row, column in np.argwhere(ratios)
    ]


def test_no_phrasing_is_a_near_copy_of_a_held_out_question(library: Library) -> None:
    questions = [held.question for held in library.knowledge.held_out]
    assert len(questions) > 100
    found = near_copies(questions, phrasings_of(library.knowledge))
    assert found == [], "\n".join(found)


@pytest.mark.skipif(not Path(EVAL_FILE).is_file(), reason="RECOURS_EVAL_FILE names no file")
def test_no_phrasing_is_a_near_copy_of_an_evaluation_question(library: Library) -> None:
    lines = Path(EVAL_FILE).read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["q"] for line in lines if line.strip()]
    assert questions
    found = near_copies(questions, phrasings_of(library.knowledge))
    assert found == [], "\n".join(found)


def test_a_copy_is_seen_through_case_accents_and_a_changed_word(library: Library) -> None:
    phrasing = phrasings_of(library.knowledge)[0]
    copies = [phrasing.text.upper(), phrasing.text + " svp", "rien à voir avec tout cela"]
    assert len(near_copies(copies[:2], [phrasing])) == 2
    assert near_copies(copies[2:], [phrasing]) == []
