"""How evenly the frames between keyframes flow, and how sharp they are.

    python benchmarks/in_betweens.py [results/SONG]

Interpolates the keyframes of a finished song – without one, of the example song, which Storybook
paints first – and prints for each method, over all its rows:

- pulse: the difference of frames to and from a keyframe, divided by that of frames between;
- sharpness: of the frames between, divided by their keyframes' (mean and variance of the image's
  Laplacian), and of the least sharp frame between two keyframes;
- repeated: how many frames are the same as the one before;
- ghost: from one row to the next, how far a place is from both keyframes, in their distance: 0.5
  where both are shown at once, 0 where one is.
"""

import os
import sys
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "tests" / "support")]

from project import Project  # noqa: E402
from songreel.film.interpolation import interpolate_frames  # noqa: E402
from songreel.media.images import load_png  # noqa: E402
from songreel.plan.plan import ClipPlan  # noqa: E402
from songreel.plan.plan_file import PLAN_FILE, read_plan  # noqa: E402
from songreel.storage.segments import MANIFEST, image_path, read_manifest  # noqa: E402

METHODS = ("flow", "crossfade", "minterpolate")

UNLIKE = 40  # grey levels by which two keyframes differ where a ghost is looked for


def keyframes(folder: Path, name: str) -> list[np.ndarray]:
    """A row's own keyframes."""
    segment = folder / "segments" / name
    count = len(read_manifest(segment / MANIFEST).keyframes)
    return [load_png(image_path(segment, number)) for number in range(count)]


def difference(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.abs(one.astype(np.int16) - other).mean())


def laplacian(frame: np.ndarray) -> np.ndarray:
    return cv2.Laplacian(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), cv2.CV_32F)


def measure_row(images: list[np.ndarray], clip: ClipPlan, method: str) -> dict[str, list[float]]:
    """The figures of one row, from its first keyframe to its last."""
    positions = clip.keyframe_frames[: len(images)]
    paths = clip.paths[: len(positions) - 1]
    frames = list(interpolate_frames(images, positions, method, paths, include_last=True))
    steps = np.array([difference(*pair) for pair in pairwise(frames)])
    at_keyframes = [i for i in range(len(steps)) if i in positions or i + 1 in positions]
    between = [i for i in range(len(steps)) if i not in at_keyframes]
    found: dict[str, list[float]] = {
        "pulse": [steps[at_keyframes].mean() / steps[between].mean()] if between else [],
        "mean": [],
        "variance": [],
        "least": [],
        "repeated": [float((steps == 0).sum())],
    }
    for first, last in pairwise(positions):
        times = np.arange(1, last - first) / (last - first)
        for name, measure in (("mean", mean_sharpness), ("variance", np.var)):
            sharp = np.array([measure(laplacian(frame)) for frame in frames[first : last + 1]])
            relative = sharp[1:-1] / (sharp[0] + times * (sharp[-1] - sharp[0]))
            if len(relative):
                found[name].append(float(relative.mean()))
                if name == "mean":
                    found["least"].append(float(relative.min()))
    return found


def mean_sharpness(image: np.ndarray) -> float:
    return float(np.abs(image).mean())


def ghost(first: np.ndarray, second: np.ndarray, clip: ClipPlan, method: str) -> float | None:
    """Half-way from one row's last keyframe to the next row's first."""
    path = clip.paths[-1]
    count = len(path) - 1
    frames = list(interpolate_frames([first, second], [0, count], method, [path]))
    middle = frames[count // 2].astype(float)
    apart = np.abs(first.astype(float) - second).mean(axis=2)
    if not (apart > UNLIKE).any():
        return None
    nearer = np.minimum(*(np.abs(middle - image).mean(axis=2) for image in (first, second)))
    return float((nearer / np.maximum(apart, 1))[apart > UNLIKE].mean())


def measure(folder: Path) -> None:
    plan, _ = read_plan(folder / PLAN_FILE)
    rows = [(segment.clip, keyframes(folder, segment.name)) for segment in plan.segments]
    print(f"{plan.song}: {len(rows)} rows, {plan.width} × {plan.height}\n")
    print("| method | pulse, mean and most | sharpness | its variance | least | repeated | ghost |")
    print("|---|---|---|---|---|---|---|")
    for method in METHODS:
        found = [measure_row(images, clip, method) for clip, images in rows if len(images) > 2]
        together = {key: [value for row in found for value in row[key]] for key in found[0]}
        ghosts = [
            ghost(images[-1], following[0], clip, method)
            for (clip, images), (_, following) in pairwise(rows)
        ]
        print(
            f"| {method} | {np.mean(together['pulse']):.2f}, {max(together['pulse']):.2f} "
            f"| {np.mean(together['mean']):.3f} | {np.mean(together['variance']):.3f} "
            f"| {np.mean(together['least']):.3f} | {sum(together['repeated']):.0f} "
            f"| {np.mean([value for value in ghosts if value is not None]):.2f} |",
            flush=True,
        )


def main(arguments: Sequence[str]) -> None:
    cv2.setNumThreads(1)
    if arguments:
        measure(Path(arguments[0]))
        return
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder), Path("storybook"))
        os.symlink(ROOT / "config", project.folder / "config")
        project.render("--cores", "2", config="config/config.yaml")
        measure(project.folder / "results" / "twinkle")


if __name__ == "__main__":
    main(sys.argv[1:])
