"""French and English marks: what is set, what is left alone, and that twice is once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.faq.texts import rewrite, rewrite_data
from bot.faq.typography import NARROW, english, french, spaced, unstraightened


def n(text: str) -> str:
    """`~` is a narrow no-break space."""
    return text.replace("~", NARROW)


SET = [
    ("Que faire ?", "Que faire~?"),
    ("Que faire?", "Que faire~?"),
    ("Attention: non", "Attention~: non"),
    ("Oui\N{NO-BREAK SPACE}; non", "Oui~; non"),
    ("Oui  !", "Oui~!"),
    ("Quoi ?!", "Quoi~?!"),
    ("«mot» et « mot »", "«~mot~» et «~mot~»"),
    ("l'agence d'hier", "l’agence d’hier"),
    ("l'« avis »", "l’«~avis~»"),
    ("l'**avis**", "l’**avis**"),
    ("d'{{delai}}", "d’{{delai}}"),
    ('Il dit "oui" : non', "Il dit «~oui~»~: non"),
    ("le mot 'oui' seul", "le mot “oui” seul"),
    ("**Consommateur** : lisez", "**Consommateur**~: lisez"),
    ("**Attention :** lisez", "**Attention~:** lisez"),
    ("[Aide](https://x.fr) : gratuit", "[Aide](https://x.fr)~: gratuit"),
    ("[Aide : ici](https://x.fr)", "[Aide~: ici](https://x.fr)"),
    ("voir https://x.fr/a?b=c;d ; puis", "voir https://x.fr/a?b=c;d~; puis"),
    ("{{delai}} : écrivez", "{{delai}}~: écrivez"),
    ("(vraiment ?)", "(vraiment~?)"),
    ("etc. ; puis", "etc.~; puis"),
]

LEFT = [
    "https://x.fr/?a=1&b='c'd",
    "www.x.fr/?a;b",
    '[x](https://x.fr/l\'avis?q=a:b "titre : x")',
    "{{ delai }}",
    "L’incident {incident}",
    "`x = 'y' ; z`",
    "```\nx = 'y' ;\n```",
    "à 14:30, de 9:00 à 10:15",
    "Tom &amp; Jerry",
    "- : reste une puce",
    "![image](https://x.fr/i.png)",
    '24" de large',
    "[lien]: https://x.fr",
    "",
]


@pytest.mark.parametrize(("before", "after"), SET)
def test_french_marks_are_set(before: str, after: str) -> None:
    assert french(before, markdown=True) == n(after)


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_prose_is_left_alone(text: str) -> None:
    assert french(text, markdown=True) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("the agency's site isn't up", "the agency’s site isn’t up"),
        ("the users' site", "the users’ site"),
        ('write "paid", not "due"', "write “paid”, not “due”"),
        ("the word 'due' alone", "the word ‘due’ alone"),
        ("in {{delai}}'s time", "in {{delai}}’s time"),
        ("Why? Because: no spaces!", "Why? Because: no spaces!"),
        ("[x](https://x.org/?q='a')", "[x](https://x.org/?q='a')"),
    ],
)
def test_english_marks_are_set(before: str, after: str) -> None:
    assert english(before) == after


def test_a_link_target_is_only_looked_out_for_in_markdown() -> None:
    assert french("[a](b : c)", markdown=False) == n("[a](b~: c)")


HEAD = """\
---
question: Que faire : payer ?
reviewed: 2026-03-02
sources:
  - C. civ., art. 1 ; l'art. 2 | https://x.fr/a?b;c | à vérifier : date
  - "Décret : l'annexe"
related: [a, b]
---
L'avis : oui.
"""


def test_in_a_head_only_the_texts_are_set() -> None:
    assert french(HEAD, markdown=True) == n(
        """\
---
question: Que faire~: payer~?
reviewed: 2026-03-02
sources:
  - C. civ., art. 1~; l’art. 2 | https://x.fr/a?b;c | à vérifier~: date
  - "Décret~: l’annexe"
related: [a, b]
---
L’avis~: oui.
"""
    )


PIECES = [
    *"aé1 \n;:!?«»\"'’“”*[](){}`<>/-.,#|&_…~\N{NO-BREAK SPACE}",
    "https://x.fr/?a=1", "{{delai}}", "---\n", "question: ", "l'", "](", "**",
]  # fmt: skip
typed = st.lists(st.sampled_from(PIECES), max_size=40).map("".join).map(n)


@given(st.one_of(typed, st.text()), st.booleans())
def test_setting_french_twice_is_setting_it_once(text: str, markdown: bool) -> None:
    once = french(text, markdown=markdown)
    assert french(once, markdown=markdown) == once


@given(st.one_of(typed, st.text()), st.booleans())
def test_setting_english_twice_is_setting_it_once(text: str, markdown: bool) -> None:
    once = english(text, markdown=markdown)
    assert english(once, markdown=markdown) == once


@given(st.one_of(typed, st.text()))
def test_no_letter_and_no_line_is_lost(text: str) -> None:
    marks = str.maketrans("", "", "\"'’‘“”«» \N{NO-BREAK SPACE}\N{THIN SPACE}" + NARROW)
    after = french(text, markdown=True)
    assert after.translate(marks) == text.translate(marks)
    assert after.count("\n") == text.count("\n")


@given(st.one_of(typed, st.text()), st.booleans())
def test_what_was_set_lacks_no_space(text: str, markdown: bool) -> None:
    after = french(text, markdown=markdown)
    assert spaced(after, markdown=markdown) == after


def test_straight_marks_are_seen_in_prose_alone() -> None:
    assert unstraightened("l'avis `l'x` de \"Tom", markdown=True) == "lavis `l'x` de Tom"


DATA = """\
# L'en-tête : un commentaire.
- id: delai   # l'identifiant
  label: "Délai : l'envoi"
  fr: Quel jour ?
  en: What's "due"?
  ask_fr: 'L''avis : reçu ?'
  ask_en: >-
    It's
    due
  words: [l'avis, "quel ?"]
  url: https://x.fr/?a;b
  note: "l'avis : ici"
  check: "a \\"b\\" : c"
"""


def test_in_data_only_the_texts_are_set_and_comments_stay() -> None:
    assert rewrite_data(DATA) == n(
        """\
# L'en-tête : un commentaire.
- id: delai   # l'identifiant
  label: "Délai~: l’envoi"
  fr: Quel jour~?
  en: What’s “due”?
  ask_fr: 'L’avis~: reçu~?'
  ask_en: >-
    It’s
    due
  words: [l'avis, "quel ?"]
  url: https://x.fr/?a;b
  note: "l'avis : ici"
  check: "a \\"b\\" : c"
"""
    )


def test_data_that_would_be_read_otherwise_is_left() -> None:
    over_two_lines = 'fr: Il "dit\n  oui" ; non\nen: It\'s\n'
    assert rewrite_data(over_two_lines) == 'fr: Il "dit\n  oui" ; non\nen: It’s\n'


def test_data_that_can_not_be_read_is_left() -> None:
    assert rewrite_data("fr: [l'avis\n") == "fr: [l'avis\n"


def test_rewriting_touches_answers_replies_and_data_but_no_letter(tmp_path: Path) -> None:
    for name in ("contrat/a.fr.md", "hors-sujet/b.fr.md", "lettres/c.fr.md", "contrat/a.fr.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("L'avis : oui ?\n", encoding="utf-8")
    (tmp_path / "notes.yaml").write_text("- fr: L'avis\n", encoding="utf-8")
    changed = [path.relative_to(tmp_path).as_posix() for path in rewrite(tmp_path)]
    assert changed == ["contrat/a.fr.md", "hors-sujet/b.fr.md", "notes.yaml"]
    assert rewrite(tmp_path) == []
