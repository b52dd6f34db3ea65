"""PNG files for tests."""

from songreel.media.images import encode_png


def save_png(image, path):
    """Save (height, width, 3) uint8 RGB as a PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(encode_png(image))
