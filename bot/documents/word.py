"""The same letter as DOCX, for those who want to go on writing: plain styles, built without a
template file, so that a client's words are only ever text."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

FONT = "Times New Roman"


def docx(data: dict[str, Any], made: datetime) -> bytes:
    """A letter as DOCX, the same bytes for the same data.

    Args:
        data: what `letter` gives its layouts.
        made: the date written in the document.
    """
    import docx as library
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    document = library.Document()
    _set_page(document, data["language"])
    _set_properties(document, data, made)

    def add(text: str, style: str | None = None, **how: Any) -> Any:
        paragraph = document.add_paragraph(style=style)
        lines = text.split("\n")
        for index, line in enumerate(lines):
            run = paragraph.add_run(line)
            run.bold = how.get("bold")
            run.italic = how.get("italic")
            if index < len(lines) - 1:
                run.add_break()
        form = paragraph.paragraph_format
        form.space_after = Pt(how.get("after", 8))
        form.left_indent = Cm(how["left"]) if "left" in how else form.left_indent
        form.keep_with_next = how.get("keep", False)
        form.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if how.get("justify") else form.alignment
        return paragraph

    for note in data["notes"]:
        add(note, italic=True)
    for position, line in enumerate(data["sender"]):
        add(line, bold=position == 0, after=0)
    add("", after=6)
    for position, line in enumerate(data["recipient"]):
        add(line, bold=position == 0, after=0, left=8.5)
    add("", after=6)
    add(data["place_date"], left=8.5, after=12)
    for line in data["sending"]:
        add(line, italic=True, after=0)
    add(data["subject"], style="Heading 1", keep=True, after=12)
    styles = {"bullet": "List Bullet", "heading": "Heading 2"}
    number = 0
    for block in data["blocks"]:
        number = number + 1 if block["kind"] == "number" else 0
        if block["kind"] == "number":
            # Numbered by hand: Word would go on counting from one list to the next.
            paragraph = add(f"{number}.\t{block['text']}", justify=True, left=0.9)
            paragraph.paragraph_format.first_line_indent = Cm(-0.7)
            paragraph.paragraph_format.tab_stops.add_tab_stop(Cm(0.9))
        else:
            add(block["text"], styles.get(block["kind"]), justify=block["kind"] != "heading")
    for position, line in enumerate(data["signature"]):
        last = position == len(data["signature"]) - 1
        add(line, left=8.5, after=48 if last else 0, keep=not last)
    for position, line in enumerate(data["exhibits"]):
        add(line, None if position == 0 else "List Bullet", bold=position == 0, after=2,
            keep=position == 0)  # fmt: skip
    buffer = io.BytesIO()
    document.save(buffer)
    return _same_bytes(buffer.getvalue(), made)


def _set_page(document: Any, language: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    section.top_margin = section.bottom_margin = Cm(2.2)
    for name in ("Normal", "Heading 1", "Heading 2", "List Bullet"):
        style = document.styles[name]
        style.font.name = FONT
        style.font.size = Pt(11)
        style.font.color.rgb = RGBColor(0, 0, 0)
        properties = style.element.get_or_add_rPr()
        for script in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            properties.rFonts.set(qn(script), FONT)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            properties.rFonts.attrib.pop(qn(theme), None)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    spoken = defaults.find(qn("w:lang"))
    if spoken is not None:
        spoken.set(qn("w:val"), "fr-FR" if language == "fr" else "en-GB")


def _set_properties(document: Any, data: dict[str, Any], made: datetime) -> None:
    properties = document.core_properties
    properties.title = data["title"][:255]
    properties.author = data["author"][:255]
    properties.language = "fr-FR" if data["language"] == "fr" else "en-GB"
    properties.comments = ""
    properties.created = properties.modified = made.replace(tzinfo=None)


def _same_bytes(content: bytes, made: datetime) -> bytes:
    """The archive with one date on all its members, so that its fingerprint can be checked."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, made.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return buffer.getvalue()
