"""The studio: what a song is painted with, and how one keyframe is painted, stored and noted.

The model is loaded when the first keyframe has to be diffused, and not before: a job that finds
everything in the cache imports neither torch nor numpy.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from songreel.errors import SongreelError
from songreel.film.prefetch import ClipsAhead
from songreel.models.environment import CPU_THREADS, environment
from songreel.models.families import ModelSettings
from songreel.models.folder import STORYBOOK_FOLDER, resolve_model
from songreel.models.gpus import VISIBLE, own_card
from songreel.models.weights import weights_digest
from songreel.plan.plan import workload
from songreel.plan.plan_file import thaw
from songreel.storage import ledger
from songreel.storage.cache import KeyframeCache
from songreel.storage.digests import digest

ATTEMPTS = 5
"""How often a spoiled keyframe is painted with another seed before the run stops."""

CHANNELS = 3
"""Bytes of a pixel; a PNG of a diffused picture takes at most about as much."""

LEDGER = "ledger.jsonl"

OPENING = ("model", "prompt", "negative", "width", "height", "steps", "guidance_scale", "seed")
"""What decides an opening's pixels, and with the strength a keyframe's, beside its input."""


@dataclass
class Studio:
    """Where and with what a song is painted. At its end as a context it gives its card back.

    Args:
        plan: the song's plan.
        folder: the song's results.
        cache: the keyframe cache.
        model: the model's folder.
        weights: the digest of the model's weights.
        say: takes a line of progress.
    """

    plan: Mapping
    folder: Path
    cache: KeyframeCache
    model: Path
    weights: str
    say: Callable[[str], None]
    seconds: list[float] = field(default_factory=list)
    _painter: object | None = None
    _until_the_end: ExitStack = field(default_factory=ExitStack)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._until_the_end.close()

    @property
    def painter(self):
        """The model (:class:`songreel.models.painter.Painter`), loaded when it is first asked for."""
        if self._painter is None:
            settings = self.plan["model"]
            device = self._until_the_end.enter_context(
                own_card(settings["device"], self.cache.claims, self.say)
            )
            self.say(f"{self.plan['song']}: loading {settings['name']}")
            from songreel.models.painter import Painter

            self._painter = Painter(
                self.model, ModelSettings(**{**settings, "device": device}, threads=CPU_THREADS)
            )
        return self._painter

    @cached_property
    def clips(self) -> ClipsAhead:
        """Who interpolates finished rows while the next ones are painted."""
        return self._until_the_end.enter_context(ClipsAhead(self.folder))

    @property
    def is_warm(self) -> bool:
        return self._painter is not None

    @property
    def has_only_card(self) -> bool:
        """Whether no other job of the run paints at the same time."""
        return self.plan.get("one_card", False)

    def circumstances(self) -> dict:
        """What decides pixels beside a keyframe's own settings."""
        return {
            "weights": self.weights,
            # The kind of device: which of several alike paints makes no difference.
            "device": self.plan["model"]["device"].partition(":")[0],
            "environment": environment(),
        }

    def opening_key(self) -> str:
        """The hash of all that decides the opening's pixels."""
        return digest({"opening": self.plan["opening"], **self.circumstances()})

    def keyframe_key(self, dream: Mapping, moment: Fraction, mixed) -> str:
        """The hash of all that decides a keyframe's pixels; ``mixed`` stands for its history."""
        return digest(
            {
                "input": hashlib.sha256(mixed.tobytes()).hexdigest(),
                "time": str(moment),
                **{key: dream[key] for key in (*OPENING, "strength")},
                **self.circumstances(),
            }
        )

    def obtain(self, key: str, settings: Mapping, moment: Fraction, row: str, mixed=None) -> Path:
        """A keyframe from the cache, or painted, stored and noted in the ledger.

        Args:
            key: under which it is stored.
            settings: its prompt and sampling: the plan of an opening or of a segment's dream.
            moment: when it is shown, in seconds.
            row: the name of its segment.
            mixed: (height, width, 3) uint8, what it is painted over; None for an opening.

        Raises:
            SongreelError: it stayed black or blank; the row is named. The model does not fit.
        """
        stored = self.cache.find(key)
        if stored:
            return stored
        painter = self.painter  # before the claim: who waits for a card holds up nobody
        who = f"{self.plan['song']}: another job is painting this keyframe; waiting for it"
        with self.cache.claim(key, lambda: self.say(who)):
            stored = self.cache.find(key)
            if stored:
                return stored
            began = time.monotonic()
            picture, seed, spoiled = self._paint(settings, moment, row, mixed)
            stored = self.cache.store(key, picture)
            seconds = time.monotonic() - began
            entry = {
                "row": row,
                "time": str(moment),
                "seconds": round(seconds, 3),
                "device": painter.identity()["device"],
                "card": os.environ.get(VISIBLE),
                "work": workload(settings),
                "seed": seed,
                "spoiled": spoiled,
                "key": key,
            }
            ledger.append(self.folder / LEDGER, entry)
        self.seconds.append(seconds)
        return stored

    def check_space(self, keyframes: int, frames: int) -> None:
        """Refuse to begin what the disk will not hold.

        Args:
            keyframes: pictures to be painted.
            frames: of the clips between them, which take about a byte per pixel.

        Raises:
            SongreelError: what is needed, what is free, and where.
        """
        pixels = self.plan["width"] * self.plan["height"]
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cache.folder.mkdir(parents=True, exist_ok=True)
        needs = {self.cache.folder: keyframes * pixels * CHANNELS, self.folder: frames * pixels}
        if self.cache.folder.stat().st_dev == self.folder.stat().st_dev:
            needs = {self.folder: sum(needs.values())}
        for folder, needed in needs.items():
            free = shutil.disk_usage(folder).free
            if needed > free:
                raise SongreelError(
                    f"{folder}: {keyframes} keyframes and their clips need about "
                    f"{needed / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free on this disk; make "
                    "room (`snakemake prune_cache` drops old keyframes) and run the same command "
                    "again"
                )

    def row_name(self, row: str) -> str:
        """A row as its author knows it: cell, time and prompt."""
        segment = next(s for s in self.plan["segments"] if s["start"] == row)
        return f"row {segment['cell']} at {segment['time']} ({segment['prompt']})"

    def _paint(self, settings: Mapping, moment: Fraction, row: str, mixed):
        """An encoded PNG, the seed it was painted with, and why earlier seeds were given up."""
        from songreel.keyframes.feedback import keyframe_seed
        from songreel.media.images import encode_png
        from songreel.media.pixels import Spoiled

        text = {"prompt": settings["prompt"], "negative": settings["negative"]}
        sampling = {key: settings[key] for key in ("steps", "guidance_scale")}
        spoiled = []
        for attempt in range(ATTEMPTS):
            seed = keyframe_seed(settings["seed"], moment, attempt)
            try:
                if mixed is None:
                    size = {key: settings[key] for key in ("width", "height")}
                    picture = self.painter.paint(**text, **size, **sampling, seed=seed)
                else:
                    picture = self.painter.repaint(
                        mixed, **text, strength=settings["strength"], **sampling, seed=seed
                    )
                return encode_png(picture), seed, spoiled
            except Spoiled as reason:
                spoiled.append(str(reason))
        raise SongreelError(
            f"{self.plan['song']}, {self.row_name(row)}: {ATTEMPTS} tries were spoiled "
            f"({spoiled[-1]}); change the prompt or render.seed"
        )


def open_studio(folder: Path, say: Callable[[str], None], plan: Mapping | None = None) -> Studio:
    """The studio of the song in ``folder``; the model is fetched, but not loaded yet.

    Args:
        folder: the song's results.
        say: takes a line of progress.
        plan: the song's plan; the frozen one when left out.

    Raises:
        SongreelError: a model of the Hub is not here and cannot be downloaded.
    """
    plan = plan or thaw(folder)
    cache = KeyframeCache(Path(plan["cache"]))
    model = resolve_model(plan["model"]["name"], STORYBOOK_FOLDER)
    if isinstance(model, str):
        from songreel.models.hub import fetch_model

        model = fetch_model(model, plan["model"]["revision"])
    weights = weights_digest(model, cache.folder / "weights.json")
    return Studio(plan, folder, cache, model, weights, say)
