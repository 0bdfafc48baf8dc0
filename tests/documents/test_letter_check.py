"""The check of the letter templates tells an editor's faults by file and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.documents import check, wording
from bot.faq.entry import Knowledge
from tests.documents.letter_cases import real_knowledge


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return real_knowledge()


Change = Callable[[str], str]


def faults(knowledge: Knowledge, name: str, change: Change) -> list[str]:
    texts = dict(wording.texts_of(knowledge))
    assert change(texts[name]) != texts[name]
    texts[name] = change(texts[name])
    return check.check(replace(knowledge, data={**knowledge.data, wording.FOLDER: texts}))


def test_the_templates_as_they_are_have_no_fault(knowledge: Knowledge) -> None:
    assert check.check(knowledge) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("notice.fr.md", "{{ contrat.objet }}", "{{ contract.objet }}",
         "knowledge/lettres/notice.fr.md:8: L003 'contract' is not a value"),
        ("notice.fr.md", "{{ contrat.objet }}", "{{ contrat.sujet }}",
         "knowledge/lettres/notice.fr.md:8: L004 "),
        ("report.fr.md", "{% endfor %}", "", "knowledge/lettres/report.fr.md:31: L002 "),
        ("notice.fr.md", "# Objet", "Objet", ": L005 there is no subject"),
        ("access.fr.md", "Madame, Monsieur,", "Madame, Monsieur et/ou Maître,", ": L007 "),
        ("access.fr.md", "Madame, Monsieur,", "Madame, Monsieur [nom],", ": L008 "),
        ("notice.fr.md", "{{ contrat.objet }}", "", ": L009 "),
        ("notice.fr.md", "{{ griefs_en_liste(griefs) }}", "", ": L011 the letter leaves out"),
        ("notice.fr.md", "article 1226", "loi", ": L011 the letter leaves out a fact"),
        ("second-letter.fr.md", "remb_resolution_b2c", "nothing", ": L004 there is no value"),
        ("reply.en.md", "{{ relance.date }}", "{{ relance.__class__ }}", ": L004 "),
        ("faits.fr.md", "{{ g.page }}", "{{ g.pages }}", "knowledge/lettres/faits.fr.md:15: L004"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_file_and_reason(
    knowledge: Knowledge, name: str, old: str, new: str, expected: str
) -> None:
    found = faults(knowledge, name, lambda text: text.replace(old, new))
    assert any(expected in fault for fault in found), found


def test_a_missing_file_is_told(knowledge: Knowledge) -> None:
    texts = {n: t for n, t in wording.texts_of(knowledge).items() if n != "reply.en.md"}
    held = replace(knowledge, data={**knowledge.data, wording.FOLDER: texts})
    assert check.check(held) == ["knowledge/lettres/reply.en.md:1: L001 the file is missing"]
