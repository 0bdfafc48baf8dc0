"""The dossier: what is in it, what is left out, and originals that can be checked."""

from __future__ import annotations

import hashlib
import io
import random
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pypdf
import pytest
from PIL import Image

from bot.casefile.models import (
    Case,
    CaseFile,
    Contract,
    Event,
    Evidence,
    Incident,
    Letter,
    LossEstimate,
    Moment,
    Note,
    Party,
)
from bot.documents import archive, letter, pictures
from bot.documents.dossier import DossierResult, make_dossier
from bot.documents.dossier_view import kept_letters
from bot.errors import DocumentError
from bot.i18n import PARIS, Translator
from tests.documents.letter_cases import one, real_knowledge

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ENGLISH = Translator("en", timezone=PARIS)


def photo(width: int = 320, height: int = 240, form: str = "JPEG", **how: Any) -> bytes:
    out = io.BytesIO()
    pixels = random.Random(width * height).randbytes(width * height * 3)
    Image.frombytes("RGB", (width, height), pixels).save(out, form, **how)
    return out.getvalue()


class Shelf:
    """Originals by their fingerprint."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, sha256: str) -> Path:
        return self.folder / sha256

    def keep(self, *contents: tuple[str, bytes], incident: int | None = 1) -> tuple[Evidence, ...]:
        found = []
        for number, (name, content) in enumerate(contents, 1):
            sha256 = hashlib.sha256(content).hexdigest()
            self(sha256).write_bytes(content)
            mime = "image/jpeg" if name.endswith("jpg") else "application/octet-stream"
            found.append(
                Evidence(sha256, name, mime, len(content), NOW, f"Preuve {number}",
                         incident=incident, number=number)
            )  # fmt: skip
        return tuple(found)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    (tmp_path / "shelf").mkdir()
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def make(shelf: Shelf, tmp_path: Path) -> Callable[..., DossierResult]:
    def run(file: CaseFile, **how: Any) -> DossierResult:
        out = tmp_path / "out"
        shutil.rmtree(out, ignore_errors=True)
        out.mkdir()
        return make_dossier(file, shelf, real_knowledge(), ENGLISH, NOW, out, **how)

    return run


def case(evidence: tuple[Evidence, ...] = (), **parts: Any) -> CaseFile:
    incident = Incident(
        "payment", what="Les clients ne peuvent plus payer", started=Moment(date(2026, 3, 3)),
        page="/panier", severity="blocked", cost_cents=80000, told="written",
        told_on=Moment(date(2026, 3, 4)), details={"error": "Erreur 502"}, number=1, created=NOW,
    )  # fmt: skip
    details = Case(
        1, 1, "test", "open", NOW, Party("Agence Pixel", "75012 Paris", "552100554"),
        Party("Le Fournil", "35000 Rennes"), Contract("D-1", "un site", "2025-09-01", 480000),
    )  # fmt: skip
    return replace(CaseFile(details, (incident,), evidence=evidence), **parts)


def pages(made: DossierResult) -> list[str]:
    return [flat(page.extract_text()) for page in pypdf.PdfReader(made.files[0]).pages]


def flat(text: str) -> str:
    return re.sub(r"[\s\u200b]+", " ", text)


def test_the_pdf_tells_the_whole_case(make: Any, shelf: Shelf) -> None:
    evidence = shelf.keep(("panier.jpg", photo()), ("ventes.csv", b"jour;ca"))
    notes = (Note("Appel du support", 1, NOW),)
    events = (Event("order-to-pay-served", date(2026, 11, 20), None, 1),)
    whole = " ".join(pages(make(case(evidence, notes=notes, events=events))))
    for words in (
        "Le Fournil", "Agence Pixel", "552 100 554", "Les clients ne peuvent plus payer",
        "/panier", "Erreur 502", "€800", "3 March 2026", "4 March 2026", "Appel du support",
        "Order to pay",
        "Preuve 1 (panier.jpg)", "Preuve 2 (ventes.csv)", "24 November 2026 at 10:00",
    ):  # fmt: skip
        assert words in whole, words
    for exhibit in evidence:
        assert exhibit.sha256 in whole.replace(" ", "")


def test_the_page_numbers_match(make: Any, shelf: Shelf) -> None:
    evidence = shelf.keep(*((f"photo{n}.jpg", photo(900 + n, 700)) for n in range(9)))
    found = pages(make(case(evidence)))
    listed = next(text for text in found if text.startswith("Exhibits"))
    for exhibit in evidence:
        name = f"Preuve {exhibit.number}"
        row = re.search(rf"\b{exhibit.number} {name} \(\S+ 24 November 2026 (\d+)", listed)
        assert row
        page = int(row[1])
        assert f"Exhibit {exhibit.number} – {name}" in found[page - 1]
    for number, text in enumerate(found, 1):
        assert re.search(rf"page {number} / {len(found)}\b", text)
    contents = dict(re.findall(r"(\w+) ?(?:\. ?)+(\d+)", found[0]))
    for section, page in contents.items():
        assert found[int(page) - 1].startswith(section)


def test_pictures_are_inline_and_other_files_are_not(make: Any, shelf: Shelf) -> None:
    evidence = shelf.keep(("a.jpg", photo()), ("b.png", photo(form="PNG")), ("c.csv", b"1;2"))
    reader = pypdf.PdfReader(make(case(evidence)).files[0])
    assert sum(len(page.images) for page in reader.pages) == 2


def test_a_damaged_picture_is_left_out_and_named(make: Any, shelf: Shelf) -> None:
    whole = photo(800, 600)
    evidence = shelf.keep(
        ("bonne.jpg", whole), ("coupée.jpg", whole[: len(whole) // 2]), ("vide.jpg", b""),
        ("fausse.png", b"pas une image"), ("iphone.heic", b"\0\0\0\x18ftypheic" + b"\0" * 90),
    )  # fmt: skip
    made = make(case(evidence))
    assert made.left_out == (
        (2, "the file is damaged"), (3, "the file is damaged"), (4, "the file is damaged"),
        (5, "this format can’t be printed"),
    )  # fmt: skip
    text = " ".join(pages(made))
    assert "Exhibit 2 (Preuve 2 (coupée.jpg)): the file is damaged" in text
    assert sum(len(page.images) for page in pypdf.PdfReader(made.files[0]).pages) == 1
    with zipfile.ZipFile(made.files[1]) as packed:
        assert len(packed.namelist()) == 6


def test_a_missing_or_altered_original_is_named_and_not_packed(make: Any, shelf: Shelf) -> None:
    evidence = shelf.keep(("a.jpg", photo()), ("b.jpg", photo(300)), ("c.csv", b"1"))
    shelf(evidence[0].sha256).unlink()
    shelf(evidence[2].sha256).write_bytes(b"2")
    made = make(case(evidence))
    assert dict(made.left_out) == {
        1: "the original is missing",
        3: "the original no longer has the fingerprint it was received with",
    }
    with zipfile.ZipFile(made.files[1]) as packed:
        assert [name for name in packed.namelist() if "pieces" in name] == ["pieces/002-b.jpg"]


def test_sha256sum_accepts_the_manifest(make: Any, shelf: Shelf, tmp_path: Path) -> None:
    names = ("capture d’écran.jpg", "../../etc/passwd", "C:\\x\\y.csv", "", ".caché", "a\nb.txt",
             "Éte « 2026 ».PNG", "x" * 300 + ".pdf", "--help.txt")  # fmt: skip
    evidence = shelf.keep(*((name, f"contenu {n}".encode()) for n, name in enumerate(names)))
    made = make(case(evidence))
    target = tmp_path / "unpacked"
    with zipfile.ZipFile(made.files[1]) as packed:
        packed.extractall(target)
        assert len(packed.namelist()) == len(set(packed.namelist())) == len(names) + 1
    checked = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"],
        cwd=target, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert checked.stdout.count(": OK") == len(names)
    for exhibit in evidence:
        assert (target / archive.entry_name(exhibit)).read_bytes() == shelf(
            exhibit.sha256
        ).read_bytes()


def test_archives_are_split_under_the_limit(shelf: Shelf, tmp_path: Path) -> None:
    evidence = shelf.keep(
        *((f"{n}.bin", bytes([n]) * 40_000) for n in range(7)), ("gros", b"g" * 90_000)
    )
    steps: list[int] = []
    made = archive.write_archives(
        evidence, shelf, tmp_path, "originaux", NOW, lambda: steps.append(1), limit=85_000
    )
    assert [path.name for path in made.files] == [f"originaux-{n}.zip" for n in range(1, 5)]
    assert all(path.stat().st_size <= 85_000 for path in made.files)
    assert made.left_out == ((8, archive.TOO_BIG),)
    assert len(steps) == 8
    packed = [name for path in made.files for name in zipfile.ZipFile(path).namelist()]
    assert len([name for name in packed if name.startswith("pieces/")]) == 7


def test_heavy_pictures_are_made_lighter(
    make: Any, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = shelf.keep(*((f"{n}.jpg", photo(900 + n, 700)) for n in range(4)))
    heavy = make(case(evidence)).files[0].stat().st_size
    monkeypatch.setattr("bot.documents.dossier.PICTURE_BYTES", 200_000)
    assert make(case(evidence)).files[0].stat().st_size < min(heavy, 350_000)


def test_a_client_s_words_are_printed_as_typed(make: Any, shelf: Shelf) -> None:
    hostile = "#let x = {{ 7*7 }} *gras* <b> @ref $x^2$ `code` // fin"
    evidence = shelf.keep((hostile.replace("/", "") + ".jpg", photo()))
    file = case(evidence, notes=(Note(hostile, 1, NOW),))
    file = replace(file, incidents=(replace(file.incidents[0], what=hostile, page=hostile),))
    text = " ".join(pages(make(file)))
    assert text.count(flat(hostile)) >= 3


def test_a_case_with_nothing_in_it_still_makes_a_dossier(make: Any) -> None:
    made = make(CaseFile(Case(3, 2, "test", "open", NOW)))
    assert [path.name for path in made.files] == ["dossier-2-2026-11-24.pdf"]
    assert made.left_out == ()


def test_progress_reaches_the_end(make: Any, shelf: Shelf) -> None:
    seen: list[tuple[int, int]] = []
    evidence = shelf.keep(("a.jpg", photo()), ("b.csv", b"1"))
    make(case(evidence), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(n, 5) for n in range(1, 6)]


def test_letters_are_printed_in_full_with_how_they_went(make: Any) -> None:
    made = one("notice", random.Random(3), real_knowledge())
    both = {"fr": Translator("fr"), "en": ENGLISH}
    body = letter.body_of(
        "notice", made.file, made.answers, real_knowledge(), both, date(2026, 11, 10)
    )
    sent = Letter("notice", body, (("a.pdf", "ab" * 32),), "sent",
                  {"how": "registered", "posted": "2026-11-11", "tracking": "1A 234",
                   "received": "2026-11-13"}, 1, 1, NOW)  # fmt: skip
    text = " ".join(pages(make(case(letters=(sent,)))))
    assert "Formal notice 1 sent on 11 November 2026 by registered letter (1A 234)" in text
    assert "received on 13 November 2026" in text
    assert "ab" * 32 in text.replace(" ", "")
    for block in letter.text_of(sent).blocks[:3]:
        assert flat(block.text)[:40].replace(" ", "") in text.replace(" ", "")


def test_only_the_last_draft_after_a_sent_letter_is_kept() -> None:
    def version(number: int, status: Any = "draft", kind: str = "notice") -> Letter:
        return Letter(kind, {"texts": {"fr": {}}}, status=status, number=number)

    letters = (version(1), version(2, "sent"), version(3), version(4), version(5, kind="reply"))
    assert [kept.number for kept in kept_letters(case(letters=letters))] == [2, 4, 5]


def test_the_loss_has_its_table(make: Any) -> None:
    remark = ["{lost}, not made", {"lost": ["money", 500000]}]
    body = {
        "inputs": {}, "periods": [], "warnings": [["Mind the season.", {}]],
        "lines": [
            {"key": "margin", "label": "Lost margin", "formula": remark, "proved": True,
             "amount": [100000, 200000, 300000], "exhibits": [1], "counts": True},
            {"key": "savings", "label": "Costs spared", "formula": remark, "proved": False,
             "amount": [-5000, -5000, -5000], "exhibits": [], "counts": True},
        ],
        "totals": {"low": 95000, "median": 195000, "high": 295000, "proved": 200000,
                   "capped": [95000, 150000, 150000]},
    }  # fmt: skip
    text = " ".join(pages(make(case(losses=(LossEstimate(body, 1, NOW),)))))
    for words in ("Lost margin", "€5,000, not made", "€1,000", "€2,000", "€3,000", "− €50",
                  "Exhibit 1", "€950 €1,950 €2,950", "Mind the season.", "€1,500"):  # fmt: skip
        assert words in text, words


# Pictures


def copy(content: bytes, tmp_path: Path, pixels: int = 1_000_000) -> Image.Image:
    (tmp_path / "in").write_bytes(content)
    made = pictures.copy_picture(tmp_path / "in", tmp_path / "out.jpg", pixels)
    with Image.open(tmp_path / "out.jpg") as image:
        image.load()
        assert image.size == (made.width, made.height)
        return image


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_each_format_is_copied_as_jpeg(form: str, tmp_path: Path) -> None:
    assert copy(photo(form=form), tmp_path).format == "JPEG"


def test_a_copy_is_upright_small_and_without_hidden_data(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N"}
    exif.get_ifd(0x8769)[0x9003] = "2026:03:14 09:12:33"
    content = photo(3000, 2000, exif=exif) + b"PK\x03\x04 appended"
    image = copy(content, tmp_path)
    assert image.height > image.width
    assert image.width * image.height <= 1_000_000
    assert not image.getexif()
    assert b"appended" not in (tmp_path / "out.jpg").read_bytes()


def test_the_camera_s_date_is_read(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:03:14 09:12:33"
    (tmp_path / "in").write_bytes(photo(exif=exif))
    made = pictures.copy_picture(tmp_path / "in", tmp_path / "out.jpg", 1000)
    assert made.taken == "2026:03:14 09:12:33"


def test_what_was_transparent_is_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    assert copy(out.getvalue(), tmp_path).getpixel((5, 5)) == (255, 255, 255)


def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("1", (8000, 8000)).save(out, "PNG")
    (tmp_path / "in").write_bytes(out.getvalue())
    with pytest.raises(DocumentError, match="too large"):
        pictures.copy_picture(tmp_path / "in", tmp_path / "out.jpg", 1000)


@pytest.mark.parametrize(("count", "pixels"), [(1, 1_920_000), (60, 1_000_000), (5000, 120_000)])
def test_more_pictures_are_each_smaller(count: int, pixels: int) -> None:
    assert pictures.pixels_each(count) == pixels
