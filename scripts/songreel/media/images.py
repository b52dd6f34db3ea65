"""Image files: found safely in the song's folder, brought to the film's size, stored as PNG.

A sheet is untrusted: the names in it reach nothing outside the image folder, and a file counts as
an image only if Pillow knows it for one of the ordinary picture formats.
"""

import io
import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from songreel.errors import SongreelError
from songreel.storage.atomic import replacing

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")  # none that starts a program

LARGEST_FILE = 50_000_000  # bytes

LARGEST_PICTURE = Image.MAX_IMAGE_PIXELS  # about 89 megapixels

COMPRESSION = 4  # of PNG, 0–9: higher ones take three times as long to save a fiftieth

TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def prepare_image(source: Path, width: int, height: int) -> np.ndarray:
    """An image at the film's size: upright (EXIF), flattened over black, scaled to cover with
    Lanczos and cropped at the centre.

    Returns:
        (height, width, 3) uint8 RGB.

    Raises:
        SongreelError: the file cannot be read to its end.
    """
    try:
        with _open(source) as image:
            upright = ImageOps.exif_transpose(image)
            flat = _flatten(upright)
    except (OSError, SyntaxError, ValueError, *TOO_LARGE) as error:
        raise SongreelError(
            f"image '{source.name}' cannot be read: {error}; open it and save it again as PNG"
        ) from error
    return np.array(ImageOps.fit(flat, (width, height), method=Image.Resampling.LANCZOS))


def encode_png(picture: np.ndarray) -> bytes:
    """A picture as a PNG file; the same pixels always give the same bytes.

    Args:
        picture: (height, width, 3) uint8 RGB.
    """
    encoded = io.BytesIO()
    Image.fromarray(picture).save(encoded, format="PNG", compress_level=COMPRESSION)
    return encoded.getvalue()


def save_png(picture: np.ndarray, path: Path) -> None:
    """Store a picture, (height, width, 3) uint8 RGB, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_bytes(encode_png(picture))


def load_png(path: Path) -> np.ndarray:
    """A stored picture, (height, width, 3) uint8 RGB.

    Raises:
        OSError: missing, broken or not a PNG.
    """
    with Image.open(path, formats=("PNG",)) as image:
        return np.array(image.convert("RGB"))


def _open(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(path, formats=FORMATS)


@lru_cache(maxsize=1024)
def _fault(path: Path, size: int, changed: int) -> str | None:
    """What is wrong with an image file, as far as a quick look tells; None if nothing.

    `changed` only keeps the cache honest when a file is replaced.
    """
    if size > LARGEST_FILE:
        return f"is {size / 1e6:.0f} MB large; save it smaller, at most {LARGEST_FILE / 1e6:.0f} MB"
    try:
        with _open(path) as image:
            if image.format in (
                "JPEG",
                "MPO",
            ):  # checks nothing in verify(), and decodes quickly when small
                image.draft("RGB", (1, 1))
                image.load()
            else:
                image.verify()
    except TOO_LARGE:
        return f"has more than {LARGEST_PICTURE / 1e6:.0f} megapixels; save it smaller"
    except PermissionError:
        return "may not be read; change the file's permissions"
    except UnidentifiedImageError:
        return f"is not a picture ({', '.join(FORMATS)}); save it as PNG or JPEG"
    except Exception:  # Pillow's readers raise almost anything over a broken file
        return "is broken; open it and save it again as PNG or JPEG"
    return None


def _flatten(image: Image.Image) -> Image.Image:
    """Any mode to RGB, transparency over black."""
    if image.mode.startswith("I"):  # 16-bit greyscale, which Pillow would clip at 255
        image = Image.fromarray(np.uint8(np.clip(np.rint(np.asarray(image) / 257), 0, 255)))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image)
    return image.convert("RGB")
