"""What moved between two keyframes, once the known zoom is taken out."""

from dataclasses import dataclass

import cv2
import numpy as np

from songreel.media.camera import zoom

# Flow is estimated at about this many pixels along the shorter side. Finer flow follows the grain
# that the model repaints at every keyframe, which is not motion.
FLOW_SIZE = 256

# Forward and backward flow that disagree by this share of the shorter side cancel each other.
DISAGREEMENT = 1 / 64

# Reliability is judged over neighbourhoods of this share of the shorter side.
NEIGHBOURHOOD = 1 / 24


@dataclass(frozen=True)
class Motion:
    """Residual motion between two keyframes, both seen by the later one's camera.

    Attributes:
        forward: (h, w, 2) float32, how far the content of the previous keyframe at a place moves,
            in pixels of the full picture, x first.
        backward: (h, w, 2) float32, the same from the following keyframe to the previous one.
        in_previous, in_following: (h, w) float32, 0–1, how surely what is seen at a place of that
            keyframe is also to be seen in the other one.

    The fields may be smaller than the picture.
    """

    forward: np.ndarray
    backward: np.ndarray
    in_previous: np.ndarray
    in_following: np.ndarray


def residual_motion(previous: np.ndarray, following: np.ndarray, factor: float) -> Motion:
    """Estimate the motion that a zoom by ``factor`` leaves unexplained.

    Dense inverse search (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", 2016) in
    both directions. Where they contradict each other, or where following them does not make the
    keyframes more alike, the flow is no motion but a repainting: it is replaced by the motion of
    trustworthy neighbours or fades to none.

    Args:
        previous, following: (height, width, 3) uint8 RGB of one size.
        factor: the magnification from the one to the other.

    Returns:
        the motion, on a grid whose shorter side is at most ``FLOW_SIZE``.
    """
    height, width = previous.shape[:2]
    shrink = min(1.0, FLOW_SIZE / min(height, width))
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    first, second = _contrasts(zoom(_small(previous, size), factor), _small(following, size))

    estimator = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    forward = estimator.calc(first, second, None)
    backward = estimator.calc(second, first, None)

    trust_forward = _trust(first, second, forward, backward)
    trust_backward = _trust(second, first, backward, forward)
    scale = np.float32([width / size[0], height / size[1]])
    return Motion(
        _spread(forward, trust_forward) * scale,
        _spread(backward, trust_backward) * scale,
        trust_forward,
        trust_backward,
    )


def _small(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    return cv2.resize(picture.astype(np.float32), size, interpolation=cv2.INTER_AREA)


def _contrasts(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two pictures in the one shade that tells their colours apart best: (h, w) uint8.

    That is the first principal component of all their colours. Luminance, the usual choice, does
    not see a red shape on a teal ground.
    """
    colours = np.concatenate([first.reshape(-1, 3), second.reshape(-1, 3)])
    mean, axes = cv2.PCACompute(colours, None, maxComponents=1)
    shades = (colours - mean) @ axes[0]
    low, high = shades.min(), shades.max()
    shades = np.rint((shades - low) * (255 / max(high - low, 1))).astype(np.uint8)
    return tuple(shades.reshape(2, *first.shape[:2]))


def _trust(
    here: np.ndarray, there: np.ndarray, towards: np.ndarray, back: np.ndarray
) -> np.ndarray:
    """How far the flow from here to there is to be believed: (h, w) float32, 0–1."""
    height, width = here.shape
    columns, rows = np.meshgrid(np.arange(width), np.arange(height))
    places = np.dstack([columns, rows]).astype(np.float32) + towards
    returned = towards + cv2.remap(
        back, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    tolerance = max(1.0, DISAGREEMENT * min(height, width))
    agreement = np.exp(-(returned**2).sum(axis=2) / tolerance**2)

    moved = cv2.remap(there, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    sigma = NEIGHBOURHOOD * min(height, width) / 2
    unmoved_error = cv2.GaussianBlur(cv2.absdiff(here, there).astype(np.float32), None, sigma)
    moved_error = cv2.GaussianBlur(cv2.absdiff(here, moved).astype(np.float32), None, sigma)
    # One grey level of slack: where nothing differs, no motion is as good as any.
    gain = 1 - moved_error / (unmoved_error + 1)
    return (agreement * np.clip(2 * gain, 0, 1)).astype(np.float32)


def _spread(flow: np.ndarray, trust: np.ndarray) -> np.ndarray:
    """Smooth the flow by its trust: the doubtful follow the trusted, or stay where they are."""
    sigma = NEIGHBOURHOOD * min(trust.shape) / 4
    weight = cv2.GaussianBlur(trust, None, sigma)
    carried = cv2.GaussianBlur(flow * trust[..., None], None, sigma)
    return carried / (weight + 0.1)[..., None]
