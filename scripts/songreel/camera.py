"""The camera: a zoom about the centre of the picture."""

import cv2
import numpy as np


def zoom(picture: np.ndarray, factor: float) -> np.ndarray:
    """Magnify a picture about its centre, resampled once with Lanczos.

    The mapping is the affine ``x' = c + factor·(x − c)`` about the centre ``c`` of the pixel grid,
    so the centre stays where it is for even and odd sizes alike.

    Args:
        picture: (height, width, 3), uint8 or float32, 0–255.
        factor: magnification, > 0; below 1 the border is mirrored in.

    Returns:
        (height, width, 3) float32, 0–255, not rounded.
    """
    picture = picture.astype(np.float32)
    if factor == 1:
        return picture
    height, width = picture.shape[:2]
    centre_x, centre_y = (width - 1) / 2, (height - 1) / 2
    matrix = np.float64(
        [
            [factor, 0, centre_x * (1 - factor)],
            [0, factor, centre_y * (1 - factor)],
        ]
    )
    zoomed = cv2.warpAffine(
        picture,
        matrix,
        (width, height),
        flags=cv2.INTER_LANCZOS4,
        borderMode=cv2.BORDER_REFLECT_101,
    )
    return np.clip(zoomed, 0, 255)
