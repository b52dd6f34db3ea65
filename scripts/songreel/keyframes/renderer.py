"""Renders keyframes one by one: finds each in the cache, or paints, stores and records it."""

from __future__ import annotations

import os
import time as clock
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from songreel.errors import SongreelError
from songreel.keyframes.keys import CacheKeys
from songreel.keyframes.lazy_painter import LazyPainter
from songreel.keyframes.segment import Keyframe
from songreel.models.environment import environment_key, expected_execution
from songreel.models.fetch import fetch
from songreel.models.gpus import VISIBLE
from songreel.models.sampling import StepRule
from songreel.models.source import resolve_model
from songreel.models.weights import weights_digest
from songreel.plan.estimates import paint_threads, uses_processor
from songreel.plan.inputs import opening_inputs
from songreel.plan.plan import KeyframeSettings, OpeningSettings, SegmentPlan, SongPlan
from songreel.plan.plan_file import RunOptions, plan_path, read_plan
from songreel.storage import ledger, progress_log
from songreel.storage.cache import KeyframeCache
from songreel.storage.digests import DigestMemo
from songreel.storage.labels import KEYWORD
from songreel.storage.ledger import LEDGER

if TYPE_CHECKING:
    import numpy as np

    from songreel.models.painter import Painter

ATTEMPTS = 5
"""How often a keyframe that came out black or blank is painted with another seed."""


@dataclass
class KeyframeRenderer:
    """Finds or paints the keyframes of one song.

    Attributes:
        plan: of the song.
        options: of the run.
        folder: of the song's results.
        cache: of keyframes.
        keys: of the cache.
        step_rule: how the model is asked for weaker keyframes.
        painter: the model.
        report_progress: takes a line for the user.
        before_painting: called once, before the model is loaded; None for nothing.
        on_clip: called with the plan, a segment that was rendered ahead and the images of its
            clip, as soon as they are there; None where no processor thread is left for clips.
        chains_at_once: how many chains may be rendered at the same time, each in its own thread.
        is_stopped: set to end the other threads before their next keyframe.
    """

    plan: SongPlan
    options: RunOptions
    folder: Path
    cache: KeyframeCache
    keys: CacheKeys
    step_rule: StepRule
    painter: LazyPainter
    report_progress: Callable[[str], None]
    before_painting: Callable[[KeyframeRenderer], None] | None = None
    on_clip: Callable[[SongPlan, SegmentPlan, Sequence[Path]], None] | None = None
    chains_at_once: int = 1
    is_stopped: Event = field(default_factory=Event)

    def for_another_thread(self) -> KeyframeRenderer:
        """The same renderer with the loaded model, to be used by one other thread."""
        return replace(self, painter=self.painter.for_another_thread())

    def get_or_render(
        self, key: str, work: OpeningSettings | Keyframe, segment: str
    ) -> tuple[Path, float | None]:
        """Find an image in the cache, or paint, store and record it.

        Args:
            key: under which the cache has it.
            work: the opening or the keyframe.
            segment: name of its segment.

        Returns:
            the image in the cache, and the seconds it took to paint; None where it was found.

        Raises:
            SongreelError: every attempt came out black or blank, which names the row; or the model
                does not fit; or the renderer was stopped.
        """
        if self.is_stopped.is_set():
            raise SongreelError(f"{self.plan.song}: stopped")
        stored = self.cache.find(key)
        if stored:
            return stored, None
        painter = self.load_painter()  # before the lock: waiting for a GPU must not hold others up
        waiting = f"{self.plan.song}: another job is painting this keyframe; waiting for it"
        with self.cache.lock(key, lambda: self.report_progress(waiting)):
            stored = self.cache.find(key)
            if stored:
                return stored, None
            from songreel.keyframes.feedback import image_distance
            from songreel.media.images import encode_png

            began = clock.monotonic()
            image, seed, rejected = self._paint(work, segment)
            stored = self.cache.store(key, encode_png(image, _label(work)))
            seconds = clock.monotonic() - began
            entry = {
                "row": segment,
                "time": str(_time(work)),
                "seconds": round(seconds, 3),
                "device": painter.describe()["device"],
                "gpu": os.environ.get(VISIBLE),
                "work": workload(work if isinstance(work, OpeningSettings) else work.settings),
                "seed": seed,
                "rejected": rejected,
                "key": key,
            }
            if isinstance(work, Keyframe) and work.target_image is not None:
                entry["target_distance"] = round(image_distance(image, work.target_image), 2)
            ledger.append(self.folder / LEDGER, entry)
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
        self, work: OpeningSettings | Keyframe, segment: str
    ) -> tuple[np.ndarray, int, list[str]]:
        """An image, the seed it was painted with, and why earlier ones were rejected."""
        from songreel.keyframes.feedback import keyframe_seed
        from songreel.media.pixels import InvalidImage

        painter = self.painter.load()
        song_seed = work.seed if isinstance(work, OpeningSettings) else work.settings.seed
        rejected: list[str] = []
        for attempt in range(ATTEMPTS):
            seed = keyframe_seed(song_seed, _time(work), attempt)
            try:
                return paint(painter, work, seed), seed, rejected
            except InvalidImage as reason:
                rejected.append(str(reason))
        raise SongreelError(
            f"{self.plan.song}, {self.plan.by_name[segment].label}: {ATTEMPTS} tries were spoiled "
            f"({rejected[-1]}); change the prompt or render.seed"
        )


def paint(painter: Painter, work: OpeningSettings | Keyframe, seed: int) -> np.ndarray:
    """Paint an image with a loaded model.

    Args:
        painter: the model.
        work: the opening or the keyframe.
        seed: of the noise.

    Raises:
        InvalidImage: the result is black, not a number or blanked; try another seed.
    """
    from songreel.keyframes.feedback import mix_output
    from songreel.media.colors import match_colors
    from songreel.media.pixels import to_uint8

    if isinstance(work, OpeningSettings):
        return painter.text_to_image(
            prompt=work.prompt,
            negative_prompt=work.negative_prompt,
            seed=seed,
            width=work.width,
            height=work.height,
            steps=work.steps,
            guidance_scale=work.guidance_scale,
        )
    plan = work.plan
    painted = painter.image_to_image(
        work.input_image,
        prompts=plan.prompts,
        seed=seed,
        strength=plan.strength,
        steps=plan.steps,
        guidance_scale=plan.guidance_scale,
    )
    if work.reference_image is not None:
        painted = to_uint8(match_colors(painted, work.reference_image))
    if work.target_image is None or not plan.final_share:
        return painted
    return mix_output(painted, work.target_image, plan.final_share)


def _label(work: OpeningSettings | Keyframe) -> dict[str, str]:
    """The text of an opening's PNG; keyframes have a manifest, which says what they are from."""
    return {KEYWORD: opening_inputs(work)} if isinstance(work, OpeningSettings) else {}


def _time(work: OpeningSettings | Keyframe) -> Fraction:
    return work.time if isinstance(work, OpeningSettings) else work.plan.time


@contextmanager
def open_renderer(
    folder: Path,
    cache: Path,
    report_progress: Callable[[str], None],
    plan: SongPlan | None = None,
    before_painting: Callable[[KeyframeRenderer], None] | None = None,
    threads: int = 1,
    on_clip: Callable[[SongPlan, SegmentPlan, Sequence[Path]], None] | None = None,
) -> Iterator[KeyframeRenderer]:
    """Prepare to render a song; a Hub model is downloaded, but no model is loaded yet.

    Args:
        folder: of the song's results.
        cache: folder of the keyframe cache.
        report_progress: takes a line for the user.
        plan: of the song; None for the one that the run wrote into ``folder``.
        before_painting: called once, before the model is loaded; None for nothing.
        threads: processor threads that the job was given; where the model paints on the processor,
            a multiple of ``model.threads`` renders as many chains at once.
        on_clip: what makes clips, with a thread that is left over; called with the plan, a
            segment that was rendered ahead and the images of its clip.

    Raises:
        SongreelError: the model is not on this machine and cannot be downloaded.
    """
    options = RunOptions()
    if plan is None:
        plan, options = read_plan(plan_path(folder))
    keyframe_cache = KeyframeCache(cache)
    model = fetch(resolve_model(plan.model))
    memo = DigestMemo(cache / "digests.json")
    execution = expected_execution(model, plan.model)
    environment = environment_key(weights_digest(model, memo), execution)
    memo.save()
    each = paint_threads(plan.model)
    at_once = max(1, threads // each) if uses_processor(plan.model) else 1
    left = threads - each * min(at_once, len(plan.chains))

    def report(line: str) -> None:
        report_progress(f"{plan.song}: {line}")

    with LazyPainter(plan.model, model, execution, keyframe_cache.locks, report) as painter:
        yield KeyframeRenderer(
            plan,
            options,
            folder,
            keyframe_cache,
            CacheKeys(environment),
            StepRule.of_model(model, plan.model.scheduler),
            painter,
            report_progress,
            before_painting,
            on_clip if left > 0 else None,
            at_once,
        )


def workload(settings: OpeningSettings | KeyframeSettings) -> list[int | float | None]:
    """What the painting time depends on: width, height, steps, strength (None for an opening)."""
    strength = settings.strength if isinstance(settings, KeyframeSettings) else None
    return [settings.width, settings.height, settings.steps, strength]
