"""Prints the model card's table, measured on the weights in a folder. Run: python evaluate.py

Nothing here is stored beforehand: every number comes from pictures painted while it runs.
"""

import argparse
import logging
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoPipelineForImage2Image, StableDiffusionImg2ImgPipeline

from captions import write_full_caption
from crispness import compare_sharpness, farthest_from_one, measure_autoencoder
from feedback import THINGS, Settings, measure_drift, measure_switching, time_keyframe
from formats import FORMATS, Format
from judge import ACCEPTED_SHARE, JUDGE, Judge, load_judge, share_right
from painter import GUIDANCE, MODEL, STEPS, STRENGTH, Painter, load_pipeline
from pictures import draw_chunk
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

PARTS = (
    "captions", "formats", "autoencoder", "sharpness", "negatives", "unknown", "feedback", "basics",
)  # fmt: skip
FRESH_CHUNK = 999_999  # of drawings that nothing is trained on

# Prompts without any word of the picture book; all but the first without any word of `moods`, too.
UNKNOWN = (
    "the sorrow of distant engines",
    "an argument about arithmetic",
    "quantum bureaucracy",
    "nineteen apologies",
    "a rumour of velvet thunder",
    "an elegant mistake",
    "velocity without purpose",
    "hunger and patience",
    "the committee regrets everything",
    "jealous thermometers",
    "probably tomorrow",
    "gravity is only a habit",
    "cousins of the parliament",
    "a diplomat hesitates",
    "negotiations about rent",
    "syntax and perfume",
)


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


def write_captions(labels: np.ndarray) -> list[str]:
    """A caption in free wording for every row of labels (n, 4)."""
    rng = np.random.default_rng(5)
    return [write_full_caption(tuple(row), rng) for row in labels]


def measure_captions(
    paint: Painter,
    judge: Judge,
    count: int,
    held_out: bool,
    format: Format = FORMATS["square"],
) -> dict[str, float]:
    """Top-1 shares of object, colour, place and style on pictures painted from captions."""
    labels = sample_labels(count, 11 + held_out, held_out)
    painted = paint(write_captions(labels), 1000, format=format)
    return share_right(judge.name(painted), labels)


def measure_negatives(paint: Painter, judge: Judge, count: int) -> dict[str, float]:
    """Share of pictures without a colour, or an object, when it is and is not the negative prompt.

    Colours: "a star" is painted yellow; the negative prompt is "yellow". Objects: prompts name
    only a style; the negative prompt names what the judge saw in the same seed's picture (so
    without it the share absent is zero by construction), if it saw a thing.
    """
    rng = np.random.default_rng(6)
    things = [str(rng.choice(THINGS)) for _ in range(count)]
    prompts = [f"a {thing}" for thing in things]
    hues = [OBJECTS[thing][0] for thing in things]
    seen = [judge.name(paint(prompts, 3000, hue))[:, 1] for hue in (None, hues)]
    hue_index = np.array([COLOUR_NAMES.index(hue) for hue in hues])
    coloured = [style for style in STYLES[1:] if style not in COLOURLESS_STYLES]
    manners = [str(rng.choice(coloured)) for _ in range(count)]
    before = judge.name(paint(manners, 4000))[:, 0]
    after = judge.name(paint(manners, 4000, [OBJECT_NAMES[k] for k in before]))[:, 0]
    seen_thing = np.isin(before, [OBJECT_NAMES.index(thing) for thing in THINGS])
    return {
        "colour absent without": float((seen[0] != hue_index).mean()),
        "colour absent with": float((seen[1] != hue_index).mean()),
        "object absent without": 0.0,
        "object absent with": float((after != before)[seen_thing].mean()),
    }


def measure_unknown(paint: Painter, judge: Judge, count: int) -> float:
    """Share of pictures of prompts without a known word that show a certain place and style.

    Certain is what the judge is as sure of as of nearly all drawings.
    """
    drawings, _ = draw_chunk(78, FRESH_CHUNK, 4 * count)
    enough = np.quantile(judge.certainty(drawings), 1 - ACCEPTED_SHARE)
    prompts = [UNKNOWN[k % len(UNKNOWN)] for k in range(count)]
    return float((judge.certainty(paint(prompts, 8000)) >= enough).mean())


def folder_megabytes(folder: Path) -> float:
    """Size of everything in a folder, in MB."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e6


def print_row(name: str, value: str) -> None:
    """One row of the card's table."""
    print(f"| {name} | {value} |", flush=True)


def list_shares(shares: dict[str, float]) -> str:
    """Names and percentages in one line."""
    return ", ".join(f"{name} {share:.1%}" for name, share in shares.items())


def report_captions(paint: Painter, judge: Judge, count: int) -> None:
    """Print how well square pictures follow captions."""
    for name, share in measure_captions(paint, judge, count, held_out=False).items():
        print_row(f"{name}, top 1", f"{share:.1%}")
    held = measure_captions(paint, judge, count // 2, held_out=True)
    print_row("on held-out combinations", list_shares(held))


def report_formats(paint: Painter, judge: Judge, count: int) -> None:
    """Print how well wide and tall pictures follow captions."""
    for name in ("wide", "tall"):
        shares = measure_captions(paint, judge, count, False, FORMATS[name])
        print_row(f"top 1, {name} pictures", list_shares(shares))


def report_autoencoder(paint: Painter, count: int) -> None:
    """Print how much of the drawings' detail the autoencoder loses and makes wrong."""
    psnr, whole, by_style = measure_autoencoder(paint.pipeline.vae, 79, count)
    lost = max(by_style, key=lambda style: by_style[style][0])
    most = min(by_style, key=lambda style: by_style[style][0])
    print_row("autoencoder, PSNR", f"{psnr:.1f} dB")
    print_row("autoencoder, detail lost, all styles", f"{whole[0]:.1%}")
    print_row("autoencoder, detail lost, worst style", f"{by_style[lost][0]:.1%} ({lost})")
    print_row("autoencoder, detail lost, least style", f"{by_style[most][0]:.1%} ({most})")
    print_row("autoencoder, detail wrong, all styles", f"{whole[1]:.1%}")
    both = ", ".join(f"{style} {a:.0%} / {b:.0%}" for style, (a, b) in by_style.items())
    print_row("autoencoder, lost / wrong by style", both)


def report_sharpness(paint: Painter, count: int) -> None:
    """Print whether painted pictures are as sharp as drawings."""
    labels = sample_labels(count, 13, held_out=False)
    ratios = compare_sharpness(paint, labels, write_captions(labels))
    worst = farthest_from_one(ratios)
    print_row("sharpness, painted / drawn, worst style", f"{ratios[worst]:.2f} ({worst})")
    listed = ", ".join(f"{style} {ratio:.2f}" for style, ratio in ratios.items())
    print_row("sharpness, painted / drawn, by style", listed)


def report_negatives(paint: Painter, judge: Judge, count: int) -> None:
    """Print what negative prompts keep out."""
    for name, share in measure_negatives(paint, judge, count).items():
        print_row(f"negative prompt: {name}", f"{share:.1%}")


def report_unknown(paint: Painter, judge: Judge, count: int) -> None:
    """Print what prompts without a known word paint."""
    print_row(
        "unknown prompts: certain place and style", f"{measure_unknown(paint, judge, count):.1%}"
    )


def report_feedback(paint: Painter, judge: Judge, strength: float) -> None:
    """Print how pictures change when they are painted over again and again."""
    painter: StableDiffusionImg2ImgPipeline = AutoPipelineForImage2Image.from_pipe(paint.pipeline)
    painter.set_progress_bar_config(disable=True)
    settings: Settings = {
        "num_inference_steps": paint.steps,
        "guidance_scale": paint.guidance,
        "strength": strength,
    }
    switches = measure_switching(painter, paint, judge, settings, pairs=24)
    print_row(
        f"keyframes until the next prompt's object, strength {strength:g}",
        f"median {np.median(switches):g}, {(switches <= 2).mean():.0%} within 2",
    )
    print_row(
        f"one img2img keyframe, {torch.get_num_threads()} threads",
        f"{time_keyframe(painter, settings):.2f} s",
    )
    for name, (mean, worst) in measure_drift(painter, paint, settings).items():
        print_row(f"200 keyframes: {name} against keyframe 10", f"{mean:+.1%} (worst {worst:+.1%})")


def report_basics(paint: Painter, judge: Judge, folder: Path, count: int) -> None:
    """Print how good the judge is, how large the folder, and whether pictures repeat."""
    for name, format in FORMATS.items():
        pictures, labels = draw_chunk(77, FRESH_CHUNK, count, format)
        right = share_right(judge.name(pictures), labels)
        print_row(f"judge on fresh drawings, {name}", list_shares(right))
    print_row("whole folder", f"{folder_megabytes(folder):.1f} MB")
    twice = [paint(["a yellow star in the night sky"], 1).tobytes() for _ in range(2)]
    print_row("same bytes twice", "yes" if twice[0] == twice[1] else "NO")


def main() -> None:
    """Measure and print everything, or the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--guidance", type=float, default=GUIDANCE)
    parser.add_argument("--strength", type=float, default=STRENGTH)
    parser.add_argument("--captions", type=int, default=512)
    parser.add_argument("--threads", type=int, default=1, help="as Songreel paints")
    parser.add_argument("--parts", nargs="+", default=PARTS, choices=PARTS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    logging.getLogger("diffusers").setLevel(logging.ERROR)

    judge = load_judge(options.model / "training" / JUDGE)
    paint = Painter(load_pipeline(options.model), options.steps, options.guidance)
    count = options.captions
    reports = {
        "captions": lambda: report_captions(paint, judge, count),
        "formats": lambda: report_formats(paint, judge, count),
        "autoencoder": lambda: report_autoencoder(paint, count),
        "sharpness": lambda: report_sharpness(paint, count // 2),
        "negatives": lambda: report_negatives(paint, judge, count // 8),
        "unknown": lambda: report_unknown(paint, judge, count // 8),
        "feedback": lambda: report_feedback(paint, judge, options.strength),
        "basics": lambda: report_basics(paint, judge, options.model, 2 * count),
    }
    print_row("measure", f"{options.steps} steps, guidance {options.guidance:g}")
    print_row("---", "---")
    for part in options.parts:
        reports[part]()


if __name__ == "__main__":
    started = time.time()
    main()
    print(f"({time.time() - started:.0f} s)")
