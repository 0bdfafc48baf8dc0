"""Time and memory for sales files of 100,000 rows: `python bench/sales.py`."""

from __future__ import annotations

import csv
import io
import random
import resource
import sys
import time
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.casefile.sales import read_sales

ROWS = 100_000
LIMIT = 5.0
"""Seconds that a file may take."""


def orders(rows: int) -> list[tuple[str, str, str, str]]:
    """Orders of two years, as a shop exports them."""
    chance = random.Random(7)
    start = datetime(2024, 1, 1)  # noqa: DTZ001 - exports write local times
    found = []
    for number in range(rows):
        at = start + timedelta(seconds=number * 730 * 86400 // rows)
        status = "Annulée" if chance.random() < 0.03 else "Terminée"
        cents = chance.randrange(500, 250_000)
        amount = f"{cents // 100:,}".replace(",", "\N{NO-BREAK SPACE}") + f",{cents % 100:02} €"
        found.append((f"CMD-{number}", at.strftime("%d/%m/%Y %H:%M:%S"), status, amount))
    return found


def as_csv(rows: list[tuple[str, str, str, str]]) -> bytes:
    """With semicolons, in the encoding of Windows."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";")
    writer.writerow(("Numéro de commande", "Date", "Statut", "Client", "Ville", "Total HT"))
    writer.writerows((o, d, s, "Anna Durand", "Lyon", a) for o, d, s, a in rows)
    return out.getvalue().encode("cp1252")


def as_iso_csv(rows: list[tuple[str, str, str, str]]) -> bytes:
    """With commas and times of another zone, the slowest dates to read."""
    lines = ["id,created_at,status,total"]
    for number, (order, at, _, _) in enumerate(rows):
        iso = f"{at[6:10]}-{at[3:5]}-{at[:2]}T{at[11:]}.{number % 1000:03}Z"
        lines.append(f"{order},{iso},paid,{number % 900}.{number % 100:02}")
    return "\n".join(lines).encode()


def as_xlsx(rows: list[tuple[str, str, str, str]]) -> bytes:
    """A minimal workbook: dates and amounts as numbers, the rest as text."""
    cells = ['<row r="1">' + _text("A1", "Date") + _text("B1", "Statut") + _text("C1", "Total HT")]
    for number, (_, _, status, _) in enumerate(rows, 2):
        serial = 45292 + number * 730 / len(rows)
        cells.append(
            f'</row><row r="{number}"><c r="A{number}" s="1"><v>{serial}</v></c>'
            f'{_text(f"B{number}", status)}<c r="C{number}"><v>{number % 900}.25</v></c>'
        )
    cells.append("</row>")
    space = "http://schemas.openxmlformats.org"
    main = f'xmlns="{space}/spreadsheetml/2006/main"'
    links = f"{space}/officeDocument/2006/relationships"
    files = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"/>',
        "_rels/.rels": _links(space, "rId1", f"{links}/officeDocument", "xl/workbook.xml"),
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{links}"><sheets>'
        '<sheet name="Ventes" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _links(
            space, "rId1", f"{links}/worksheet", "worksheets/sheet1.xml"
        ),
        "xl/styles.xml": f'<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{''.join(cells)}</sheetData>"
        "</worksheet>",
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name, body)
    return out.getvalue()


def _text(place: str, words: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{words}</t></is></c>'


def _links(space: str, name: str, kind: str, target: str) -> str:
    return (
        f'<Relationships xmlns="{space}/package/2006/relationships">'
        f'<Relationship Id="{name}" Type="{kind}" Target="{target}"/></Relationships>'
    )


def main() -> int:
    """Print a line a file; 1 when one is too slow."""
    rows = orders(ROWS)
    slow = False
    for name, make in (("cp1252.csv", as_csv), ("iso.csv", as_iso_csv), ("ventes.xlsx", as_xlsx)):
        content = make(rows)
        started = time.perf_counter()
        sales = read_sales(content, name)
        seconds = time.perf_counter() - started
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        left_out = sum(part.count for part in sales.ignored)
        print(
            f"{name:12} {len(content) / 1e6:5.1f} MB  {sales.rows:6} rows + {left_out:4} left out"
            f"  {len(sales.days)} days  {seconds:5.2f} s  peak {memory:.0f} MB"
            f"  (reader of sheets {child:.0f} MB)"
        )
        slow = slow or seconds > LIMIT
    return int(slow)


if __name__ == "__main__":
    sys.exit(main())
