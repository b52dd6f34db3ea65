"""Blending: frames between two keyframes, computed from both under one moving camera."""

from collections.abc import Sequence

import cv2
import numpy as np

from songreel.film.dissolve import Dissolve
from songreel.film.flow import Motion, seen_by_one_camera
from songreel.media.similarity import Similarity

LEAST_COVERAGE = 0.05
"""Weight of a keyframe where it does not reach and is mirrored: in the corners of a picture that
turns neither may reach, and what is shown must not change suddenly at the next keyframe."""

DETAIL = 1.0
"""Sigma in pixels of the blur that tells detail from the rest."""

NEIGHBOURHOOD = 3.0
"""Sigma in pixels of the neighbourhood in which detail is measured."""

MAX_GAIN = 1.6
"""By how much lost detail is enhanced at most; mixing two unlike halves takes √2."""

SOFT_BORDER = 2
"""Width of the border over which one keyframe gives way to the other, in widths of the gap."""


class Blend:
    """Two keyframes that can be blended at any frame between them.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        path: the camera's from the one to the other: the picture's motion from the previous
            keyframe to itself, to each frame between, and to the following one.
        motion: what moves besides the camera; None for a plain dissolve. With it, unlike places
            change one after the other, and a frame has as much detail as the keyframes.
    """

    def __init__(
        self,
        previous: np.ndarray,
        following: np.ndarray,
        path: Sequence[Similarity],
        motion: Motion | None = None,
    ):
        self._previous = previous.astype(np.float32)
        self._following = following.astype(np.float32)
        self._path = path
        self._motion = motion
        if motion:
            pictures = seen_by_one_camera(previous, following, path[-1])
            confidence = np.maximum(motion.forward_confidence, motion.backward_confidence)
            self._dissolve = Dissolve(*pictures, explained=confidence)
            self._detail_previous = _detail(self._previous)
            self._detail_following = _detail(self._following)
        height, width = previous.shape[:2]
        self._centre = np.array([(width - 1) / 2, (height - 1) / 2], np.float32)
        columns, rows = np.meshgrid(np.arange(width), np.arange(height))
        self._grid = np.dstack([columns, rows]).astype(np.float32) - self._centre

    def frame(self, index: int) -> np.ndarray:
        """Compute the frame ``index`` frames after the previous keyframe, between the two.

        Each keyframe is sampled once, bicubically, at the coordinates that camera and motion give
        for a pixel of the frame.

        Returns:
            (height, width, 3) uint8 RGB.
        """
        time = index / (len(self._path) - 1)
        whole = self._path[-1]
        back = self._path[index].inverse  # from the frame to the previous keyframe
        ahead = whole.after(back)  # and to the following one
        in_previous = self._coordinates(back)
        in_following = self._coordinates(ahead)
        weight_previous = self._coverage(in_previous, back)
        weight_following = self._coverage(in_following, ahead)
        progress = time
        if self._motion:
            to_previous, to_following, preference, progress = self._motion_at(
                self._motion, time, ahead
            )
            in_previous = cv2.add(_turned(to_previous, whole.inverse.factor), in_previous)
            in_following = cv2.add(to_following, in_following)
            weight_previous *= 1 - preference
            weight_following *= preference
        weight_previous *= 1 - progress
        weight_following *= progress
        share = weight_following / (weight_previous + weight_following)
        blended = cv2.blendLinear(
            _sample(self._previous, in_previous),
            _sample(self._following, in_following),
            1 - share,
            share,
        )
        if self._motion:
            detail_previous = _sample(self._detail_previous, in_previous, cv2.INTER_LINEAR)
            detail_following = _sample(self._detail_following, in_following, cv2.INTER_LINEAR)
            _restore_detail(blended, detail_previous + share * (detail_following - detail_previous))
        # Rounds, and clips to 0–255; NumPy would take several passes.
        return cv2.addWeighted(blended, 1, blended, 0, 0, dtype=cv2.CV_8U)

    def _coordinates(self, motion: Similarity) -> np.ndarray:
        """Map the frame's pixels to a keyframe.

        Args:
            motion: from the frame to the keyframe.

        Returns:
            (height, width, 2) float32, coordinates in pixels of the keyframe, x first.
        """
        return cv2.transform(self._grid, _matrix(motion, self._centre))

    def _coverage(self, coordinates: np.ndarray, motion: Similarity) -> np.ndarray:
        """Weight a keyframe by whether it covers a pixel of the frame.

        A keyframe that the camera has shrunk, shifted or turned does not reach all of the frame's
        edges: there only the other one is shown. The weight changes gradually over a border, so
        that no edge is visible.

        Args:
            coordinates: of the frame's pixels in the keyframe.
            motion: from the frame to the keyframe.

        Returns:
            (height, width) float32, ``LEAST_COVERAGE`` to 1.
        """
        height, width = self._grid.shape[:2]
        coverage = np.ones((height, width), np.float32)
        is_upright = motion.factor.imag == 0
        for axis, last in enumerate((width - 1, height - 1)):
            places = coordinates[..., axis]
            if is_upright:  # all lines are alike, and so are all columns
                places = places[:1] if axis == 0 else places[:, :1]
            for inside, gap in (
                (places, -float(places.min())),
                (last - places, float(places.max()) - last),
            ):
                if gap >= 0.5:
                    coverage = np.minimum(coverage, inside / (SOFT_BORDER * gap))
        return np.clip(coverage, LEAST_COVERAGE, 1, dtype=np.float32)

    def _motion_at(
        self, motion: Motion, time: float, ahead: Similarity
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Estimate where the content of a frame is in the two keyframes.

        The flow from a frame between the keyframes is not known. As in Jiang et al., "Super SloMo"
        (2018), equation 4, it is composed of both known flows at the same pixel, weighted by time.

        Args:
            motion: between the keyframes.
            time: of the frame, 0 at the previous keyframe to 1 at the following one.
            ahead: the camera's motion from the frame to the following keyframe.

        Returns:
            the displacements to the previous and to the following keyframe, (height, width, 2)
            float32 in pixels of the following keyframe; how far the following keyframe is
            preferred to the previous one, (height, width) float32, 0–1, 0.5 where both are equal;
            and how far the dissolve to it has come, likewise.
        """
        to_previous = time * (time * motion.backward - (1 - time) * motion.forward)
        to_following = (1 - time) * ((1 - time) * motion.forward - time * motion.backward)
        forward, backward = motion.forward_confidence, motion.backward_confidence
        preference = (backward + 0.1) / (forward + backward + 0.2)
        height, width = self._grid.shape[:2]
        rows, columns = preference.shape
        # From a pixel of the frame to the motion's grid, pixel centre to pixel centre.
        matrix = _matrix(ahead, self._centre)
        matrix[:, 2] -= matrix[:, :2] @ self._centre
        matrix = np.diag([columns / width, rows / height]) @ matrix
        matrix[:, 2] += [columns / width / 2 - 0.5, rows / height / 2 - 0.5]

        def in_frame(field: np.ndarray) -> np.ndarray:
            return cv2.warpAffine(
                field,
                matrix,
                (width, height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )

        return (
            in_frame(to_previous),
            in_frame(to_following),
            in_frame(preference),
            in_frame(self._dissolve.share(time)),
        )


def _matrix(motion: Similarity, centre: np.ndarray) -> np.ndarray:
    """The 2×3 matrix of a motion, from places seen from the centre to pixels of the image."""
    factor, shift = motion.factor, motion.shift
    return np.array(
        [
            [factor.real, -factor.imag, shift.real + centre[0]],
            [factor.imag, factor.real, shift.imag + centre[1]],
        ],
        np.float64,
    )


def _turned(displacements: np.ndarray, factor: complex) -> np.ndarray:
    """Displacements turned and scaled with the picture."""
    if factor.imag == 0:
        return displacements * np.float32(factor.real)
    matrix = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return cv2.transform(displacements, matrix)


def _detail(image: np.ndarray) -> np.ndarray:
    """Measure the detail around each pixel, as the square of its contrast: (height, width)."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    fine = grey - cv2.GaussianBlur(grey, (0, 0), DETAIL)
    return cv2.GaussianBlur(fine * fine, (0, 0), NEIGHBOURHOOD)


def _restore_detail(image: np.ndarray, wanted: np.ndarray) -> None:
    """Enhance an image's detail where it has less than it should.

    Resampling takes some of it, and mixing two pictures whose grain is unlike takes more.

    Args:
        image: (height, width, 3) float32, changed in place.
        wanted: the detail it should have, as ``_detail`` measures it.
    """
    # The square root would do if all detail were alike; the finest loses most.
    gain = ((wanted + 1) / (_detail(image) + 1)) ** 0.6
    gain = np.clip(gain, 1, MAX_GAIN, dtype=np.float32)
    smooth = cv2.GaussianBlur(image, (0, 0), DETAIL)
    image -= smooth
    image *= gain[..., None]
    image += smooth


def _sample(
    image: np.ndarray, coordinates: np.ndarray, method: int = cv2.INTER_CUBIC
) -> np.ndarray:
    # OpenCV's types do not know that there may be no second map.
    return cv2.remap(  # pyright: ignore[reportCallIssue]
        image,
        coordinates,
        None,  # pyright: ignore[reportArgumentType]
        method,
        borderMode=cv2.BORDER_REFLECT_101,
    )
