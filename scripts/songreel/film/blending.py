"""Frames between two keyframes, painted from both under one moving camera."""

import cv2
import numpy as np

from songreel.film.flow import Motion


class Blend:
    """Two keyframes, ready to be blended at any frame between them.

    Args:
        previous, following: (height, width, 3) uint8 RGB of one size.
        count: frames from the one to the other.
        zoom_per_frame: the camera's magnification per frame.
        motion: what moves beside the camera; None is a plain dissolve.
    """

    def __init__(
        self,
        previous: np.ndarray,
        following: np.ndarray,
        count: int,
        zoom_per_frame: float,
        motion: Motion | None = None,
    ):
        self._previous = previous.astype(np.float32)
        self._following = following.astype(np.float32)
        self._count = count
        self._zoom = zoom_per_frame
        self._motion = motion
        height, width = previous.shape[:2]
        self._centre = np.float32([(width - 1) / 2, (height - 1) / 2])
        columns, rows = np.meshgrid(np.arange(width), np.arange(height))
        self._grid = np.dstack([columns, rows]).astype(np.float32) - self._centre

    def frame(self, index: int) -> np.ndarray:
        """The frame ``index`` frames after the previous keyframe, 0 < index < count.

        Each keyframe is sampled once, bicubically, at the place that the camera and the motion
        bring to a pixel of the frame.

        Returns:
            (height, width, 3) uint8 RGB.
        """
        time = index / self._count
        growth = self._zoom**index  # from the previous keyframe to this frame
        shrinkage = self._zoom ** (index - self._count)  # from the following one back to it
        in_previous = self._places(growth)
        in_following = self._places(shrinkage)
        weight_previous = (1 - time) * self._coverage(growth)
        weight_following = time * self._coverage(shrinkage)
        if self._motion:
            to_previous, to_following, trust = self._motion_at(time, shrinkage)
            in_previous = cv2.scaleAdd(to_previous, self._zoom**-self._count, in_previous)
            in_following = cv2.add(to_following, in_following)
            weight_previous *= 1 - trust
            weight_following *= trust
        share = weight_following / (weight_previous + weight_following)
        blended = cv2.blendLinear(
            _sample(self._previous, in_previous),
            _sample(self._following, in_following),
            1 - share,
            share,
        )
        return cv2.add(blended, 0.0, dtype=cv2.CV_8U)  # rounds, and cuts what is beyond 0–255

    def _places(self, scale: float) -> np.ndarray:
        """Where in a keyframe magnified by ``scale`` each pixel is: (height, width, 2) float32."""
        centre_x, centre_y = self._centre
        matrix = np.float64([[1 / scale, 0, centre_x], [0, 1 / scale, centre_y]])
        return cv2.transform(self._grid, matrix)

    def _coverage(self, scale: float) -> np.ndarray:
        """How much a keyframe counts at each place: (height, width) float32, 0–1.

        Shrunk by the camera it does not reach the frame's edges; there the other one, which is
        magnified, is alone. The change is as wide as the gap, so that both vanish together.
        """
        height, width = self._grid.shape[:2]
        gap_x, gap_y = self._centre * (1 - scale)
        if max(gap_x, gap_y) < 0.5:
            return np.ones((height, width), np.float32)
        inside_x = self._centre[0] * scale - np.abs(self._grid[0, :, 0])
        inside_y = self._centre[1] * scale - np.abs(self._grid[:, 0, 1])
        coverage = np.minimum(inside_x / gap_x, inside_y[:, None] / gap_y)
        return np.clip(coverage, 0, 1, dtype=np.float32)

    def _motion_at(
        self, time: float, shrinkage: float
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Where the two keyframes lie from a moment between them, in the frame's own camera.

        The flow from an in-between moment is not known; as in Jiang et al., "Super SloMo" (2018),
        equations 4, it is taken from both known flows at the same place, each by its nearness.

        Returns:
            displacements to the previous and to the following keyframe, (height, width, 2)
            float32 pixels of the following keyframe; and how much more the following keyframe is
            to be trusted than the previous one, (height, width) float32, 0 to 1, 0.5 is equal.
        """
        motion = self._motion
        to_previous = time * (time * motion.backward - (1 - time) * motion.forward)
        to_following = (1 - time) * ((1 - time) * motion.forward - time * motion.backward)
        trust = (motion.in_following + 0.1) / (motion.in_previous + motion.in_following + 0.2)
        height, width = self._grid.shape[:2]
        rows, columns = trust.shape
        scale_x, scale_y = columns / width, rows / height
        centre_x, centre_y = self._centre
        # From a pixel of the frame to the place on the motion's grid, pixel centre to pixel centre.
        matrix = np.float64(
            [
                [scale_x / shrinkage, 0, scale_x * (centre_x * (1 - 1 / shrinkage) + 0.5) - 0.5],
                [0, scale_y / shrinkage, scale_y * (centre_y * (1 - 1 / shrinkage) + 0.5) - 0.5],
            ]
        )

        def seen(field: np.ndarray) -> np.ndarray:
            return cv2.warpAffine(
                field,
                matrix,
                (width, height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )

        return seen(to_previous), seen(to_following), seen(trust)


def _sample(picture: np.ndarray, places: np.ndarray) -> np.ndarray:
    return cv2.remap(picture, places, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
