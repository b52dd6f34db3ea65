"""Image files: checked, brought to the film's size, and stored as PNG.

Image files are untrusted: only those that Pillow recognises as one of ``FORMATS`` are opened.
"""

import io
import warnings
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from songreel.errors import SongreelError
from songreel.storage.atomic import replacing

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")  # none of them starts a program

MAX_FILE_SIZE = 50_000_000  # bytes

MAX_PIXELS = Image.MAX_IMAGE_PIXELS or 0  # Pillow's own limit, about 89 million

PNG_COMPRESSION = 4  # 0–9: higher levels take three times as long to save a fiftieth

PREPARED_VERSION = 2
"""Raised by hand when a change of the code changes prepared images: all are made anew."""

SOURCE = "Songreel source"
"""Keyword of the text in a prepared image: the digest of its source file, and the version."""

TOO_LARGE = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def prepare_image(source: Path, width: int, height: int) -> np.ndarray:
    """Read an image file at the film's size.

    The image is turned upright by its EXIF tag, laid over black where it is transparent, scaled
    with Lanczos to cover the film's frame, and cropped about its centre.

    Args:
        source: the image file.
        width: of the film, in pixels.
        height: of the film, in pixels.

    Returns:
        (height, width, 3) uint8 RGB.

    Raises:
        SongreelError: the file is damaged or too large.
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


def image_problem(path: Path) -> str | None:
    """Check an image file without decoding all of it.

    Returns:
        what is wrong with it and how to correct it, continuing a sentence that begins with its
        name; None where nothing is found.
    """
    status = path.stat()
    return _image_problem(path, status.st_size, status.st_mtime_ns)


def encode_png(image: np.ndarray, texts: Mapping[str, str] | None = None) -> bytes:
    """Encode an image as a PNG file; the same pixels and texts always give the same bytes.

    Args:
        image: (height, width, 3) uint8 RGB.
        texts: keyword → text, stored in the file; None for none.
    """
    chunks = PngInfo()
    for keyword, text in (texts or {}).items():
        chunks.add_text(keyword, text)
    encoded = io.BytesIO()
    Image.fromarray(image).save(
        encoded, format="PNG", compress_level=PNG_COMPRESSION, pnginfo=chunks
    )
    return encoded.getvalue()


def save_prepared(image: np.ndarray, path: Path, source_digest: str) -> None:
    """Save a prepared image as PNG, which says what it was made from.

    Args:
        image: (height, width, 3) uint8 RGB.
        path: the PNG file; it appears complete or not at all.
        source_digest: SHA-256 (hex) of the image file's content.
    """
    with replacing(path) as temporary:
        temporary.write_bytes(encode_png(image, {SOURCE: _origin(source_digest)}))


def _origin(source_digest: str) -> str:
    return f"{source_digest} {PREPARED_VERSION}"


def is_prepared_from(path: Path, source_digest: str, width: int, height: int) -> bool:
    """Tell whether a prepared image exists that this version made from this content at this size.

    Args:
        path: the PNG file.
        source_digest: SHA-256 (hex) of the image file's content.
        width: of the film, in pixels.
        height: of the film, in pixels.
    """
    try:
        with Image.open(path, formats=("PNG",)) as image:
            return image.info.get(SOURCE) == _origin(source_digest) and image.size == (
                width,
                height,
            )
    except OSError:
        return False


def load_png(path: Path) -> np.ndarray:
    """Read a PNG file as (height, width, 3) uint8 RGB.

    Raises:
        OSError: the file is missing, damaged or no PNG.
    """
    with Image.open(path, formats=("PNG",)) as image:
        return np.array(image.convert("RGB"))


def _open(path: Path) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return Image.open(path, formats=FORMATS)


@lru_cache(maxsize=1024)
def _image_problem(path: Path, size: int, mtime_ns: int) -> str | None:
    """Check an image file of ``size`` bytes.

    The time of its last change is an argument so that a file that was replaced is checked again.
    """
    if size > MAX_FILE_SIZE:
        return (
            f"is {size / 1e6:.0f} MB large; save it smaller, at most {MAX_FILE_SIZE / 1e6:.0f} MB"
        )
    try:
        with _open(path) as image:
            if image.format in ("JPEG", "MPO"):  # verify() checks nothing in these
                image.draft("RGB", (1, 1))
                image.load()
            else:
                image.verify()
    except TOO_LARGE:
        return f"has more than {MAX_PIXELS / 1e6:.0f} megapixels; save it smaller"
    except PermissionError:
        return "may not be read; change the file's permissions"
    except UnidentifiedImageError:
        return f"is not a picture ({', '.join(FORMATS)}); save it as PNG or JPEG"
    except Exception:  # Pillow raises all kinds of errors over a broken file
        return "is broken; open it and save it again as PNG or JPEG"
    return None


def _flatten(image: Image.Image) -> Image.Image:
    """Convert an image of any mode to RGB, over black where it is transparent."""
    if image.mode.startswith("I"):  # 16-bit greyscale, which Pillow would clip at 255
        shades = np.clip(np.rint(np.asarray(image) / 257), 0, 255)
        image = Image.fromarray(shades.astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        black = Image.new("RGBA", image.size, (0, 0, 0, 255))
        image = Image.alpha_composite(black, image)
    return image.convert("RGB")
