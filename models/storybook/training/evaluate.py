"""Prints the model card's table, measured on the weights in a folder. Run: python evaluate.py

Nothing here is stored beforehand: every number comes from pictures painted while it runs.
"""

import argparse
import logging
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoPipelineForImage2Image, StableDiffusionPipeline

from captions import write_full_caption
from feedback import measure_drift, measure_switching, time_keyframe
from judge import Judge, judge_fresh_drawings, load_judge, share_right
from world import (
    COLOUR_NAMES,
    COLOURLESS_STYLES,
    OBJECT_NAMES,
    OBJECTS,
    PLACES,
    STYLES,
    Scene,
    is_held_out,
)

MODEL = Path(__file__).parents[1]
JUDGE = Path(__file__).with_name("judge.safetensors")
STEPS, GUIDANCE, STRENGTH = 10, 3.0, 0.5  # the demo's settings
BATCH = 32

Painter = Callable[[list[str], int, str | None], np.ndarray]


def load_pipeline(folder: Path = MODEL) -> StableDiffusionPipeline:
    """The model in float32, quiet."""
    pipeline = StableDiffusionPipeline.from_pretrained(folder, dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def make_painter(pipeline: StableDiffusionPipeline, steps: int, guidance: float) -> Painter:
    """A function from prompts, first seed and negative prompt to uint8 pictures (n, h, w, 3)."""

    def paint(prompts: list[str], seed: int, negative: str | list[str] | None = None) -> np.ndarray:
        pictures = []
        for start in range(0, len(prompts), BATCH):
            part = prompts[start : start + BATCH]
            against = negative[start : start + BATCH] if isinstance(negative, list) else negative
            if isinstance(against, str):
                against = [against] * len(part)
            generators = [torch.Generator().manual_seed(seed + start + k) for k in range(len(part))]
            made = pipeline(
                part,
                negative_prompt=against,
                num_inference_steps=steps,
                guidance_scale=guidance,
                generator=generators,
                output_type="np",
            ).images
            pictures.append((made * 255).round().astype(np.uint8))
        return np.concatenate(pictures)

    return paint


def sample_labels(count: int, seed: int, held_out: bool) -> np.ndarray:
    """Labels (count, 4) drawn evenly from training combinations, or from those held out."""
    rng = np.random.default_rng(seed)
    rows = []
    while len(rows) < count:
        scene = Scene(*(str(rng.choice(words)) for words in
                        (OBJECT_NAMES, COLOUR_NAMES, PLACES, STYLES)), 0)  # fmt: skip
        if is_held_out(scene.object, scene.colour, scene.place) == held_out:
            rows.append(scene.labels())
    return np.array(rows)


def measure_captions(paint: Painter, judge: Judge, count: int, held_out: bool) -> dict[str, float]:
    """Top-1 shares of object, colour, place and style on pictures painted from captions."""
    labels = sample_labels(count, 11 + held_out, held_out)
    rng = np.random.default_rng(5)
    captions = [write_full_caption(tuple(row), rng) for row in labels]
    return share_right(judge.name(paint(captions, 1000)), labels)


def measure_negatives(paint: Painter, judge: Judge, count: int) -> dict[str, float]:
    """Share of pictures without a colour, or an object, when it is and is not the negative prompt.

    Colours: "a star" is painted yellow; the negative prompt is "yellow". Objects: prompts name
    only a place and a style; the negative prompt names what the judge saw in the same seed's
    picture (so without it the share absent is zero by construction).
    """
    rng = np.random.default_rng(6)
    things = [str(rng.choice(OBJECT_NAMES)) for _ in range(count)]
    prompts = [f"a {thing}" for thing in things]
    hues = [OBJECTS[thing][0] for thing in things]
    seen = [judge.name(paint(prompts, 3000, negative))[:, 1] for negative in (None, hues)]
    hue_index = np.array([COLOUR_NAMES.index(hue) for hue in hues])
    coloured = [style for style in STYLES[1:] if style not in COLOURLESS_STYLES]
    scenery = [f"{rng.choice(PLACES)}, {rng.choice(coloured)}" for _ in range(count)]
    before = judge.name(paint(scenery, 4000))[:, 0]
    after = judge.name(paint(scenery, 4000, [OBJECT_NAMES[k] for k in before]))[:, 0]
    return {
        "colour absent without": float((seen[0] != hue_index).mean()),
        "colour absent with": float((seen[1] != hue_index).mean()),
        "object absent without": 0.0,
        "object absent with": float((after != before).mean()),
    }


def folder_megabytes(folder: Path) -> float:
    """Size of everything in a folder, in MB."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def print_row(name: str, value: str) -> None:
    """One row of the card's table."""
    print(f"| {name} | {value} |", flush=True)


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--strength", type=float, default=STRENGTH)
    parser.add_argument("--captions", type=int, default=512)
    parser.add_argument("--quick", action="store_true", help="captions only")
    options = parser.parse_args()
    torch.set_num_threads(2)
    logging.getLogger("diffusers").setLevel(logging.ERROR)

    judge = load_judge(JUDGE)
    pipeline = load_pipeline(options.model)
    paint = make_painter(pipeline, options.steps, options.guidance)
    print_row("measure", f"{options.steps} steps, guidance {options.guidance:g}")
    print_row("---", "---")
    shares = measure_captions(paint, judge, options.captions, held_out=False)
    for name, share in shares.items():
        print_row(f"{name}, top 1", f"{share:.1%}")
    held = measure_captions(paint, judge, options.captions // 2, held_out=True)
    print_row("object on held-out combinations", f"{held['object']:.1%}")
    print_row("colour on held-out combinations", f"{held['colour']:.1%}")
    if options.quick:
        return
    print_row("judge on fresh drawings", ", ".join(
        f"{name} {share:.1%}" for name, share in judge_fresh_drawings(judge, 77).items()
    ))  # fmt: skip
    for name, share in measure_negatives(paint, judge, 128).items():
        print_row(f"negative prompt: {name}", f"{share:.1%}")

    painter = AutoPipelineForImage2Image.from_pipe(pipeline)
    painter.set_progress_bar_config(disable=True)
    settings = {
        "num_inference_steps": options.steps,
        "guidance_scale": options.guidance,
        "strength": options.strength,
    }
    switches = measure_switching(painter, paint, judge, settings, pairs=48)
    print_row(
        f"img2img at strength {options.strength:g}: keyframes until the next prompt's object",
        f"median {np.median(switches):g}, mean {switches.mean():.1f}, "
        f"{(switches <= 4).mean():.0%} within 4",
    )
    print_row("one img2img keyframe, 2 threads", f"{time_keyframe(painter, settings):.2f} s")
    for name, change in measure_drift(painter, paint, settings).items():
        print_row(f"200 keyframes: {name} against keyframe 10", f"{change:+.1%}")
    print_row("whole folder", f"{folder_megabytes(options.model):.1f} MB")
    twice = [paint(["a yellow star in the night sky"], 1).tobytes() for _ in range(2)]
    print_row("same bytes twice", "yes" if twice[0] == twice[1] else "NO")


if __name__ == "__main__":
    started = time.time()
    main()
    print(f"({time.time() - started:.0f} s)")
