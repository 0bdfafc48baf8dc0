"""Reads a spreadsheet in a process of its own: a hostile file can only bring that process down.

Standard input: the file. Standard output: JSON lines, `["sheet", name]` then `["rows", first row
number, rows]` for each visible sheet; last `["end"]`, or `["error", kind]`. It imports nothing of
the program, so that it starts fast.
"""

from __future__ import annotations

import datetime
import io
import json
import re
import sys
import zipfile
from typing import Any

MAX_MEMORY = 3 << 30
MAX_SECONDS = 120
MAX_COLUMNS = 500
CHUNK = 2000
TRUE_DATE = "\N{SYMBOL FOR NULL}"
FAULTY = "#?"
"""Stands for a cell whose formula failed or was never computed: calamine shows it as empty."""

_ERROR = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*?\bt="e"')
_UNCOMPUTED = re.compile(
    rb'<c [^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f(?:\s[^>]*)?(?:/>|>[^<]*</f>)'
    rb"\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the time limit of the caller remains
        return
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _faulty(content: bytes) -> set[tuple[int, int]]:
    """Row and column, from 1, of the cells of an XLSX that hold an error or no result."""
    if not content.startswith(b"PK"):
        return set()
    found = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/sheet"):
                continue
            sheet = archive.read(name)
            for pattern, sign in ((_ERROR, b't="e"'), (_UNCOMPUTED, b"<f")):
                if sign in sheet:
                    found |= {(int(r), _index(c)) for c, r in pattern.findall(sheet)}
    return found


def _index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index


def _plain(cell: object) -> object:
    if isinstance(cell, (datetime.datetime, datetime.date)):
        return TRUE_DATE + cell.isoformat()
    if isinstance(cell, bool) or not isinstance(cell, (int, float, str)):
        return str(cell)
    return cell


def _say(*line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


def main() -> None:
    """Read standard input, write the rows."""
    _limit()
    import python_calamine as calamine

    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    content = sys.stdin.buffer.read()
    try:
        book = calamine.load_workbook(io.BytesIO(content))
        faulty = _faulty(content)
        for sheet in book.sheets_metadata:
            if (
                sheet.visible == calamine.SheetVisibleEnum.Visible
                and sheet.typ == calamine.SheetTypeEnum.WorkSheet
            ):
                _say("sheet", sheet.name)
                _write(book.get_sheet_by_name(sheet.name), faulty)
    except calamine.PasswordError:
        return _say("error", "password")
    except (calamine.CalamineError, zipfile.BadZipFile) as error:
        return _say("error", "password" if "assword" in str(error) else "damaged")
    return _say("end")


def _write(sheet: Any, faulty: set[tuple[int, int]]) -> None:
    offset = sheet.start[1] + 1 if sheet.start else 1
    faulty_rows = {row for row, _ in faulty}
    first = 1  # iter_rows gives the empty rows above the first filled one, not the empty columns
    chunk: list[object] = []
    for row, cells in enumerate(sheet.iter_rows(), 1):
        plain = [_plain(cell) for cell in cells[:MAX_COLUMNS]]
        if row in faulty_rows:
            for column, cell in enumerate(plain):
                if cell == "" and (row, column + offset) in faulty:
                    plain[column] = FAULTY
        chunk.append(plain)
        if len(chunk) == CHUNK:
            _say("rows", first, chunk)
            first, chunk = first + CHUNK, []
    if chunk:
        _say("rows", first, chunk)


if __name__ == "__main__":
    main()
