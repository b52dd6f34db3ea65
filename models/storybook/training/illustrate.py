"""Paints the model card's pictures with the model itself: python illustrate.py

`samples.webp` shows every object (rows) in every style (columns), `song.webp` the keyframes of a
song.
"""

import argparse
from pathlib import Path

import cv2
import numpy as np
from diffusers import AutoPipelineForImage2Image

from feedback import repaint
from painter import GUIDANCE, MODEL, STEPS, STRENGTH, Painter, load_pipeline
from world import COLOUR_NAMES, OBJECTS, PLACES, STYLES

TILE = 64  # pixels of a sample on the sheet
QUALITY = 80  # of WebP

SONG = (
    ("Twinkle, twinkle, little star", "picture book"),
    ("How I wonder what you are", "watercolour"),
    ("Up above the world so high", "Dali"),
    ("Like a diamond in the sky", "Kandinsky"),
    ("Mary had a little lamb", "oil painting"),
    ("London Bridge is falling down", "Marc Chagall"),
    ("Row, row, row your boat", "mosaic"),
    ("Incy wincy spider", "Joan Miro"),
)
KEYFRAMES_PER_LINE = 4
ZOOM = 1.02  # growth from keyframe to keyframe


def sample_prompts() -> list[str]:
    """One prompt for every object in every style, row by row: colours and places vary."""
    prompts = []
    for row, style in enumerate(STYLES):
        for column, (thing, (colour, place)) in enumerate(OBJECTS.items()):
            if row % 2:
                colour = COLOUR_NAMES[(3 * column + row) % len(COLOUR_NAMES)]
                place = PLACES[(2 * column + row) % len(PLACES)]
            noun = "landscape" if thing == "nothing" else f"{colour} {thing}"
            prompts.append(f"a {noun}, {place}, {style}")
    return prompts


def zoom_in(picture: np.ndarray, factor: float) -> np.ndarray:
    """Enlarge about the centre and keep the size."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2 - 0.5, height / 2 - 0.5), 0, factor)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LANCZOS4)


def save(path: Path, picture: np.ndarray) -> None:
    """Write an RGB picture as WebP."""
    cv2.imwrite(str(path), picture[..., ::-1], [cv2.IMWRITE_WEBP_QUALITY, QUALITY])


def main() -> None:
    """Paint both pictures into the model's folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--target", type=Path, default=MODEL)
    options = parser.parse_args()
    pipeline = load_pipeline(options.model)
    paint = Painter(pipeline)

    samples = paint(sample_prompts(), 100)
    small = [cv2.resize(p, (TILE, TILE), interpolation=cv2.INTER_AREA) for p in samples]
    rows = np.array(small).reshape(len(STYLES), len(OBJECTS), TILE, TILE, 3)
    save(options.target / "samples.webp", np.hstack([np.vstack(list(row)) for row in rows]))

    repainter = AutoPipelineForImage2Image.from_pipe(pipeline)
    repainter.set_progress_bar_config(disable=True)
    settings = {"num_inference_steps": STEPS, "guidance_scale": GUIDANCE, "strength": STRENGTH}
    picture = paint([", ".join(SONG[0])], 1)
    lines = []
    for k, prompt in enumerate(SONG):
        line = []
        for j in range(KEYFRAMES_PER_LINE):
            seed = 1000 * k + j
            picture = repaint(
                repainter, zoom_in(picture[0], ZOOM)[None], [", ".join(prompt)], seed, settings
            )
            line.append(picture[0])
        lines.append(np.hstack(line))
    half = len(lines) // 2
    pairs = [np.hstack([lines[k], lines[k + half]]) for k in range(half)]
    save(options.target / "song.webp", np.vstack(pairs))


if __name__ == "__main__":
    main()
