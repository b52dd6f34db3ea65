"""How targets arrive and prompts flow, on the bundled model: ``python benchmarks/motion.py``.

Pairs of scenes and seeds are drawn from fixed seeds that were used for no tuning. Differences are
means of absolute differences of pixels, 0 to 255. ``--strips FOLDER`` saves what was painted.
"""

import argparse
import os
import platform
import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "scripts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "models" / "storybook" / "training"))

import cv2
import numpy as np
from judge import JUDGE, load_judge
from networks import LABEL_COUNTS
from PIL import Image
from world import COLOUR_NAMES, OBJECT_NAMES, PLACES, STYLES, Scene, draw_scene

from songreel.keyframes.feedback import (
    image_distance,
    keyframe_seed,
    mix_input,
    mix_output,
)
from songreel.keyframes.keyframe_plan import KeyframePlan, plan_keyframes
from songreel.media.similarity import Similarity
from songreel.models.painter import Painter
from songreel.models.sampling import StepRule
from songreel.models.settings import ModelSettings
from songreel.models.source import STORYBOOK, resolve_model
from songreel.plan.camera import Camera
from songreel.plan.plan import KeyframeSettings, ModelPixels, PromptChange
from songreel.song.planner import MORPH_KEYFRAMES, SHARE_BEFORE

TRAINING = Path(__file__).parents[1] / "models" / "storybook" / "training"

RUNS = 18
HELD_OUT = 2026
SPACING = Fraction(2, 5)  # seconds from keyframe to keyframe
ZOOM = 0.03  # per second
NOTHING = OBJECT_NAMES.index("nothing")

NEAR = 0.35  # of the row's first distance, which the last keyframe may have
JUMP = 3.0  # median steps, which the largest one may have
RISE = 0.03  # of the row's first distance, by which a distance may grow again
EXPOSURE = 0.22


@dataclass(frozen=True)
class Run:
    """Two scenes, as labels of the judge, and a seed."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    seed: int


class Studio:
    """The bundled model at its own size, and the judge that was trained beside it."""

    def __init__(self) -> None:
        source = resolve_model(ModelSettings(name=STORYBOOK))
        assert source.folder
        self.side, self.sampling = source.native_side, source.sampling
        self.rule = StepRule.of_model(source.folder, None)
        settings = ModelSettings(name=STORYBOOK, device="cpu", threads=source.threads)
        self.painter = Painter(source.folder, settings)
        self.judge = load_judge(TRAINING / JUDGE)

    def runs(self, count: int) -> list[Run]:
        """Pairs of scenes with different objects."""
        rng = np.random.default_rng(HELD_OUT)
        runs: list[Run] = []
        while len(runs) < count:
            one, other = ([int(rng.integers(n)) for n in LABEL_COUNTS] for _ in range(2))
            if one[0] != other[0] and NOTHING not in (one[0], other[0]):
                runs.append(Run(tuple(one), tuple(other), int(rng.integers(1000))))
        return runs

    def prompt(self, labels: tuple[int, ...]) -> str:
        thing, colour, place, style = labels
        words = f"a {COLOUR_NAMES[colour]} {OBJECT_NAMES[thing]} in the {PLACES[place]}"
        return f"{words}, {STYLES[style]}"

    def picture(self, labels: tuple[int, ...], seed: int) -> np.ndarray:
        """A painted picture of a scene."""
        return self.painter.text_to_image(
            prompt=self.prompt(labels),
            negative_prompt="",
            seed=seed,
            width=self.side,
            height=self.side,
            steps=self.sampling.steps,
            guidance_scale=self.sampling.guidance_scale,
        )

    def drawing(self, labels: tuple[int, ...], seed: int) -> np.ndarray:
        """A drawn picture of a scene, as a user's image that the model did not paint."""
        thing, colour, place, style = labels
        names = OBJECT_NAMES[thing], COLOUR_NAMES[colour], PLACES[place], STYLES[style]
        return draw_scene(Scene(*names, seed))

    def settings(self, labels: tuple[int, ...], count: int, **changes) -> KeyframeSettings:
        usual = KeyframeSettings(
            version=0,
            model=ModelPixels("", None, "auto", 1),
            prompt=self.prompt(labels),
            negative_prompt="",
            starts_chain=True,
            previous_time=None,
            keyframe_times=tuple(SPACING * j for j in range(count)),
            end_time=None,
            change_before=None,
            change_after=None,
            camera=Camera(Fraction(0), Fraction(1), 0.0, 0.0, 0.0, 0.0, "none"),
            previous_camera=None,
            shadow_share=0.01,
            color_match="none",
            noise=0.0,
            sharpen=0.0,
            target_curve=None,
            target_recipe="arrive",
            leaves_target=False,
            seed=0,
            width=self.side,
            height=self.side,
            steps=self.sampling.steps,
            strength=self.sampling.strength,
            guidance_scale=self.sampling.guidance_scale,
        )
        return replace(usual, **changes)

    def paint(
        self,
        plans: list[KeyframePlan],
        first: np.ndarray,
        seed: int,
        zoom: float,
        target: np.ndarray | None = None,
    ) -> list[np.ndarray]:
        """Keyframes, of which the first is given."""
        pictures = [first]
        for plan in plans[1:]:
            motion = Similarity((1 + zoom) ** float(SPACING))
            mixed = mix_input(pictures[-1], motion, first, 0.01, target, plan.target_share)
            painted = self.painter.image_to_image(
                mixed,
                prompts=plan.prompts,
                seed=keyframe_seed(seed, plan.time),
                strength=plan.strength,
                steps=plan.steps,
                guidance_scale=plan.guidance_scale,
            )
            if target is not None:
                painted = mix_output(painted, target, plan.final_share)
            pictures.append(painted)
        return pictures

    def things(self, pictures: list[np.ndarray]) -> list[int]:
        """The objects that the judge sees."""
        return [int(labels[0]) for labels in self.judge.name(np.stack(pictures))]


def arrive(studio: Studio, run: Run, count: int, zoom: float, recipe: str) -> list[np.ndarray]:
    """The keyframes of a row, and the target after them."""
    first = studio.picture(run.before, run.seed)
    scene = studio.drawing if run.seed % 2 else studio.picture
    target = scene(run.after, run.seed + 1)
    named = "none" if recipe == "mixed after only" else recipe
    settings = studio.settings(run.before, count, target_curve="linear", target_recipe=named)
    plans = list(plan_keyframes(settings, studio.rule))
    if recipe == "mixed after only":
        plans = [replace(p, target_share=Fraction(0), final_share=p.target_share) for p in plans]
    return [*studio.paint(plans, first, run.seed, zoom, target), target]


def depart(studio: Studio, run: Run, count: int, recipe: str) -> list[np.ndarray]:
    """The keyframes of a row that begins with an image."""
    scene = studio.drawing if run.seed % 2 else studio.picture
    image = scene(run.before, run.seed + 1)
    settings = studio.settings(run.after, count, leaves_target=True, target_recipe=recipe)
    return studio.paint(list(plan_keyframes(settings, studio.rule)), image, run.seed, 0.0)


def change(studio: Studio, run: Run, count: int, zoom: float, transition: str) -> list[np.ndarray]:
    """The keyframes of two rows."""
    after = before = None
    if transition == "morph":
        half = Fraction(count, 2)
        prompt, other = studio.prompt(run.before), studio.prompt(run.after)
        after = PromptChange(other, "", min(SHARE_BEFORE * MORPH_KEYFRAMES, half))
        before = PromptChange(prompt, "", min((1 - SHARE_BEFORE) * MORPH_KEYFRAMES, half))
    one = plan_keyframes(studio.settings(run.before, count, change_after=after), studio.rule)
    two = plan_keyframes(studio.settings(run.after, count, change_before=before), studio.rule)
    later = [replace(plan, time=plan.time + count * SPACING) for plan in two]
    first = studio.picture(run.before, run.seed)
    return studio.paint([*one, *later], first, run.seed, zoom)


def steps(pictures: list[np.ndarray]) -> list[float]:
    return [image_distance(a, b) for a, b in zip(pictures, pictures[1:], strict=False)]


def edges(picture: np.ndarray) -> np.ndarray:
    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float32), (0, 0), 1)
    return np.stack([cv2.Sobel(grey, -1, 1, 0), cv2.Sobel(grey, -1, 0, 1)]).ravel()


def exposure(pictures: list[np.ndarray]) -> float:
    """How far the worst keyframe is a double exposure of the row's first picture and the target.

    Its edges are explained by theirs (least squares): the smaller of both coefficients, times the
    share of the edges' energy that both explain.
    """
    pair = np.stack([edges(pictures[0]), edges(pictures[-1])], 1)
    worst = 0.0
    for picture in pictures[1:-1]:
        own = edges(picture)
        shares, rest, *_ = np.linalg.lstsq(pair, own, rcond=None)
        worst = max(worst, float(min(shares)) * max(0.0, 1 - float(rest[0]) / float(own @ own)))
    return worst


def report_arrivals(studio: Studio, runs: list[Run], strips: Path | None) -> None:
    print(
        "\ntargets                          last ÷ first  largest ÷ median  monotone  "
        "all three  no double exposure"
    )
    cases = [(n, zoom, "arrive") for n in (8, 10, 20) for zoom in (0.0, ZOOM)]
    cases += [(10, 0.0, "none"), (10, 0.0, "mixed after only")]
    for count, zoom, recipe in cases:
        rows = [arrive(studio, run, count, zoom, recipe) for run in runs]
        last, largest, monotone, whole, single = [], [], 0, 0, 0
        for pictures in rows:
            distances = [image_distance(each, pictures[-1]) for each in pictures[:-1]]
            taken = steps(pictures)
            last.append(distances[-1] / distances[0])
            largest.append(max(taken) / float(np.median(taken)))
            late = distances[count // 2 :]
            falls = all(b <= a + RISE * distances[0] for a, b in zip(late, late[1:], strict=False))
            monotone += falls
            whole += falls and last[-1] <= NEAR and largest[-1] <= JUMP
            single += exposure(pictures) < EXPOSURE
        name = f"{recipe}, {count} keyframes" + (", zoom" if zoom else "")
        print(
            f"{name:32} {np.mean(last):11.2f} {np.mean(largest):17.1f} "
            f"{monotone:6} of {len(runs)} {whole:4} of {len(runs)} {single:6} of {len(runs)}",
            flush=True,
        )
        save(strips, f"{recipe}-{count}{'-zoom' if zoom else ''}", rows)


def report_departures(studio: Studio, runs: list[Run], strips: Path | None) -> None:
    print("\nrows of 10 keyframes after an image  first step  largest step  object at the 6th")
    for recipe in ("none", "arrive"):
        rows = [depart(studio, run, 10, recipe) for run in runs]
        first = [steps(pictures)[0] for pictures in rows]
        largest = [max(steps(pictures)) for pictures in rows]
        there = sum(
            studio.things([pictures[5]])[0] == run.after[0]
            for run, pictures in zip(runs, rows, strict=True)
        )
        print(
            f"{recipe:36} {np.mean(first):10.0f} {np.mean(largest):13.0f} "
            f"{there:15} of {len(runs)}",
            flush=True,
        )
        save(strips, f"after-an-image-{recipe}", rows)


def report_changes(studio: Studio, runs: list[Run], strips: Path | None) -> None:
    print("\ntransitions, rows of 10 keyframes  largest step   ÷ median  object at its row's time")
    for zoom in (0.0, ZOOM):
        for transition in ("switch", "morph"):
            rows = [change(studio, run, 10, zoom, transition) for run in runs]
            largest = [max(steps(pictures)) for pictures in rows]
            ratios = [max(steps(p)) / float(np.median(steps(p))) for p in rows]
            there = sum(
                studio.things([pictures[10]])[0] == run.after[0]
                for run, pictures in zip(runs, rows, strict=True)
            )
            name = transition + (", zoom" if zoom else "")
            print(
                f"{name:33} {np.mean(largest):13.0f} {np.mean(ratios):10.1f} "
                f"{there:15} of {len(runs)}",
                flush=True,
            )
            save(strips, f"{transition}{'-zoom' if zoom else ''}", rows)


def save(folder: Path | None, name: str, rows: list[list[np.ndarray]]) -> None:
    if folder:
        folder.mkdir(parents=True, exist_ok=True)
        sheet = np.vstack([np.hstack(pictures) for pictures in rows])
        Image.fromarray(sheet).save(folder / f"{name.replace(' ', '-')}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--strips", type=Path, help="a folder for the pictures")
    options = parser.parse_args()
    studio = Studio()
    runs = studio.runs(options.runs)
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores; Storybook at "
        f"{studio.side} × {studio.side}, {len(runs)} held-out runs each"
    )
    report_arrivals(studio, runs, options.strips)
    report_departures(studio, runs, options.strips)
    report_changes(studio, runs, options.strips)


if __name__ == "__main__":
    main()
