"""A sales file as rows of cells: text in any usual encoding and separator, or a spreadsheet."""

from __future__ import annotations

import codecs
import csv
import io
import json
import lzma
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.casefile.sales_cells import Cell, bare_amount, is_blank, is_number_date, read_date
from bot.errors import SalesFileError
from bot.i18n import N_, PARIS

MAX_BYTES = 200_000_000
"""What a file may come to once unpacked."""

MAX_ROWS = 1_000_000
MAX_SECONDS = 60
"""How long a spreadsheet may take to open."""

Rows = Iterator[tuple[int, list[Cell]]]
"""Row number as a spreadsheet shows it, and cells."""

_WORKER = Path(__file__).with_name("sheet_worker.py")
_DELIMITERS = ";\t|,"
_SAMPLE_LINES = 200
_MAX_LINES_IN_A_CELL = 200


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or the whole of a text file. `rows` can be gone through once."""

    name: str
    rows: Rows


def tables(content: bytes) -> Iterator[Table]:
    """The sheets of a file, in order; read each before the next.

    Raises:
        SalesFileError: it is not a table, is too big, or can't be opened.
    """
    if not content.strip(b"\x00 \r\n\t"):
        raise SalesFileError(N_("This file is empty. Please export it again."))
    if len(content) > MAX_BYTES:
        raise _too_big()
    if content.startswith(b"PK"):
        _refuse_bomb(content)
        yield from _sheets(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        yield from _sheets(content)
    else:
        _refuse_other_kinds(content)
        yield Table("", _text_rows(decode(content)))


def _too_big() -> SalesFileError:
    return SalesFileError(
        N_("This file is too big once opened (over {megabytes} MB). Please export a shorter"
           " period, or as CSV."),
        megabytes=MAX_BYTES // 1_000_000,
    )  # fmt: skip


def too_many_rows() -> SalesFileError:
    """The file has more rows than are read."""
    return SalesFileError(
        N_("This file has over a million rows. Please export a shorter period, or totals by day.")
    )


# Spreadsheets


_ZIP_FAULTS = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
)  # fmt: skip
"""All that the standard library was seen or is said to raise on a broken zip."""


def _refuse_bomb(content: bytes) -> None:
    """Unpack everything once and count: the sizes that a zip declares may lie."""
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.namelist()
            for member in archive.infolist():
                member.file_size = 1 << 62  # read until the data ends, not as declared
                with archive.open(member) as file:
                    while block := file.read(1 << 20):
                        total += len(block)
                        if total > MAX_BYTES:
                            raise _too_big()
    except _ZIP_FAULTS as error:
        raise _damaged() from error
    if "[Content_Types].xml" not in members and "content.xml" not in members:
        raise SalesFileError(
            N_("This is an archive, not a table. Please unzip it, then send the file inside.")
        )


def _damaged() -> SalesFileError:
    return SalesFileError(
        N_("This file can’t be opened: it is damaged, or too big. Please open it in your"
           " spreadsheet program, save it as CSV, and send that.")
    )  # fmt: skip


def _sheets(content: bytes) -> Iterator[Table]:
    with tempfile.TemporaryFile() as out:
        try:
            worker = subprocess.run(  # noqa: S603 - our own file, no shell, nothing of the client's
                [sys.executable, "-I", str(_WORKER)],
                input=content, stdout=out, stderr=subprocess.DEVNULL, timeout=MAX_SECONDS,
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise _damaged() from error
        if worker.returncode != 0:
            raise _damaged()
        out.seek(0)
        yield from _worker_tables(out)


def _worker_tables(out: IO[bytes]) -> Iterator[Table]:
    line = json.loads(out.readline())
    while line[0] == "sheet":
        pending: list[list[object]] = []
        rows = _sheet_rows(out, pending)
        yield Table(line[1], rows)
        for _ in rows:
            pass
        line = pending[0]
    if line[0] == "error" and line[1] == "password":
        raise SalesFileError(
            N_("This file is protected by a password. Please save it without, then send it again.")
        )
    if line[0] == "error":
        raise _damaged()


def _sheet_rows(out: IO[bytes], pending: list[list[object]]) -> Rows:
    for raw in out:
        line = json.loads(raw)
        if line[0] != "rows":
            pending.append(line)
            return
        yield from enumerate(line[2], line[1])
    raise _damaged()


# Text

_OTHER_KINDS = (
    (b"%PDF", N_("This is a PDF: its figures can’t be read safely. Please export the sales as CSV"
                 " or Excel.")),
    (b"\x89PNG", N_("This is a picture. Please export the sales as CSV or Excel.")),
    (b"\xff\xd8\xff", N_("This is a picture. Please export the sales as CSV or Excel.")),
    (b"{\\rtf", N_("This is a text document. Please export the sales as CSV or Excel.")),
)  # fmt: skip


def _refuse_other_kinds(content: bytes) -> None:
    for start, message in _OTHER_KINDS:
        if content.startswith(start):
            raise SalesFileError(message)
    head = content[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<", b"{", b"[{")):
        raise SalesFileError(
            N_("This is a web page or a data file, not a table. Please open it in your spreadsheet"
               " program, save it as Excel or CSV, and send that.")
        )  # fmt: skip


def decode(content: bytes) -> str:
    """The text: by its mark, else UTF-16 by its zeros, else UTF-8, else Windows or old Mac."""
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    head = content[:2000]
    if head.count(0) > len(head) // 4:
        little = head[1::2].count(0) > head[::2].count(0)
        return content.decode("utf-16-le" if little else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode(_eight_bits(content), "replace")


_WINDOWS_SIGNS = "éèêëàâçùûîïôœÉÈÀÇ€°\u00a0".encode("cp1252")
_MAC_SIGNS = "éèêëàâçùûîïôœÉÈÀÇ€°\u00a0".encode("mac_roman")


def _eight_bits(content: bytes) -> str:
    """Windows or old Mac: whichever makes more of the bytes French letters and signs."""
    windows = sum(map(content.count, _WINDOWS_SIGNS))
    mac = sum(map(content.count, _MAC_SIGNS))
    return "mac_roman" if mac > windows else "cp1252"


def _text_rows(text: str) -> Rows:
    text = text.replace("\x00", "")
    skipped = 0
    declared = re.match(r"sep=(.)\r?\n", text)
    if declared:
        text, skipped = text[declared.end() :], 1
    delimiter = declared[1] if declared else _delimiter(text)
    for row, cells in _records(text, delimiter):
        yield row + skipped, list(_unwrapped(cells, delimiter))


def _unwrapped(cells: list[str], delimiter: str) -> list[str]:
    """The cells of a row that was put whole between quotation marks: spreadsheets do that."""
    if len(cells) != 1 or delimiter not in cells[0] or re.search(r"[\r\n]", cells[0]):
        return cells
    try:
        return next(csv.reader([cells[0]], delimiter=delimiter))
    except csv.Error:
        return cells


def _records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line, row = 0, 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise _open_quote(row) from error
        if reader.line_num - line > _MAX_LINES_IN_A_CELL:
            raise _open_quote(row)
        line = reader.line_num
        yield row, cells


def _open_quote(row: int) -> SalesFileError:
    return SalesFileError(
        N_("Row {row}: a quotation mark is opened and never closed. Please correct this row, or"
           " export the file again."),
        row=row,
    )  # fmt: skip


def _delimiter(text: str) -> str:
    """The separator with which most lines show a date and an amount."""
    sample = "".join(text[:100_000].splitlines(keepends=True)[:_SAMPLE_LINES])
    scores = {delimiter: _score(sample, delimiter) for delimiter in _DELIMITERS}
    return max(scores, key=lambda delimiter: scores[delimiter])


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    """Lines with a date and an amount; lines with as many cells as the first of several."""
    try:
        records = [cells for _, cells in _records(sample, delimiter)]
    except SalesFileError:
        return (0, 0)
    records = [_unwrapped(cells, delimiter) for cells in records if cells]
    good = sum(map(_looks_like_data, records))
    widths = [len(cells) for cells in records if len(cells) > 1]
    return good, widths.count(max(widths, key=widths.count)) if widths else 0


def _looks_like_data(cells: list[str]) -> bool:
    dates = [
        i for i, c in enumerate(cells)
        if not is_blank(c) and not is_number_date(c) and read_date(c, False, PARIS) is not None
    ]  # fmt: skip
    return bool(dates) and any(
        i not in dates and bare_amount(c) is not None for i, c in enumerate(cells)
    )
