"""Letters: composed from the case and the answers, shown in the chat, made as PDF and DOCX.

The words are the operators' (`knowledge/lettres/`); what a client types is only ever data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from bot.casefile.models import CaseFile, Letter, as_json, from_json
from bot.documents import facts, typesetting, word, wording
from bot.documents.wording import Block, Speaker, Vault
from bot.errors import DocumentError
from bot.faq.entry import Knowledge
from bot.i18n import N_, Translator

KINDS = ("notice", "report", "second-letter", "reply", "access")

FILE_NAMES = {
    "notice": "mise-en-demeure",
    "report": "signalement",
    "second-letter": "seconde-lettre",
    "reply": "reponse-relance",
    "access": "demande-acces",
}
_LAYOUT = Path(__file__).with_name("letter.typ")

_NEEDS: dict[str, tuple[str, ...]] = {
    "notice": ("form", "client_name", "client_address", "provider_name", "provider_address",
               "contract_subject", "griefs", "demand", "delay"),
    "report": ("form", "client_name", "provider_name", "griefs", "demand"),
    "second-letter": ("form", "client_name", "client_address", "provider_name", "provider_address",
                      "contract_subject", "griefs", "notice_on", "route"),
    "reply": ("form", "client_name", "client_address", "provider_name", "provider_address",
              "claim_on", "claim_position"),
    "access": ("form", "client_name", "client_address", "provider_name", "provider_address",
               "assets", "delay"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class LetterText:
    """A letter, ready to be laid out. Every part is plain text.

    Attributes:
        kind: one of `KINDS`.
        language: "fr" for the letter, "en" for the reading copy.
        day: the day on the letter.
        sender: lines of the head; the first is the name.
        recipient: lines of the address.
        sending: how it goes, and who gets a copy; may be empty.
        place_date: `Rennes, le 26 novembre 2026`.
        subject: the subject line, with its label.
        blocks: the body.
        signature: lines under the hand-written signature.
        exhibits: lines of the list, heading first; empty when there are none.
        notes: lines above the letter: what a reading copy is.
    """

    kind: str
    language: str
    day: date
    sender: tuple[str, ...]
    recipient: tuple[str, ...]
    sending: tuple[str, ...]
    place_date: str
    subject: str
    blocks: tuple[Block, ...]
    signature: tuple[str, ...]
    exhibits: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def missing(kind: str, file: CaseFile, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of what the letter needs and neither the case nor the answers say, in order."""
    needed = list(_NEEDS[kind])
    if facts.form(file, answers) in {"company", "association"}:
        needed.insert(2, "client_representative")
    if kind != "reply" and _says(answers, "delay") == "date":
        needed.append("until")
    if _says(answers, "ending") == "clause":
        needed.append("clause_text")
    if kind == "notice" and _says(answers, "suspend"):
        needed.append("suspend_cents")
    if kind == "second-letter" and _says(answers, "route") == "reduction":
        needed += ["reduction_cents", *(["delay"] if facts.all_paid(file, answers) else [])]
    if kind == "second-letter" and _says(answers, "route") == "clause":
        needed.append("clause_text")
    if _says(answers, "claim_position") == "part":
        needed.append("claim_contested")
    return tuple(key for key in needed if not _has(kind, file, answers, key))


def _says(answers: Mapping[str, Any], key: str) -> Any:
    return facts.said(answers, key)


def _has(kind: str, file: CaseFile, answers: Mapping[str, Any], key: str) -> bool:
    if key == "form":
        return bool(facts.form(file, answers))
    if key == "griefs":
        return bool(facts.concerned(kind, file, answers))
    if key == "notice_on":
        return facts.last_sent(file, "notice") is not None or bool(_says(answers, key))
    found = facts.fact(file, answers, key)
    return found is not None and found != ""


def compose(
    kind: str,
    file: CaseFile,
    answers: Mapping[str, Any],
    knowledge: Knowledge,
    t: Translator,
    today: date,
) -> LetterText:
    """The letter in the language of `t`; French is the letter, English its reading copy.

    Args:
        kind: one of `KINDS`.
        file: the case.
        answers: those of the letter's flow; they win over the case.
        knowledge: has the templates, the names of incidents and the delays.
        t: prints dates and amounts.
        today: the day on the letter.

    Raises:
        DocumentError: a fact is missing, or a template can't be used.
    """
    lacking = missing(kind, file, answers)
    if lacking:
        raise DocumentError(
            N_("The letter can’t be written yet: {facts} missing."), facts=", ".join(lacking)
        )
    vault = Vault(t.language)
    shown = facts.Shown(t, vault, knowledge)
    texts = wording.texts_of(knowledge)
    speaker = Speaker(facts.form(file, answers) in {"company", "association"}, t, knowledge)
    shared = f"{wording.SHARED}.{t.language}.md"
    natures = _natures(texts.get(shared, ""))
    values = facts.values(kind, file, answers, shown, natures, today)
    subject, body = wording.blocks(
        wording.render(f"{kind}.{t.language}.md", texts, values, speaker)
    )
    frame = wording.sections(wording.render(shared, texts, values, speaker))
    lines = {name: _lines(vault, part) for name, part in frame.items()}
    place = lines.get("lieu-date", ())
    return LetterText(
        kind=kind,
        language=t.language,
        day=today,
        sender=lines.get("expediteur", ()),
        recipient=lines.get("destinataire", ()),
        sending=lines.get("envoi", ()),
        place_date=place[0] if place else "",
        subject=vault.reveal(subject).replace("\n", " "),
        blocks=wording.reveal(vault, body),
        signature=lines.get("signature", ()),
        exhibits=lines.get("pieces", ()) if values["pieces"] else (),
        notes=lines.get("lecture", ()),
    )


def _lines(vault: Vault, part: tuple[str, ...]) -> tuple[str, ...]:
    """Lines of the head with the client's words; an address takes several."""
    return tuple(line for text in part for line in vault.reveal(text).split("\n") if line)


def _natures(shared: str) -> dict[str, str]:
    """How the letters name each kind of incident: `payment = Paiement en ligne`."""
    pairs = (line.partition("=") for line in wording.sections(shared).get("natures", ()))
    return {key.strip(): name.strip() for key, equals, name in pairs if equals}


def preview(letter: LetterText) -> str:
    """The letter as a message in the chat."""
    parts = [
        *letter.notes,
        "\n".join(letter.sender),
        "\n".join(letter.recipient),
        "\n".join([*letter.sending, letter.place_date]),
        letter.subject,
        *_body(letter),
        "\n".join(letter.signature),
        "\n".join(_exhibit_lines(letter)),
    ]
    return "\n\n".join(part for part in parts if part)


def _body(letter: LetterText) -> list[str]:
    """Paragraphs, with the items of a list on consecutive lines."""
    found: list[str] = []
    number = 0
    previous = ""
    for block in letter.blocks:
        number = number + 1 if block.kind == "number" else 0
        mark = {"bullet": "• ", "number": f"{number}. "}.get(block.kind, "")
        if found and previous == block.kind and mark:
            found[-1] += f"\n{mark}{block.text}"
        else:
            found.append(mark + block.text)
        previous = block.kind
    return found


def _exhibit_lines(letter: LetterText) -> list[str]:
    return [line.removeprefix("- ") for line in letter.exhibits]


def letter_pdf(letter: LetterText) -> bytes:
    """The letter as a tagged PDF, the same bytes for the same letter.

    Raises:
        DocumentError: it can't be laid out.
    """
    return typesetting.pdf(_LAYOUT.read_bytes(), data=_data(letter), made=made_at(letter.day))


def letter_docx(letter: LetterText) -> bytes:
    """The letter as a DOCX that a lawyer can go on with, the same bytes for the same letter."""
    return word.docx(_data(letter), made_at(letter.day))


def made_at(day: date) -> datetime:
    """The moment a document says it was made: noon, so that its bytes depend on the day alone."""
    return datetime.combine(day, time(12), UTC)


def _data(letter: LetterText) -> dict[str, Any]:
    """What the layouts are given."""
    return {
        **as_json(letter),
        "exhibits": _exhibit_lines(letter),
        "title": letter.subject,
        "author": letter.sender[0] if letter.sender else "",
    }


def body_of(
    kind: str,
    file: CaseFile,
    answers: Mapping[str, Any],
    knowledge: Knowledge,
    translators: Mapping[str, Translator],
    today: date,
) -> dict[str, Any]:
    """The body of a `Letter`: its text in both languages, so that it can be made again as it is,
    whatever becomes of the case and the templates.

    Raises:
        DocumentError: a fact is missing, or a template can't be used.
    """
    texts = {
        language: as_json(compose(kind, file, answers, knowledge, t, today))
        for language, t in translators.items()
    }
    value = knowledge.values.get(str(facts.said(answers, "delay")))
    until = facts.said(answers, "until")
    return {
        "answers": dict(answers),
        "day": today.isoformat(),
        "texts": texts,
        "days": int(value.value) if value and not until else None,
        "until": until,
    }


def text_of(letter: Letter, language: str = "fr") -> LetterText:
    """The text of a saved version.

    Raises:
        DocumentError: the version does not hold one.
    """
    try:
        return from_json(LetterText, letter.body["texts"][language])
    except (KeyError, ValueError) as error:
        raise DocumentError(N_("Letter {number} can’t be read."), number=letter.number) from error


def letter_files(letter: Letter, *, reading_copy: bool = False) -> tuple[tuple[str, bytes], ...]:
    """The files of a saved version, PDF first: `(name, bytes)`, always the same bytes.

    Args:
        letter: a saved version.
        reading_copy: add the English one.

    Raises:
        DocumentError: they can't be made.
    """
    text = text_of(letter)
    stem = f"{FILE_NAMES.get(letter.kind, letter.kind)}-{letter.number}"
    files = [(f"{stem}.pdf", letter_pdf(text)), (f"{stem}.docx", letter_docx(text))]
    if reading_copy and "en" in letter.body["texts"]:
        files.append((f"{stem}-reading-copy.pdf", letter_pdf(text_of(letter, "en"))))
    return tuple(files)


def next_version(kind: str, file: CaseFile) -> int:
    """The version of a new letter of that kind: drafts count up, a sent one closes the count."""
    version = 1
    for letter in file.letters:
        if letter.kind == kind:
            version = 1 if letter.status == "sent" else letter.version + 1
    return version


def mark_sent(letter: Letter, sent: Mapping[str, Any]) -> Letter:
    """The version as sent: nothing of it changes but how and when it went.

    Args:
        letter: a draft, or a sent version of which more is now known.
        sent: "how", "posted", "tracking", "presented", "received"; None leaves what is known.
    """
    known = {key: found for key, found in sent.items() if found is not None}
    return replace(letter, status="sent", sent={**letter.sent, **known})
