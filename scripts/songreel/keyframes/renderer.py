"""Renders keyframes one by one: finds each in the cache, or paints, stores and records it."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from songreel.errors import SongreelError
from songreel.keyframes.keys import CacheKeys
from songreel.keyframes.lazy_painter import LazyPainter
from songreel.models.environment import environment_key
from songreel.models.fetch import fetch
from songreel.models.gpus import VISIBLE
from songreel.models.source import resolve_model
from songreel.models.weights import weights_digest
from songreel.plan.plan import KeyframeSettings, OpeningSettings, SongPlan
from songreel.plan.plan_file import PLAN_FILE, RunOptions, read_plan
from songreel.storage import ledger, progress_log
from songreel.storage.cache import KeyframeCache
from songreel.storage.digests import DigestMemo

if TYPE_CHECKING:
    import numpy as np

    from songreel.models.painter import Painter

ATTEMPTS = 5
"""How often a keyframe that came out black or blank is painted with another seed."""

LEDGER = "ledger.jsonl"
"""Name of the record of all diffused keyframes, in the folder of the song's results."""


@dataclass
class KeyframeRenderer:
    """Finds or paints the keyframes of one song.

    Attributes:
        plan: of the song.
        options: of the run.
        folder: of the song's results.
        cache: of keyframes.
        keys: of the cache.
        painter: the model.
        report_progress: takes a line for the user.
        before_painting: called once, before the model is loaded; None for nothing.
    """

    plan: SongPlan
    options: RunOptions
    folder: Path
    cache: KeyframeCache
    keys: CacheKeys
    painter: LazyPainter
    report_progress: Callable[[str], None]
    before_painting: Callable[[KeyframeRenderer], None] | None = None

    def get_or_render(
        self,
        key: str,
        settings: OpeningSettings | KeyframeSettings,
        time: Fraction,
        segment: str,
        input_image: np.ndarray | None = None,
    ) -> tuple[Path, float | None]:
        """Find a keyframe in the cache, or paint, store and record it.

        Args:
            key: under which the cache has it.
            settings: of the keyframe or the opening.
            time: when it is shown, in seconds.
            segment: name of its segment.
            input_image: (height, width, 3) uint8, which it is painted over; None for an opening.

        Returns:
            the image in the cache, and the seconds it took to paint; None where it was found.

        Raises:
            SongreelError: every attempt came out black or blank, which names the row; or the model
                does not fit.
            ValueError: a keyframe to be painted has no input image.
        """
        stored = self.cache.find(key)
        if stored:
            return stored, None
        painter = self.load_painter()  # before the lock: waiting for a GPU must not hold others up
        waiting = f"{self.plan.song}: another job is painting this keyframe; waiting for it"
        with self.cache.lock(key, lambda: self.report_progress(waiting)):
            stored = self.cache.find(key)
            if stored:
                return stored, None
            began = clock.monotonic()
            png, seed, rejected = self._paint(settings, time, segment, input_image)
            stored = self.cache.store(key, png)
            seconds = clock.monotonic() - began
            ledger.append(
                self.folder / LEDGER,
                {
                    "row": segment,
                    "time": str(time),
                    "seconds": round(seconds, 3),
                    "device": painter.describe()["device"],
                    "gpu": os.environ.get(VISIBLE),
                    "work": workload(settings),
                    "seed": seed,
                    "rejected": rejected,
                    "key": key,
                },
            )
        progress_log.show_latest(self.folder, stored)
        return stored, seconds

    def load_painter(self) -> Painter:
        """The painter; the first call says what comes, waits for a free GPU and loads the model.

        Raises:
            SongreelError: the model cannot be loaded on this device.
        """
        if self.before_painting and not self.painter.is_loaded:
            self.before_painting(self)
        return self.painter.load()

    def _paint(
        self,
        settings: OpeningSettings | KeyframeSettings,
        time: Fraction,
        segment: str,
        input_image: np.ndarray | None,
    ) -> tuple[bytes, int, list[str]]:
        """An encoded PNG, the seed it was painted with, and why earlier ones were rejected."""
        from songreel.keyframes.feedback import keyframe_seed
        from songreel.media.images import encode_png
        from songreel.media.pixels import InvalidImage

        painter = self.painter.load()
        rejected: list[str] = []
        for attempt in range(ATTEMPTS):
            seed = keyframe_seed(settings.seed, time, attempt)
            try:
                return encode_png(_diffuse(painter, settings, seed, input_image)), seed, rejected
            except InvalidImage as reason:
                rejected.append(str(reason))
        raise SongreelError(
            f"{self.plan.song}, {self.plan.by_name[segment].label}: {ATTEMPTS} tries were spoiled "
            f"({rejected[-1]}); change the prompt or render.seed"
        )


def _diffuse(
    painter: Painter,
    settings: OpeningSettings | KeyframeSettings,
    seed: int,
    input_image: np.ndarray | None,
) -> np.ndarray:
    if isinstance(settings, OpeningSettings):
        return painter.text_to_image(
            prompt=settings.prompt,
            negative_prompt=settings.negative_prompt,
            seed=seed,
            width=settings.width,
            height=settings.height,
            steps=settings.steps,
            guidance_scale=settings.guidance_scale,
        )
    if input_image is None:
        raise ValueError("a keyframe is painted over an input image; only an opening has none")
    return painter.image_to_image(
        input_image,
        prompt=settings.prompt,
        negative_prompt=settings.negative_prompt,
        seed=seed,
        strength=settings.strength,
        steps=settings.steps,
        guidance_scale=settings.guidance_scale,
    )


@contextmanager
def open_renderer(
    folder: Path,
    cache: Path,
    report_progress: Callable[[str], None],
    plan: SongPlan | None = None,
    before_painting: Callable[[KeyframeRenderer], None] | None = None,
) -> Iterator[KeyframeRenderer]:
    """Prepare to render a song; a Hub model is downloaded, but no model is loaded yet.

    Args:
        folder: of the song's results.
        cache: folder of the keyframe cache.
        report_progress: takes a line for the user.
        plan: of the song; None for the one that the run wrote into ``folder``.
        before_painting: called once, before the model is loaded; None for nothing.

    Raises:
        SongreelError: the model is not on this machine and cannot be downloaded.
    """
    options = RunOptions()
    if plan is None:
        plan, options = read_plan(folder / PLAN_FILE)
    keyframe_cache = KeyframeCache(cache)
    model = fetch(resolve_model(plan.model))
    memo = DigestMemo(cache / "digests.json")
    environment = environment_key(weights_digest(model, memo), plan.model.device)
    memo.save()

    def report(line: str) -> None:
        report_progress(f"{plan.song}: {line}")

    with LazyPainter(plan.model, model, keyframe_cache.locks, report) as painter:
        yield KeyframeRenderer(
            plan,
            options,
            folder,
            keyframe_cache,
            CacheKeys(environment),
            painter,
            report_progress,
            before_painting,
        )


def workload(settings: OpeningSettings | KeyframeSettings) -> list[int | float | None]:
    """What the painting time depends on: width, height, steps, strength (None for an opening)."""
    strength = settings.strength if isinstance(settings, KeyframeSettings) else None
    return [settings.width, settings.height, settings.steps, strength]
