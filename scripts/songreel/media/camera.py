"""The camera: a zoom about the centre of the image."""

import numpy as np
from PIL import Image


def zoom(image: np.ndarray, factor: float) -> np.ndarray:
    """Magnify an image about its centre, resampled once with Lanczos.

    Pillow resamples the part of the image that fills the result, at exact positions. (OpenCV's
    warps round positions to 1/32 pixel: repeated, a slow zoom leaves a seam in the middle.)

    Args:
        image: (height, width, 3), uint8 or float32, 0–255.
        factor: magnification, > 0; below 1 the image is continued by mirroring it at its borders.

    Returns:
        (height, width, 3) float32, 0–255, not rounded.
    """
    if factor == 1:
        return image.astype(np.float32)
    height, width = image.shape[:2]
    margins = (0, 0)
    if factor < 1:
        margins = tuple(int(np.ceil(side * (1 / factor - 1) / 2)) for side in (height, width))
        image = np.pad(image, [(margin, margin) for margin in margins] + [(0, 0)], "symmetric")
    centre_y, centre_x = margins[0] + height / 2, margins[1] + width / 2
    half_y, half_x = height / 2 / factor, width / 2 / factor
    box = (centre_x - half_x, centre_y - half_y, centre_x + half_x, centre_y + half_y)
    channels = [
        Image.fromarray(channel.astype(np.float32)).resize(
            (width, height), Image.Resampling.LANCZOS, box=box
        )
        for channel in np.moveaxis(image, -1, 0)
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 255)
