"""The plan of a song: what each of its jobs does, with everything it needs to know.

A plan is made from the sheet and the configuration (:mod:`songreel.song.planner`), and read by
every job. Times are seconds from the start of the film, exact fractions. Images are paths below
the folder of the song's results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import takewhile

from songreel.models.settings import ModelSettings

RENDER_VERSION = 3
"""Raised by hand when a change of the code changes keyframes: all of them are rendered anew."""


@dataclass(frozen=True)
class ModelPixels:
    """What of the model decides pixels.

    Attributes:
        weights: digest of its weights, or id and revision of a Hub model.
        scheduler, dtype: as configured.
        threads: of the processor.
    """

    weights: str
    scheduler: str | None
    dtype: str
    threads: int


@dataclass(frozen=True)
class SourceImage:
    """An image file that the sheet names.

    Attributes:
        path: of the file.
        digest: SHA-256 of its content when the run began.
    """

    path: str
    digest: str


@dataclass(frozen=True)
class OpeningSettings:
    """What decides the pixels of the opening image, painted from its prompt by text-to-image.

    Attributes:
        version: ``RENDER_VERSION``.
        model: what of the model decides pixels.
        prompt, negative_prompt: with the row's style; the negative prompt may be empty.
        seed: the song's.
        width, height: in pixels.
        steps, guidance_scale: of the sampler.
    """

    version: int
    model: ModelPixels
    prompt: str
    negative_prompt: str
    seed: int
    width: int
    height: int
    steps: int
    guidance_scale: float


@dataclass(frozen=True)
class KeyframeSettings:
    """What decides the pixels of a segment's keyframes, besides the images it is rendered from.

    It holds no path, no device and no frame rate.

    Attributes:
        version: ``RENDER_VERSION``.
        model: what of the model decides pixels.
        prompt, negative_prompt: with the row's style; the negative prompt may be empty.
        starts_chain: whether the first keyframe is an image, the segment's initial one, and not
            rendered over the keyframe before.
        previous_time: of the keyframe before the segment; None where the segment starts a chain.
        keyframe_times: of the segment's own keyframes.
        end_time: of the end keyframe, where the segment renders it; else None.
        zoom: growth per second.
        shadow_share: of the shadow image in every keyframe, 0–1.
        target_curve: by which the share of the target grows; None without a target.
        seed: the song's.
        width, height: in pixels.
        steps, strength, guidance_scale: of the sampler.
    """

    version: int
    model: ModelPixels
    prompt: str
    negative_prompt: str
    starts_chain: bool
    previous_time: Fraction | None
    keyframe_times: tuple[Fraction, ...]
    end_time: Fraction | None
    zoom: float
    shadow_share: float
    target_curve: str | None
    seed: int
    width: int
    height: int
    steps: int
    strength: float
    guidance_scale: float

    @property
    def rendered_times(self) -> tuple[Fraction, ...]:
        """Times of all keyframes that the segment holds, the end keyframe among them."""
        end = () if self.end_time is None else (self.end_time,)
        return (*self.keyframe_times, *end)

    @property
    def diffused_count(self) -> int:
        """How many of the segment's keyframes are diffused; the others are images."""
        return len(self.rendered_times) - self.starts_chain


@dataclass(frozen=True)
class SegmentImages:
    """The images that a segment is rendered from, as paths below the song's results.

    Attributes:
        init_image: which the first keyframe is, or is rendered over.
        shadow_image: mixed into every keyframe.
        target_image: which the segment leads to; None for none.
    """

    init_image: str
    shadow_image: str
    target_image: str | None


@dataclass(frozen=True)
class ClipPlan:
    """What decides the frames of a segment's clip, given its keyframes.

    Attributes:
        method: of interpolation.
        keyframe_frames: the frame of each keyframe and of the one after them, counted from
            the clip's first.
        include_last: whether the clip shows that last keyframe too.
        frame_count: frames of the clip.
        zoom_per_frame: the camera's magnification from one frame to the next.
        fps: frames per second.
        width, height: in pixels.
    """

    method: str
    keyframe_frames: tuple[int, ...]
    include_last: bool
    frame_count: int
    zoom_per_frame: float
    fps: Fraction
    width: int
    height: int


@dataclass(frozen=True)
class SegmentPlan:
    """The plan of one row of the sheet.

    Attributes:
        name: the row's time in milliseconds, zero-padded; it names the segment's files.
        cell, time, prompt: as people know the row.
        settings: of its keyframes.
        images: which it is rendered from.
        clip: made from its keyframes.
        following: where the keyframe after its own is found, an image or a segment's manifest; None
            where its own are the last.
    """

    name: str
    cell: str
    time: str
    prompt: str
    settings: KeyframeSettings
    images: SegmentImages
    clip: ClipPlan
    following: str | None

    @property
    def label(self) -> str:
        """The row as messages name it: cell, time and prompt."""
        return f"row {self.cell} at {self.time} ({self.prompt})"


@dataclass(frozen=True)
class FilmPlan:
    """What decides the film, given its clips and its audio.

    Attributes:
        audio_digest: SHA-256 of the audio file when the run began; None for a silent film.
        frame_counts: of the clips, in order.
        fps: frames per second.
        frame_count: of the film.
        crf: x264's constant rate factor, 0–51; lower is better.
        preset: x264's.
        title: shown by players.
        provenance: how the film was made, for its metadata.
    """

    audio_digest: str | None
    frame_counts: tuple[int, ...]
    fps: Fraction
    frame_count: int
    crf: int
    preset: str
    title: str
    provenance: Mapping[str, str]


@dataclass(frozen=True)
class TimelineRow:
    """A line of the timeline table: when a row was asked for and when it is shown."""

    row: int
    cell: str
    time: str
    first_frame: int
    shown: str
    keyframes: int
    prompt: str


@dataclass(frozen=True)
class Caption:
    """What stands below a row's image in the storyboard; style and note may be empty."""

    time: str
    prompt: str
    style: str
    note: str


@dataclass(frozen=True)
class StoryboardPlan:
    """The text of the storyboard: its heading, and a caption for every row."""

    title: str
    subtitle: str
    captions: tuple[Caption, ...]


@dataclass(frozen=True)
class SongPlan:
    """The plan of a song.

    Attributes:
        song: its name in the configuration.
        audio: path of the audio file; None for a silent film.
        model: as configured.
        width, height: of all images, in pixels.
        images: the images that the sheet names, by the names of the prepared ones.
        opening: None where the first row has an image.
        segments: one per row, in order.
        film, timeline, storyboard: what is made of them.
    """

    song: str
    audio: str | None
    model: ModelSettings
    width: int
    height: int
    images: Mapping[str, SourceImage]
    opening: OpeningSettings | None
    segments: tuple[SegmentPlan, ...]
    film: FilmPlan
    timeline: tuple[TimelineRow, ...]
    storyboard: StoryboardPlan

    @cached_property
    def by_name(self) -> Mapping[str, SegmentPlan]:
        """The segments by their names."""
        return {segment.name: segment for segment in self.segments}

    @cached_property
    def chains(self) -> Sequence[Sequence[SegmentPlan]]:
        """The segments in order, grouped into the chains in which each continues the one before."""
        chains: list[list[SegmentPlan]] = []
        for segment in self.segments:
            if segment.settings.starts_chain:
                chains.append([])
            chains[-1].append(segment)
        return chains

    def rest_of_chain(self, name: str) -> list[SegmentPlan]:
        """The segments after the named one that continue it, up to the end of its chain."""
        number = self.segments.index(self.by_name[name])
        return list(takewhile(lambda s: not s.settings.starts_chain, self.segments[number + 1 :]))
