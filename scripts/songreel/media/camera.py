"""The camera: a zoom about the centre of the picture."""

import numpy as np
from PIL import Image


def zoom(picture: np.ndarray, factor: float) -> np.ndarray:
    """Magnify a picture about its centre, resampled once with Lanczos.

    Pillow takes the window that fills the picture afterwards, at exact positions. (OpenCV's warps
    place their samples in steps of 1/32 pixel: a slow zoom fed back leaves a seam in the middle.)

    Args:
        picture: (height, width, 3), uint8 or float32, 0–255.
        factor: magnification, > 0; below 1 the border is mirrored in.

    Returns:
        (height, width, 3) float32, 0–255, not rounded.
    """
    if factor == 1:
        return picture.astype(np.float32)
    height, width = picture.shape[:2]
    margins = (0, 0)
    if factor < 1:
        margins = tuple(int(np.ceil(side * (1 / factor - 1) / 2)) for side in (height, width))
        picture = np.pad(picture, [(margin, margin) for margin in margins] + [(0, 0)], "symmetric")
    centre_y, centre_x = margins[0] + height / 2, margins[1] + width / 2
    half_y, half_x = height / 2 / factor, width / 2 / factor
    window = (centre_x - half_x, centre_y - half_y, centre_x + half_x, centre_y + half_y)
    channels = [
        Image.fromarray(channel.astype(np.float32)).resize(
            (width, height), Image.Resampling.LANCZOS, box=window
        )
        for channel in np.moveaxis(picture, -1, 0)
    ]
    return np.clip(np.stack(channels, axis=-1), 0, 255)
