"""Time and memory of a dossier: 60 photos of 12 megapixels, two of them damaged.

    python bench/dossier.py [PHOTOS]

The photos are made first, in the temporary folder; only the dossier is measured, in a process of
its own.
"""

from __future__ import annotations

import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.casefile.models import Case, CaseFile, Contract, Evidence, Incident, Moment, Party
from bot.i18n import Translator

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TARGET_SECONDS, TARGET_MEGABYTES = 20, 500


def make_photos(folder: Path, count: int) -> None:
    """Photos with as much detail as a telephone's, about 4 MB each."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(1)
    for number in range(1, count + 1):
        coarse = rng.integers(0, 255, (375, 500, 3), dtype=np.uint8)
        image = Image.fromarray(coarse).resize((4000, 3000), Image.Resampling.BICUBIC)
        grain = rng.integers(0, 12, (3000, 4000, 1), dtype=np.uint8)
        image = Image.fromarray(np.asarray(image) // 16 * 15 + grain)
        image.save(folder / f"photo-{number:03}.jpg", quality=88)
    for number in (7, 33):
        path = folder / f"photo-{number:03}.jpg"
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 3] if number == 7 else b"\x00" * len(content))


def case_of(photos: list[Path]) -> CaseFile:
    incidents = tuple(
        Incident("payment", what=f"Le paiement échoue, fait {n}", started=Moment(NOW.date()),
                 number=n, created=NOW)
        for n in range(1, 6)
    )  # fmt: skip
    evidence = tuple(
        Evidence(hashlib.sha256(path.read_bytes()).hexdigest(), path.name, "image/jpeg",
                 path.stat().st_size, NOW, incident=1 + n % 5, number=n)
        for n, path in enumerate(photos, 1)
    )  # fmt: skip
    provider, client = Party("Agence Pixel", "75012 Paris"), Party("Le Fournil", "35000 Rennes")
    case = Case(1, 1, "bench", "open", NOW, provider, client, Contract(subject="site"))
    return CaseFile(case, incidents, evidence=evidence)


def measure(folder: Path) -> None:
    from bot.documents.dossier import make_dossier
    from bot.faq.loader import load

    photos = sorted(folder.glob("photo-*.jpg"))
    file = case_of(photos)
    places = {e.sha256: path for e, path in zip(file.evidence, photos, strict=True)}
    knowledge = load(Path(__file__).parent.parent / "knowledge")
    out = folder / "out"
    out.mkdir()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    started = time.perf_counter()
    made = make_dossier(file, places.__getitem__, knowledge, Translator("fr"), NOW, out)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for path in made.files:
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB")
    print("left out:", made.left_out)
    print(f"{len(photos)} photos: {seconds:.1f} s (target {TARGET_SECONDS})")
    print(f"memory: {peak:.0f} MB at most (target {TARGET_MEGABYTES}), {before:.0f} MB before")


def main() -> None:
    if len(sys.argv) == 3:
        return measure(Path(sys.argv[2]))
    count = int(sys.argv[1]) if len(sys.argv) == 2 else 60
    with tempfile.TemporaryDirectory() as folder:
        make_photos(Path(folder), count)
        subprocess.run([sys.executable, __file__, "measure", folder], check=True)
    return None


if __name__ == "__main__":
    main()
