"""Blending: frames between two keyframes, computed from both under one moving camera."""

import cv2
import numpy as np

from songreel.film.flow import Motion


class Blend:
    """Two keyframes that can be blended at any frame between them.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        count: frames from the one keyframe to the other, ≥ 1.
        zoom_per_frame: the camera's magnification from one frame to the next, > 0.
        motion: what moves besides the camera; None for a plain dissolve.
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
        """Compute the frame ``index`` frames after the previous keyframe, 0 < index < count.

        Each keyframe is sampled once, bicubically, at the coordinates that camera and motion give
        for a pixel of the frame.

        Returns:
            (height, width, 3) uint8 RGB.
        """
        time = index / self._count
        scale_previous = self._zoom**index  # magnifies the previous keyframe
        scale_following = self._zoom ** (index - self._count)  # shrinks the following one
        in_previous = self._coordinates(scale_previous)
        in_following = self._coordinates(scale_following)
        weight_previous = (1 - time) * self._coverage(scale_previous)
        weight_following = time * self._coverage(scale_following)
        if self._motion:
            to_previous, to_following, preference = self._motion_at(time, scale_following)
            in_previous = cv2.scaleAdd(to_previous, self._zoom**-self._count, in_previous)
            in_following = cv2.add(to_following, in_following)
            weight_previous *= 1 - preference
            weight_following *= preference
        share = weight_following / (weight_previous + weight_following)
        blended = cv2.blendLinear(
            _sample(self._previous, in_previous),
            _sample(self._following, in_following),
            1 - share,
            share,
        )
        return cv2.add(blended, 0.0, dtype=cv2.CV_8U)  # rounds, and clips to 0–255

    def _coordinates(self, scale: float) -> np.ndarray:
        """Map the frame's pixels to a keyframe magnified by ``scale``.

        Returns:
            (height, width, 2) float32, coordinates in pixels of the keyframe, x first.
        """
        centre_x, centre_y = self._centre
        matrix = np.float64([[1 / scale, 0, centre_x], [0, 1 / scale, centre_y]])
        return cv2.transform(self._grid, matrix)

    def _coverage(self, scale: float) -> np.ndarray:
        """Weight a keyframe by whether it covers a pixel of the frame.

        A keyframe that the camera has shrunk does not reach the frame's edges: there only the
        other one, which is magnified, is shown. The weight changes gradually over a border as wide
        as the gap, so that no edge is visible.

        Returns:
            (height, width) float32, 0–1.
        """
        height, width = self._grid.shape[:2]
        gap_x, gap_y = self._centre * (1 - scale)
        if max(gap_x, gap_y) < 0.5:
            return np.ones((height, width), np.float32)
        inside_x = self._centre[0] * scale - np.abs(self._grid[0, :, 0])
        inside_y = self._centre[1] * scale - np.abs(self._grid[:, 0, 1])
        coverage = np.minimum(inside_x / gap_x, inside_y[:, None] / gap_y)
        return np.clip(coverage, 0, 1, dtype=np.float32)

    def _motion_at(self, time: float, scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Estimate where the content of a frame is in the two keyframes.

        The flow from a frame between the keyframes is not known. As in Jiang et al., "Super SloMo"
        (2018), equation 4, it is composed of both known flows at the same pixel, weighted by time.

        Args:
            time: of the frame, 0 at the previous keyframe to 1 at the following one.
            scale: of the following keyframe in the frame.

        Returns:
            the displacements to the previous and to the following keyframe, (height, width, 2)
            float32 in pixels of the following keyframe; and how far the following keyframe is
            preferred to the previous one, (height, width) float32, 0–1, 0.5 where both are equal.
        """
        motion = self._motion
        to_previous = time * (time * motion.backward - (1 - time) * motion.forward)
        to_following = (1 - time) * ((1 - time) * motion.forward - time * motion.backward)
        forward, backward = motion.forward_confidence, motion.backward_confidence
        preference = (backward + 0.1) / (forward + backward + 0.2)
        height, width = self._grid.shape[:2]
        rows, columns = preference.shape
        scale_x, scale_y = columns / width, rows / height
        centre_x, centre_y = self._centre
        # From a pixel of the frame to the motion's grid, pixel centre to pixel centre.
        matrix = np.float64(
            [
                [scale_x / scale, 0, scale_x * (centre_x * (1 - 1 / scale) + 0.5) - 0.5],
                [0, scale_y / scale, scale_y * (centre_y * (1 - 1 / scale) + 0.5) - 0.5],
            ]
        )

        def in_frame(field: np.ndarray) -> np.ndarray:
            return cv2.warpAffine(
                field,
                matrix,
                (width, height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )

        return in_frame(to_previous), in_frame(to_following), in_frame(preference)


def _sample(image: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    return cv2.remap(image, coordinates, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
