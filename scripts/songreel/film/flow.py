"""Optical flow between two keyframes: the motion that is left after the camera's."""

from dataclasses import dataclass

import cv2
import numpy as np

from songreel.media.camera import move
from songreel.media.similarity import Similarity

FLOW_SIZE = 256
"""Pixels of the shorter side at which flow is estimated, at most. Finer flow follows the grain,
which the model paints anew at every keyframe, and which does not move."""

MAX_DISAGREEMENT = 1 / 64
"""Forward and backward flow that differ by this share of the shorter side are not trusted."""

NEIGHBOURHOOD = 1 / 24
"""Size of the neighbourhoods in which confidence is measured, as a share of the shorter side."""


@dataclass(frozen=True)
class Motion:
    """Residual motion between two keyframes, both seen by the camera of the following one.

    The fields may be smaller than the image.

    Attributes:
        forward: (h, w, 2) float32, how far the content at a pixel of the previous keyframe moves,
            in pixels of the full image, x first.
        backward: (h, w, 2) float32, the same from the following keyframe to the previous one.
        forward_confidence: (h, w) float32, 0–1, how reliable ``forward`` is: low where what is
            seen in the previous keyframe is not seen in the following one.
        backward_confidence: (h, w) float32, 0–1, how reliable ``backward`` is.
    """

    forward: np.ndarray
    backward: np.ndarray
    forward_confidence: np.ndarray
    backward_confidence: np.ndarray


def residual_motion(previous: np.ndarray, following: np.ndarray, camera: Similarity) -> Motion:
    """Estimate the motion between two keyframes that the camera does not explain.

    Dense inverse search (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", 2016) in
    both directions. Where the two directions contradict each other, or where moving one keyframe
    by the flow does not make it more similar to the other, the content was repainted and did not
    move: there the flow is replaced by that of reliable neighbours, or by none.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        camera: the picture's motion under the camera, from the one to the other.

    Returns:
        the motion, on a grid whose shorter side is at most ``FLOW_SIZE``.
    """
    height, width = previous.shape[:2]
    moved, unmoved = seen_by_one_camera(previous, following, camera)
    first, second = _principal_shades(moved, unmoved)

    estimator = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    forward = estimator.calc(first, second, np.empty(0))
    backward = estimator.calc(second, first, np.empty(0))

    forward_confidence = _confidence(first, second, forward, backward)
    backward_confidence = _confidence(second, first, backward, forward)
    scale = np.array([width / first.shape[1], height / first.shape[0]], np.float32)
    return Motion(
        _smooth(forward, forward_confidence) * scale,
        _smooth(backward, backward_confidence) * scale,
        forward_confidence,
        backward_confidence,
    )


def seen_by_one_camera(
    previous: np.ndarray, following: np.ndarray, camera: Similarity
) -> tuple[np.ndarray, np.ndarray]:
    """Bring two keyframes to the camera of the following one, and to the size of the flow.

    Args:
        previous: (height, width, 3) uint8 RGB.
        following: the keyframe after it, of the same size.
        camera: the picture's motion under the camera, from the one to the other.

    Returns:
        both, (h, w, 3) float32, 0–255; their shorter side is at most ``FLOW_SIZE``.
    """
    height, width = previous.shape[:2]
    shrink = min(1.0, FLOW_SIZE / min(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    shift = complex(camera.shift.real * size[0] / width, camera.shift.imag * size[1] / height)
    moved = move(_resize(previous, size), Similarity(camera.factor, shift))
    return moved, _resize(following, size)


def _resize(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def _principal_shades(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Reduce two images to the first principal component of their colours: (h, w) uint8 each.

    It separates their colours best. In luminance, the usual choice, a red shape on a teal ground
    may be invisible.
    """
    colours = np.concatenate([first.reshape(-1, 3), second.reshape(-1, 3)])
    mean, axes = cv2.PCACompute(colours, np.empty(0), maxComponents=1)
    shades = (colours - mean) @ axes[0]
    low, high = shades.min(), shades.max()
    shades = np.rint((shades - low) * (255 / max(high - low, 1))).astype(np.uint8)
    return tuple(shades.reshape(2, *first.shape[:2]))


def _confidence(
    first: np.ndarray, second: np.ndarray, forward: np.ndarray, backward: np.ndarray
) -> np.ndarray:
    """Measure how reliable the flow from the first image to the second is: (h, w) float32, 0–1."""
    height, width = first.shape
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    targets = np.dstack([columns, rows]).astype(np.float32) + forward
    returned = forward + _sample(backward, targets)
    tolerance = max(1.0, MAX_DISAGREEMENT * min(height, width))
    agreement = np.exp(-(returned**2).sum(axis=2) / tolerance**2)

    moved = _sample(second, targets)
    sigma = NEIGHBOURHOOD * min(height, width) / 2
    unmoved_error = cv2.GaussianBlur(cv2.absdiff(first, second).astype(np.float32), (0, 0), sigma)
    moved_error = cv2.GaussianBlur(cv2.absdiff(first, moved).astype(np.float32), (0, 0), sigma)
    # A tolerance of one grey level: where the images are alike, no motion is as good as any.
    gain = 1 - moved_error / (unmoved_error + 1)
    return (agreement * np.clip(2 * gain, 0, 1)).astype(np.float32)


def _sample(field: np.ndarray, coordinates: np.ndarray) -> np.ndarray:
    # OpenCV's types do not know that there may be no second map.
    return cv2.remap(  # pyright: ignore[reportCallIssue]
        field,
        coordinates,
        None,  # pyright: ignore[reportArgumentType]
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )


def _smooth(flow: np.ndarray, confidence: np.ndarray) -> np.ndarray:
    """Blur the flow, weighted by its confidence; it tends to none where nothing is reliable."""
    sigma = NEIGHBOURHOOD * min(confidence.shape) / 4
    weight = cv2.GaussianBlur(confidence, (0, 0), sigma)
    weighted_flow = cv2.GaussianBlur(flow * confidence[..., None], (0, 0), sigma)
    return weighted_flow / (weight + 0.1)[..., None]
