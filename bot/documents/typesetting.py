"""Typst: lays out a document from data, with its own fonts and nothing from machine or net.

Whatever a client typed goes in as a JSON string, which Typst prints and never reads as markup.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bot.errors import DocumentError
from bot.i18n import N_

if TYPE_CHECKING:
    import typst

PDF_STANDARD: Final = "ua-1"
"""Readable by everyone: tagged, titled, with its language and its reading order."""


def pdf(source: bytes, *, data: dict[str, Any], made: datetime, root: Path | None = None) -> bytes:
    """A tagged PDF, the same bytes for the same data.

    Args:
        source: the layout; it finds `data` in `sys.inputs.data`, as JSON.
        data: plain JSON values.
        made: the date written in the document.
        root: the folder from which the layout may read pictures.

    Raises:
        DocumentError: it can't be laid out.
    """
    import typst

    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    try:
        compiler = typst.Compiler(
            source, root=root, font_paths=_fonts(), ignore_system_fonts=True, sys_inputs=inputs
        )
        try:
            made_pdf = compiler.compile(
                format="pdf", pdf_standards=[PDF_STANDARD], timestamp=int(made.timestamp())
            )
        except typst.TypstError:
            # A document that can't keep to the standard is still better than none.
            made_pdf = compiler.compile(format="pdf", timestamp=int(made.timestamp()))
    except typst.TypstError as error:
        raise DocumentError(
            N_("The document could not be laid out: {reason}"), reason=error.message
        ) from error
    assert isinstance(made_pdf, bytes)
    return made_pdf


@cache
def _fonts() -> typst.Fonts:
    """Typst's own fonts, and for rare signs those that come with matplotlib."""
    import typst

    found = importlib.util.find_spec("matplotlib")
    folder = (
        Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
        if found and found.origin
        else None
    )
    paths = [str(folder)] if folder and folder.is_dir() else []
    return typst.Fonts(include_system_fonts=False, font_paths=paths)
