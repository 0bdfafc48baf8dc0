"""Pictures for a dossier: re-encoded copies, made one at a time so that memory stays bounded.

The originals are never touched: they are the evidence. A copy shows what they show and nothing
else: turned the right way up, without the place or the hidden data of the file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.casefile.models import Evidence
from bot.errors import DocumentError
from bot.i18n import N_

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF")
"""What is read; whatever a file calls itself, nothing else is tried on it."""

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif",
            ".avif"}  # fmt: skip
MAX_SIDE = 1600
MAX_PIXELS = 30_000_000
"""The largest picture decoded whole; a JPEG can be larger, for it is shrunk as it is read."""
MAX_JPEG_PIXELS = 170_000_000
ALL_PIXELS = 60_000_000
"""What all copies of a dossier may hold together: the typesetter keeps them all decoded."""
SMALLEST = 400 * 300
QUALITY = 80

UNREADABLE = N_("the file is damaged")
TOO_LARGE = N_("the picture is too large")
UNSUPPORTED = N_("this format can’t be printed")


@dataclass(frozen=True, slots=True)
class Picture:
    """A copy: its name in the folder of copies, its size in pixels and when it was taken.

    Attributes:
        taken: as the camera wrote it, `2026:03:14 09:12:33`; empty when it did not.
    """

    name: str
    width: int
    height: int
    taken: str = ""


def is_picture(exhibit: Evidence) -> bool:
    """The exhibit is meant to be a picture, by its type or its name."""
    return exhibit.mime.startswith("image/") or Path(exhibit.name).suffix.lower() in SUFFIXES


def pixels_each(count: int) -> int:
    """How many pixels each of so many copies may have."""
    return max(SMALLEST, min(MAX_SIDE * MAX_SIDE * 3 // 4, ALL_PIXELS // max(count, 1)))


def copy_picture(original: Path, target: Path, pixels: int) -> Picture:
    """Write a JPEG copy of a picture.

    Args:
        original: the file as received, anything.
        target: where the copy goes.
        pixels: the most it may have.

    Raises:
        DocumentError: it can't be read; the message, a few words, says why.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(original, formats=FORMATS) as image:
            limit = MAX_JPEG_PIXELS if image.format in {"JPEG", "MPO"} else MAX_PIXELS
            if image.width * image.height > limit:
                raise DocumentError(TOO_LARGE)
            taken = _taken(image)
            upright = _upright(image, pixels)
            upright.save(target, "JPEG", quality=QUALITY)
            return Picture(target.name, upright.width, upright.height, taken)
    except UnidentifiedImageError as error:
        known = original.read_bytes()[4:12]
        heif = known in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif", b"ftyphevc"}
        raise DocumentError(UNSUPPORTED if heif else UNREADABLE) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DocumentError(TOO_LARGE) from error
    except DocumentError:
        raise
    except Exception as error:  # a decoder fed with hostile bytes can raise almost anything
        raise DocumentError(UNREADABLE) from error


def shrink(copy: Path, ratio: float) -> None:
    """Make a copy smaller, by `ratio` on each side."""
    from PIL import Image

    with Image.open(copy, formats=("JPEG",)) as image:
        size = (max(1, int(image.width * ratio)), max(1, int(image.height * ratio)))
        image.resize(size, Image.Resampling.BICUBIC).save(copy, "JPEG", quality=QUALITY - 10)


def _upright(image: Image.Image, pixels: int) -> Image.Image:
    """Turned as it was held, on white where it was transparent, and small enough."""
    from PIL import Image, ImageOps

    ratio = min(
        1.0,
        math.sqrt(pixels / (image.width * image.height)),
        MAX_SIDE / max(image.width, image.height),
    )
    size = (max(1, int(image.width * ratio)), max(1, int(image.height * ratio)))
    small = image.convert("RGBA") if image.mode in {"P", "PA"} else image
    small.thumbnail(size, reducing_gap=1.0)  # in place, and libjpeg shrinks as it reads
    turned = ImageOps.exif_transpose(small)
    if turned.has_transparency_data:
        ground = Image.new("RGB", turned.size, "white")
        layer = turned.convert("RGBA")
        ground.paste(layer, mask=layer.getchannel("A"))
        return ground
    return turned.convert("RGB")


def _taken(image: Image.Image) -> str:
    """When the camera says it was taken."""
    from PIL import ExifTags

    try:
        exif = image.getexif()
        found = exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal)
    except Exception:  # what a camera wrote can be anything
        return ""
    return str(found).strip("\x00 ")[:19] if found else ""
