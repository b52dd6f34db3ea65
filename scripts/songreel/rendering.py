"""Render a row's keyframes, and go on down its chain while the model is warm.

What is in the cache is linked, without importing torch or even numpy; what is not is diffused and
stored at once, so a killed render loses at most the keyframe it was painting.
"""

import hashlib
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from songreel import ledger
from songreel.atomic import replacing
from songreel.cache import KeyframeCache
from songreel.errors import SongreelError
from songreel.frozen import chain, thaw
from songreel.identity import CPU_THREADS, digest, environment, file_digest
from songreel.models import STORYBOOK_FOLDER, ModelSettings, resolve_model
from songreel.segments import write_segment
from songreel.timeline import format_time
from songreel.weights import weights_digest

ATTEMPTS = 5
"""How often a spoiled keyframe is painted with another seed before the run stops."""


@dataclass
class Studio:
    """Where and with what a song is painted.

    Args:
        plan: the song's frozen plan.
        folder: the song's results.
        cache: the keyframe cache.
        weights: the digest of the model's weights.
        load_painter: loads the model (:class:`songreel.diffusion.Painter`); called once, when the
            first keyframe has to be diffused.
        say: takes a line of progress.
    """

    plan: Mapping
    folder: Path
    cache: KeyframeCache
    weights: str
    load_painter: Callable[[], object]
    say: Callable[[str], None]
    seconds: list[float] = field(default_factory=list)
    _painter: object | None = None

    @property
    def painter(self):
        if self._painter is None:
            self.say(f"{self.plan['song']}: loading {self.plan['model']['name']}")
            self._painter = self.load_painter()
        return self._painter

    @property
    def is_warm(self) -> bool:
        return self._painter is not None


def open_studio(folder: Path, say: Callable[[str], None]) -> Studio:
    """The studio of the song in ``folder``; the model is fetched, but not loaded yet.

    Raises:
        SongreelError: a model of the Hub is not here and cannot be downloaded.
    """
    plan = thaw(folder)
    model = plan["model"]
    cache = KeyframeCache(Path(plan["cache"]))
    cache.sweep()
    weights = resolve_model(model["name"], STORYBOOK_FOLDER)
    if isinstance(weights, str):
        from songreel.hub import fetch_model

        weights = fetch_model(weights, model["revision"])

    def load_painter():
        from songreel.diffusion import Painter

        return Painter(weights, ModelSettings(**model, threads=CPU_THREADS))

    digest_of_weights = weights_digest(weights, cache.folder / "weights.json")
    return Studio(plan, folder, cache, digest_of_weights, load_painter, say)


def render_opening(studio: Studio, output: Path) -> None:
    """Paint the picture that opens a song without an opening image.

    When the song is a single chain, nobody else waits for the model: its keyframes follow at once.
    """
    opening = studio.plan["opening"]
    segments = studio.plan["segments"]
    key = digest({"opening": opening, **_circumstances(studio)})
    picture = studio.cache.find(key)
    if picture is None:
        studio.say(f"{studio.plan['song']}: painting the opening: {opening['prompt']}")
        picture = _diffuse(studio, key, opening, Fraction(0), segments[0]["start"])
    with replacing(output) as temporary:
        shutil.copyfile(picture, temporary)
    if studio.is_warm and not any(segment["dream"]["opens"] for segment in segments[1:]):
        _render_ahead(studio, segments, output)


def render_segment(studio: Studio, start: str) -> None:
    """Render the segment named ``start``; then its chain's next ones, into the cache.

    Raises:
        SongreelError: a keyframe stayed black or blank; it names the row.
    """
    segment, *following = chain(studio.plan, start)
    keyframes, pictures = _render_row(studio, segment, studio.folder / segment["inputs"]["start"])
    write_segment(studio.folder / "segments" / start, keyframes, pictures)
    if studio.is_warm:
        _render_ahead(studio, following, pictures[-1])


def _render_ahead(studio: Studio, segments: list[dict], last: Path) -> None:
    """Fill the cache; stop without a word where a row would fail: its own job will say why."""
    for segment in segments:
        inputs = [segment["inputs"]["shadow"], segment["inputs"]["target"]]
        if not all((studio.folder / picture).exists() for picture in inputs if picture):
            return
        try:
            _, pictures = _render_row(studio, segment, last)
        except SongreelError:
            return
        last = pictures[-1]


def _render_row(studio: Studio, segment: Mapping, start: Path) -> tuple[list[dict], list[Path]]:
    """Find or paint a row's keyframes.

    Returns:
        the entries of its manifest, and where the pictures are.
    """
    shadow, target = (
        studio.folder / picture if picture else None
        for picture in (segment["inputs"]["shadow"], segment["inputs"]["target"])
    )
    recipe = digest(
        {
            "dream": segment["dream"],
            "start": file_digest(start),
            "shadow": file_digest(shadow),
            "target": target and file_digest(target),
            **_circumstances(studio),
        }
    )
    keyframes = studio.cache.find_row(recipe)
    if keyframes is not None:
        pictures = _stored(studio.cache, keyframes, start)
        if None not in pictures:
            return keyframes, pictures
    keyframes, pictures = _paint_row(studio, segment, start, shadow, target)
    studio.cache.store_row(recipe, keyframes)
    return keyframes, pictures


def _stored(cache: KeyframeCache, keyframes: list[dict], start: Path) -> list[Path | None]:
    return [cache.find(entry["key"]) if entry["key"] else start for entry in keyframes]


def _paint_row(
    studio: Studio, segment: Mapping, start: Path, shadow_path: Path, target_path: Path | None
) -> tuple[list[dict], list[Path]]:
    from songreel.dream import mix_input, target_share, zoom_factor
    from songreel.images import load_png

    dream = segment["dream"]
    previous = load_png(start)
    shadow = load_png(shadow_path)
    target = load_png(target_path) if target_path else None
    times = [Fraction(moment) for moment in dream["times"]]
    count = len(times)
    if dream["end"]:
        times.append(Fraction(dream["end"]))
    keyframes, pictures = [], []
    since = Fraction(dream["since"]) if dream["since"] else None
    for number, moment in enumerate(times):
        if number == 0 and dream["opens"]:
            key, picture = None, start
        else:
            share = target_share(number, count, dream["pull"]) if dream["pull"] else 0
            factor = zoom_factor(dream["zoom"], moment - since)
            mixed = mix_input(previous, factor, shadow, dream["shadow"], target, share)
            key = keyframe_key(studio, dream, moment, mixed)
            picture = studio.cache.find(key)
            if picture is None:
                picture = _diffuse(studio, key, dream, moment, segment["start"], mixed)
                _report(studio, segment, number, len(times))
            previous = load_png(picture)
        since = moment
        keyframes.append(
            {
                "file": f"{number:04d}.png",
                "time": str(moment),
                "sha256": file_digest(picture),
                "key": key,
            }
        )
        pictures.append(picture)
    return keyframes, pictures


def keyframe_key(studio: Studio, dream: Mapping, moment: Fraction, mixed) -> str:
    """The hash of all that decides a keyframe's pixels; ``mixed`` stands for its history."""
    return digest(
        {
            "input": hashlib.sha256(mixed.tobytes()).hexdigest(),
            "time": str(moment),
            **{key: dream[key] for key in _DECISIVE},
            **_circumstances(studio),
        }
    )


_DECISIVE = (
    "model",
    "prompt",
    "negative",
    "width",
    "height",
    "steps",
    "strength",
    "guidance_scale",
    "seed",
)


def _diffuse(
    studio: Studio, key: str, settings: Mapping, moment: Fraction, row: str, mixed=None
) -> Path:
    """Paint a keyframe (from nothing without ``mixed``), store it, note it in the ledger."""
    from songreel.dream import Spoiled, keyframe_seed
    from songreel.images import encode_png

    painter = studio.painter
    began = time.monotonic()
    text = {"prompt": settings["prompt"], "negative": settings["negative"]}
    sampling = {key: settings[key] for key in ("steps", "guidance_scale")}
    reasons = []
    for attempt in range(ATTEMPTS):
        seed = keyframe_seed(settings["seed"], moment, attempt)
        try:
            if mixed is None:
                size = {key: settings[key] for key in ("width", "height")}
                picture = painter.paint(**text, **size, **sampling, seed=seed)
            else:
                strength = settings["strength"]
                picture = painter.repaint(mixed, **text, strength=strength, **sampling, seed=seed)
            break
        except Spoiled as spoiled:
            reasons.append(str(spoiled))
    else:
        raise SongreelError(
            f"{studio.plan['song']}, {_name(studio, row)}: {ATTEMPTS} tries were spoiled "
            f"({reasons[-1]}); change the prompt or render.seed"
        )
    stored = studio.cache.store(key, encode_png(picture))
    seconds = time.monotonic() - began
    studio.seconds.append(seconds)
    ledger.note(
        studio.folder / "ledger.jsonl",
        {
            "row": row,
            "time": str(moment),
            "seconds": round(seconds, 3),
            "device": painter.identity()["device"],
            "seed": seed,
            "spoiled": reasons,
            "key": key,
        },
    )
    return stored


def _circumstances(studio: Studio) -> dict:
    """What decides pixels beside a keyframe's own settings."""
    return {
        "weights": studio.weights,
        # The kind of device: which of several alike paints makes no difference.
        "device": studio.plan["model"]["device"].partition(":")[0],
        "environment": environment(),
    }


def _name(studio: Studio, row: str) -> str:
    segment = next(s for s in studio.plan["segments"] if s["start"] == row)
    return f"row {segment['cell']} at {segment['time']} ({segment['prompt']})"


def _report(studio: Studio, segment: Mapping, number: int, count: int) -> None:
    waiting = sum(_painted(later) for later in chain(studio.plan, segment["start"])[1:])
    each = sum(studio.seconds) / len(studio.seconds)
    left = format_time(round((waiting + count - number - 1) * each) * 1000)
    studio.say(
        f"{studio.plan['song']} {segment['time']}: keyframe {number + 1} of {count}, "
        f"{each:.2f} s each, {left} left in this chain"
    )


def _painted(segment: Mapping) -> int:
    """How many keyframes of a segment are diffused."""
    dream = segment["dream"]
    return len(dream["times"]) - dream["opens"] + (dream["end"] is not None)
