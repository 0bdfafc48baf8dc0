"""Letters over varied cases: nothing blank, nothing doubled, every fact in its place."""

from __future__ import annotations

import io
import random
import re
from dataclasses import replace
from typing import Any

import pypdf
import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.casefile.models import CaseFile, Incident, Letter
from bot.documents import facts, letter, typography
from bot.errors import DocumentError
from bot.faq.entry import Knowledge
from bot.i18n import PARIS, Translator
from tests.documents.letter_cases import KINDS, NOW, TODAY, Made, fifty, one, real_knowledge

FRENCH = Translator("fr", timezone=PARIS)
ENGLISH = Translator("en", timezone=PARIS)

_BLANKS = re.compile(r"\ue000|\ue001|\bNone\b|\bUndefined\b|_{3,}|\.{4,}|\bXX+\b|‹|›")
_LABELS = re.compile(r":\s*[.;,:]|\(\s*\)|«\s*»|“\s*”|:\s*$")
_MARKS = re.compile(r"\s[.,](?:\s|$)|,\s*[,;.]")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return real_knowledge()


@pytest.fixture(scope="module")
def made(knowledge: Knowledge) -> list[tuple[Made, letter.LetterText]]:
    return [
        (case, letter.compose(case.kind, case.file, case.answers, knowledge, FRENCH, TODAY))
        for case in fifty(knowledge)
    ]


def flat(text: str) -> str:
    """Words alone: all spaces alike."""
    return re.sub(r"\s+", " ", text).strip()


def parts(text: letter.LetterText) -> list[str]:
    return [
        text.subject, *(block.text for block in text.blocks), *text.sender, *text.recipient,
        *text.sending, text.place_date, *text.signature, *text.exhibits,
    ]  # fmt: skip


def whole(text: letter.LetterText) -> str:
    return flat("\n".join(parts(text)))


def test_no_letter_has_a_blank_a_double_space_or_an_empty_label(made: Any) -> None:
    for case, text in made:
        announced = [
            block.text
            for block, following in zip(text.blocks, [*text.blocks[1:], None], strict=True)
            if not (block.text.endswith(":") and following and following.kind != "paragraph")
        ]
        for part in parts(text):
            assert part == part.strip()
            assert part
            assert not _BLANKS.search(part), (case.kind, part)
            assert not re.search(r"[^\S\n]{2,}", part), (case.kind, part)
            assert "et/ou" not in part.lower()
        for part in announced:
            assert not _LABELS.search(part), (case.kind, part)


def test_every_logged_fact_that_concerns_a_letter_is_in_it(
    made: Any, knowledge: Knowledge
) -> None:
    for case, text in made:
        found = whole(text)
        for fact in expected(case, knowledge):
            assert fact in found, (case.kind, fact, found)


def expected(case: Made, knowledge: Knowledge) -> list[str]:
    """What a letter must hold, read from the case by other means than the templates."""
    file, t = case.file, FRENCH
    found: list[str] = []
    for party in (file.case.client, file.case.provider):
        found += [flat(party.name), *re.findall(r"\b\d{5} \w+", party.address)]
        found += [party.siren[:3]] if party.siren else []
    incidents = facts.concerned(case.kind, file, case.answers)
    for incident in incidents:
        found += [flat(line) for line in words_of(incident)]
        found += [incident.page.rstrip(".")] if incident.page else []
        if incident.cost_cents:
            found.append(flat(t.money(incident.cost_cents)))
        if incident.started:
            found.append(str(incident.started.day.year))
        for question in knowledge.kinds[incident.kind].questions:
            if question.key in incident.details:
                found.append(question.label["fr"])
        found += [
            f"Pièce n° {exhibit.number} "
            for exhibit in file.evidence
            if exhibit.incident == incident.number
        ]
    if case.kind in {"notice", "report"}:
        found += [flat(re.sub(r"^(- |\d[.)] )", "", line)).rstrip(" .;")
                  for line in str(case.answers["demand"]).split("\n")]  # fmt: skip
    if case.kind == "notice" and case.answers["suspend"]:
        found.append(flat(t.money(90000)))
    if case.answers.get("ending") == "clause":
        found.append("Le contrat est résolu de plein droit, quinze jours après.")
    return found


def words_of(incident: Incident) -> list[str]:
    """The client's words without their first letter, which a sentence may raise."""
    shown = typography.words(incident.what, "fr")
    return [line.rstrip(",; ")[1:] for line in shown.split("\n") if line]


def test_only_the_chosen_consequences_are_announced(made: Any) -> None:
    articles = {"replace": "1222", "reduce": "1223", "suspend": "1219"}
    for case, text in made:
        if case.kind != "notice":
            continue
        found = whole(text)
        for key, article in articles.items():
            assert (article in found) == case.answers[key], (key, found)
        assert ("1226" in found) == (case.answers["ending"] == "law")
        assert ("1225" in found) == (case.answers["ending"] == "clause")
        assert ("tribunal" in found) == case.answers["court"]


def test_a_person_writes_i_and_a_company_writes_we(made: Any) -> None:
    for case, text in made:
        body = whole(text)
        if case.answers["form"] in {"company", "association"}:
            assert not re.search(
                r"\b(?:je|j’ai|mes|ma|me)\b (?!rembourser)", body, re.IGNORECASE
            ), body
        else:
            assert not re.search(r"\b(?:nous|notre|nos)\b", body, re.IGNORECASE), body


def test_the_provider_is_always_addressed_as_vous(made: Any) -> None:
    for _, text in made:
        assert not re.search(r"\b(?:tu|ton|tes|toi)\b", whole(text), re.IGNORECASE)
        assert re.search(r"\bvous\b", whole(text))


def test_the_delay_is_given_in_one_way_only(made: Any) -> None:
    for case, text in made:
        if case.kind in {"notice", "access", "report"}:
            found = whole(text)
            dated = "au plus tard le 15 décembre 2026" in found
            assert dated == (case.answers["delay"] == "date")
            assert dated != ("à compter de la réception" in found)


def test_french_marks_have_their_narrow_spaces(made: Any) -> None:
    for _, text in made:
        for block in text.blocks:
            assert not re.search(r"[^\s\u202f] [;:!?»]|« \S", block.text), block.text
            assert not re.search(r"[A-Za-zé][;!?](?:\s|$)", block.text), block.text


def test_the_exhibits_have_the_numbers_of_the_case(made: Any) -> None:
    for case, text in made:
        listed = [int(n) for n in re.findall(r"Pièce n°\s(\d+)", "\n".join(text.exhibits))]
        wanted = facts.concerned(case.kind, case.file, case.answers)
        numbers = {
            e.number
            for e in case.file.evidence
            if (case.answers["attach"] and facts.is_general(e, case.file))
            or e.incident in {i.number for i in wanted}
        }
        assert listed == sorted(numbers)
        assert bool(text.exhibits) == bool(numbers)


def test_one_incident_reads_as_a_paragraph_and_five_as_a_numbered_list(
    knowledge: Knowledge,
) -> None:
    def notice(count: int) -> letter.LetterText:
        case = next(
            case
            for case in (one("notice", random.Random(n), knowledge) for n in range(200))
            if len(case.file.incidents) == count
        )
        return letter.compose("notice", case.file, case.answers, knowledge, FRENCH, TODAY)

    assert [b.kind for b in notice(5).blocks].count("number") == 5
    assert [b.kind for b in notice(1).blocks].count("number") == 0
    assert "le manquement suivant." in whole(notice(1))
    assert "les manquements suivants" in whole(notice(5))


def test_the_pdf_of_every_letter_holds_its_words(made: Any) -> None:
    for case, text in made:
        reader = pypdf.PdfReader(io.BytesIO(letter.letter_pdf(text)))
        found = squeezed("".join(page.extract_text() for page in reader.pages))
        for part in parts(text):
            assert squeezed(part.removeprefix("- ")) in found, (case.kind, part)


def squeezed(text: str) -> str:
    """Without spaces, line ends and page numbers: what the order of words leaves."""
    text = re.sub(r"\d+\u202f/\u202f\d+\s*$", "", text, flags=re.MULTILINE)
    return re.sub(r"[\s\u200b–]|(?m:^\d\.)", "", text)


def test_the_pdf_is_tagged_in_french_with_its_own_fonts(made: Any) -> None:
    reader = pypdf.PdfReader(io.BytesIO(letter.letter_pdf(made[0][1])))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith("fr")
    assert reader.metadata is not None
    assert reader.metadata.title == made[0][1].subject
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert any(key in descriptor for key in ("/FontFile2", "/FontFile3"))


def test_the_docx_of_every_letter_holds_its_words(made: Any) -> None:
    for case, text in made:
        document = Document(io.BytesIO(letter.letter_docx(text)))
        found = squeezed("\n".join(p.text for p in document.paragraphs))
        for part in parts(text):
            assert squeezed(part.removeprefix("- ")) in found, (case.kind, part)


def test_a_letter_makes_the_same_bytes_every_time(made: Any) -> None:
    text = made[1][1]
    assert letter.letter_pdf(text) == letter.letter_pdf(text)
    assert letter.letter_docx(text) == letter.letter_docx(text)


def test_a_kept_version_is_made_again_as_it_was(knowledge: Knowledge) -> None:
    case = one("notice", random.Random(3), knowledge)
    both = {"fr": FRENCH, "en": ENGLISH}
    body = letter.body_of("notice", case.file, case.answers, knowledge, both, TODAY)
    kept = Letter("notice", body, number=2)
    again = letter.compose("notice", case.file, case.answers, knowledge, FRENCH, TODAY)
    assert letter.text_of(kept) == again
    names = [name for name, _ in letter.letter_files(kept, reading_copy=True)]
    assert names == [
        "mise-en-demeure-2.pdf", "mise-en-demeure-2.docx", "mise-en-demeure-2-reading-copy.pdf",
    ]  # fmt: skip
    assert letter.letter_files(kept)[0][1] == letter.letter_pdf(again)


def test_every_letter_has_an_english_reading_copy(knowledge: Knowledge) -> None:
    for case in fifty(knowledge):
        text = letter.compose(case.kind, case.file, case.answers, knowledge, ENGLISH, TODAY)
        assert text.notes[0].startswith("Reading copy in English")
        assert not re.search(r"\b(?:je|nous|vous|contrat du)\b", text.subject)
        for part in parts(text):
            assert not _BLANKS.search(part)
            assert not re.search(r"[^\S\n]{2,}", part)


def test_what_is_missing_is_asked_and_never_left_blank(knowledge: Knowledge) -> None:
    empty = CaseFile(replace(one("notice", random.Random(1), knowledge).file.case))
    bare = replace(empty, case=replace(empty.case, client=type(empty.case.client)(),
                                       provider=type(empty.case.provider)()))  # fmt: skip
    for kind in KINDS:
        lacking = letter.missing(kind, bare, {})
        assert {"form", "client_name", "provider_name"} <= set(lacking)
        with pytest.raises(DocumentError):
            letter.compose(kind, bare, {}, knowledge, FRENCH, TODAY)
    assert "client_representative" in letter.missing("notice", bare, {"form": "company"})
    assert "until" in letter.missing("notice", bare, {"delay": "date"})
    assert "clause_text" in letter.missing("notice", bare, {"ending": "clause"})
    assert "suspend_cents" in letter.missing("notice", bare, {"suspend": True})


hostile = st.text(min_size=1, max_size=200) | st.sampled_from(
    ["{{ 7*7 }}", "{% for x in y %}", "{# note #}", "# titre", "- point", "#let x = 1",
     "*gras* $x^2$ `code` <lien> @ref", "\\u{41} \\n", "=== titre", "/* x */ // y",
     "http://a.b/c?d={{e}}", "&lt;b&gt; & <w:t>"]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(what=hostile, name=hostile, demand=hostile)
def test_what_a_client_types_is_printed_as_typed(what: str, name: str, demand: str) -> None:
    case = one("notice", random.Random(6), real_knowledge())
    client = replace(case.file.case.client, name=name)
    file = CaseFile(
        replace(case.file.case, client=client),
        (Incident("other", what=what, told="no", number=1, created=NOW),),
    )
    answers = {**case.answers, "demand": demand}
    if letter.missing("notice", file, answers):
        return
    text = letter.compose("notice", file, answers, real_knowledge(), FRENCH, TODAY)
    shown = typography.words(what, "fr").rstrip(",; ")
    assert flat(shown)[1:] in whole(text)
    document = Document(io.BytesIO(letter.letter_docx(text)))
    printed = squeezed("\n".join(p.text for p in document.paragraphs))
    assert squeezed(shown)[1:] in printed
    assert letter.letter_pdf(text).startswith(b"%PDF")


@pytest.mark.parametrize(
    "typed", ["{{ 7*7 }} *x*", "#let a = <b>", "```x``` $1 @a", "</w:t><w:p/>"]
)
def test_markup_in_a_name_is_only_a_name(knowledge: Knowledge, typed: str) -> None:
    case = one("notice", random.Random(2), knowledge)
    provider = replace(case.file.case.provider, name=typed)
    file = replace(case.file, case=replace(case.file.case, provider=provider))
    text = letter.compose("notice", file, case.answers, knowledge, FRENCH, TODAY)
    reader = pypdf.PdfReader(io.BytesIO(letter.letter_pdf(text)))
    assert squeezed(typed) in squeezed(reader.pages[0].extract_text())
    document = Document(io.BytesIO(letter.letter_docx(text)))
    assert typed in [p.text for p in document.paragraphs]


def test_a_very_long_word_stays_on_the_page(knowledge: Knowledge) -> None:
    case = one("notice", random.Random(2), knowledge)
    file = replace(
        case.file, incidents=(Incident("other", what="x" * 3000, number=1, created=NOW),)
    )
    text = letter.compose("notice", file, case.answers, knowledge, FRENCH, TODAY)
    reader = pypdf.PdfReader(io.BytesIO(letter.letter_pdf(text)))
    seen: list[float] = []
    for page in reader.pages:
        page.extract_text(visitor_text=lambda t, cm, tm, fd, fs: seen.append(float(tm[4])))
    found = "".join(page.extract_text() for page in reader.pages)
    assert max(found.count("x"), found.count("X")) >= 2999
    assert max(seen) < 595


def test_a_sent_version_keeps_its_words_and_only_learns_dates() -> None:
    draft = Letter("notice", {"texts": {}}, files=(("a.pdf", "f" * 64),), number=4, version=2)
    sent = letter.mark_sent(draft, {"how": "registered", "posted": "2026-11-20", "received": None})
    later = letter.mark_sent(sent, {"received": "2026-11-22", "posted": None})
    assert replace(later, status="draft", sent={}) == draft
    assert later.sent == {"how": "registered", "posted": "2026-11-20", "received": "2026-11-22"}


def test_versions_count_up_until_one_is_sent() -> None:
    def case(*letters: Letter) -> CaseFile:
        return replace(one_file(), letters=letters)

    first, second = Letter("notice", {}, version=1), Letter("notice", {}, version=2)
    assert letter.next_version("notice", case()) == 1
    assert letter.next_version("notice", case(first)) == 2
    assert letter.next_version("notice", case(first, second)) == 3
    assert letter.next_version("notice", case(first, replace(second, status="sent"))) == 1
    assert letter.next_version("reply", case(first)) == 1


def one_file() -> CaseFile:
    from bot.casefile.models import Case

    return CaseFile(Case(1, 1, "test", "open", NOW))
