"""Dissolve: when each place of the picture changes from one keyframe to the next.

Where both keyframes show the same, all places change together, evenly over time. Where they are
unlike, that would show both at once, a ghost: there each place changes within a shorter time of its
own, neighbours about together, and what becomes darker rather before what becomes brighter.
"""

import zlib

import cv2
import numpy as np

CHANGE = 0.35
"""Time in which an unlike place changes, as a share of the time between the keyframes."""

PATCH = 1 / 10
"""Size of the patches that change together, as a share of the shorter side."""

LIGHT = 0.6
"""How much the change of light decides which place changes first, against chance."""

ALIKE, UNLIKE = 15, 40
"""Differences in grey levels up to which two places are alike, and from which they are unlike."""

PACE_POINTS = 33
"""Times at which the pace is measured, to make it even."""


class Dissolve:
    """The course of a dissolve, on a grid that may be smaller than the image.

    Args:
        previous: (h, w, 3) float32, 0–255, seen by the camera of the following keyframe.
        following: the keyframe after it, likewise.
        explained: (h, w) float32, 0–1, how far motion explains the difference at a place.
    """

    def __init__(self, previous: np.ndarray, following: np.ndarray, explained: np.ndarray):
        side = min(previous.shape[:2])
        difference = np.abs(previous - following).mean(axis=2)
        local = cv2.GaussianBlur(difference, (0, 0), side / 32)
        unlike = np.clip((local - ALIKE) / (UNLIKE - ALIKE), 0, 1)
        self._unlike = (unlike * (1 - explained)).astype(np.float32)
        self._order = _order(previous, following)
        self._times = np.linspace(0, 1, PACE_POINTS)
        changed = [(difference * self._share(time)).sum() for time in self._times]
        self._changed = np.array(changed) / max(changed[-1], 1e-6)

    def share(self, time: float) -> np.ndarray:
        """Return the following keyframe's share at each place.

        Args:
            time: 0 at the previous keyframe to 1 at the following one. The picture's whole
                difference changes evenly with it.

        Returns:
            (h, w) float32, 0–1.
        """
        if self._changed[-1] < 0.5:  # two keyframes that are the same
            return np.full_like(self._unlike, time)
        return self._share(float(np.interp(time, self._changed, self._times)))

    def _share(self, time: float) -> np.ndarray:
        change = np.clip((time - self._order * (1 - CHANGE)) / CHANGE, 0, 1)
        change = change * change * (3 - 2 * change)
        return (time + self._unlike * (change - time)).astype(np.float32)


def _order(previous: np.ndarray, following: np.ndarray) -> np.ndarray:
    """Return which places change first: (h, w) float32, evenly distributed from 0 to 1."""
    side = min(previous.shape[:2])
    # The seed is a function of the picture: the same film every time, another order at every pair.
    chance = np.random.default_rng(zlib.crc32(np.rint(previous).tobytes()))
    patches = chance.standard_normal(previous.shape[:2], np.float32)
    patches = cv2.GaussianBlur(patches, (0, 0), PATCH * side)
    light = (following - previous).mean(axis=2)
    light = cv2.GaussianBlur(light, (0, 0), side / 40)
    value = patches / (patches.std() + 1e-6) + LIGHT * light / (light.std() + 1)
    ranks = np.empty(value.size, np.float32)
    ranks[np.argsort(value, axis=None, kind="stable")] = np.linspace(0, 1, value.size)
    return ranks.reshape(value.shape)
