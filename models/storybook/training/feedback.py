"""Measures what happens when pictures are painted over pictures, as a film does."""

import time
from collections.abc import Callable

import cv2
import numpy as np
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from PIL import Image

from formats import FORMATS
from judge import Judge
from world import COLOUR_NAMES, COLOURLESS_OBJECTS, OBJECT_NAMES, PLACES, STYLES

Settings = dict[str, float]
THINGS = [thing for thing in OBJECT_NAMES if thing not in COLOURLESS_OBJECTS]
LIMIT = 12  # keyframes after which a picture counts as never having switched


def repaint(
    painter: StableDiffusionImg2ImgPipeline,
    pictures: np.ndarray,
    prompts: list[str],
    seed: int,
    settings: Settings,
) -> np.ndarray:
    """One keyframe: uint8 (n, h, w, 3) painted over once more, each with its own seed."""
    generators = [torch.Generator().manual_seed(seed + 7919 * k) for k in range(len(pictures))]
    made = painter(
        prompts,
        image=[Image.fromarray(picture) for picture in pictures],
        generator=generators,
        output_type="np",
        **settings,
    ).images
    return (made * 255).round().astype(np.uint8)


def measure_switching(
    painter: StableDiffusionImg2ImgPipeline,
    paint: Callable[[list[str], int], np.ndarray],
    judge: Judge,
    settings: Settings,
    pairs: int,
) -> np.ndarray:
    """Keyframes (pairs,) until the judge sees the second prompt's object; LIMIT + 1 if never."""
    rng = np.random.default_rng(8)
    prompts, goals = [], []
    for _ in range(pairs):
        first, second = rng.choice(len(THINGS), 2, replace=False)
        style = rng.choice(STYLES)
        prompts.append([
            f"a {rng.choice(COLOUR_NAMES)} {THINGS[k]}, {rng.choice(PLACES)}, {style}"
            for k in (first, second)
        ])  # fmt: skip
        goals.append(OBJECT_NAMES.index(THINGS[second]))
    pictures = paint([first for first, _ in prompts], 5000)
    needed = np.full(pairs, LIMIT + 1)
    for keyframe in range(1, LIMIT + 1):
        after = [second for _, second in prompts]
        pictures = repaint(painter, pictures, after, 100 * keyframe, settings)
        arrived = judge.name(pictures)[:, 0] == np.array(goals)
        needed = np.where(arrived & (needed > LIMIT), keyframe, needed)
        if (needed <= LIMIT).all():
            break
    return needed


def time_keyframe(painter: StableDiffusionImg2ImgPipeline, settings: Settings) -> float:
    """Seconds of one keyframe: the median of nine after a warm-up."""
    picture = np.full((1, *FORMATS["square"], 3), 128, np.uint8)
    seconds = []
    for seed in range(10):
        started = time.perf_counter()
        repaint(painter, picture, ["a red boat on the sea"], seed, settings)
        seconds.append(time.perf_counter() - started)
    return float(np.median(seconds[1:]))


def look_at(picture: np.ndarray) -> tuple[float, float, float]:
    """Mean lightness, mean saturation and sharpness (spread of the Laplacian) of a picture."""
    light = cv2.cvtColor(picture, cv2.COLOR_RGB2LAB)[..., 0].astype(np.float32)
    saturation = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)[..., 1]
    return float(light.mean()), float(saturation.mean()), float(cv2.Laplacian(light, -1).std())


def measure_drift(
    painter: StableDiffusionImg2ImgPipeline,
    paint: Callable[[list[str], int], np.ndarray],
    settings: Settings,
    keyframes: int = 200,
) -> dict[str, tuple[float, float]]:
    """Relative change of the pictures' looks over a long feedback under unchanging prompts.

    Returns the mean over three prompts, which run side by side, and the largest change of one.
    Keyframes 6 to 14 are compared with the last nine.
    """
    prompts = [
        "a yellow star in the night sky, watercolour",
        "a white lamb in the snow, oil painting",
        "a blue boat on the sea, mosaic",
    ]
    pictures = paint(prompts, 6000)
    looks = []
    for keyframe in range(1, keyframes + 1):
        pictures = repaint(painter, pictures, prompts, 50_000 + keyframe, settings)
        looks.append([look_at(picture) for picture in pictures])
        if (pictures.reshape(len(pictures), -1).max(1) < 8).any():
            raise ValueError(f"keyframe {keyframe}: a picture went black")
    values = np.array(looks)  # (keyframes, prompts, 3)
    change = values[-9:].mean(0) / values[5:14].mean(0) - 1
    worst = change[np.abs(change).argmax(0), range(3)]
    names = ("lightness", "saturation", "sharpness")
    return {k: (float(change[:, i].mean()), float(worst[i])) for i, k in enumerate(names)}
