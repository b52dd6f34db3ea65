"""The plan of a song: what each of its jobs does, with everything it needs to know.

A plan is made from the sheet and the configuration (:mod:`songreel.song.planner`), and read by
every job. Times are seconds from the start of the film, exact fractions. Images are paths below
the folder of the song's results.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, takewhile

from songreel.media.audio_stream import AudioStream
from songreel.media.similarity import Similarity
from songreel.models.settings import ModelSettings
from songreel.plan.camera import Camera

RENDER_VERSION = 3
"""Raised by hand when a change of the code changes keyframes: all of them are rendered anew."""

CLIP_VERSION = 2
"""Raised by hand when a change of the code changes in-betweens: all clips are made anew."""

FILM_VERSION = 4
"""Raised by hand when a change of the code changes how films are encoded: all are made anew."""

UPSCALING_VERSION = 1
"""Raised by hand when a change of the code changes how frames are enlarged."""

ANIMATION_VERSION = 1
"""Raised by hand when a change of the code changes how GIF and WebP are made of a film."""

REPORT_VERSION = 1
"""Raised by hand when a change of the code changes what a report shows of the same song."""

STORYBOARD_VERSION = 1
"""Raised by hand when a change of the code changes storyboards: all are drawn anew."""


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
    """What decides the pixels of an opening: an image painted from a prompt by text-to-image.

    Attributes:
        version: ``RENDER_VERSION``.
        model: what of the model decides pixels.
        time: when it is shown, in seconds.
        prompt, negative_prompt: with the row's style; the negative prompt may be empty.
        seed: the song's.
        width, height: in pixels.
        steps, guidance_scale: of the sampler.
    """

    version: int
    model: ModelPixels
    time: Fraction
    prompt: str
    negative_prompt: str
    seed: int
    width: int
    height: int
    steps: int
    guidance_scale: float


@dataclass(frozen=True)
class PromptChange:
    """One row's side of the change from a row's prompt to the next one's.

    Attributes:
        prompt, negative_prompt: of the other row.
        keyframes: how many of this row's the change spans, at most half of them; not always whole.
    """

    prompt: str
    negative_prompt: str
    keyframes: Fraction


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
        change_before, change_after: of the prompt, from the row before and to the row after; None
            where the prompt changes at once.
        camera: during the row.
        previous_camera: during the row before, to whose time the way to the first keyframe
            belongs; None where the segment starts a chain.
        shadow_share: of the shadow image in every keyframe, 0–1.
        color_match: what the colours of every keyframe are matched to, as configured.
        noise: added to what is painted over: standard deviation in shares of black to white, 0–1.
        sharpen: amount of the unsharp mask on what is painted over, ≥ 0.
        target_curve: by which the share of the target grows; None without a target.
        target_recipe: how keyframes approach a target and leave it, one of
            ``songreel.keyframes.keyframe_plan.RECIPES``.
        leaves_target: whether the first keyframe is an image of the sheet.
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
    change_before: PromptChange | None
    change_after: PromptChange | None
    camera: Camera
    previous_camera: Camera | None
    shadow_share: float
    color_match: str
    noise: float
    sharpen: float
    target_curve: str | None
    target_recipe: str
    leaves_target: bool
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

    def motion_to(self, number: int) -> Similarity:
        """How the picture moves under the camera to a keyframe, from the one before it.

        Args:
            number: of the keyframe among ``rendered_times``; not that which starts a chain.
        """
        since = self.rendered_times[number - 1] if number else self.previous_time
        camera = self.camera if number else self.previous_camera
        assert since is not None and camera, "no keyframe comes before one that starts a chain"
        return camera.motion(since, self.rendered_times[number], self.width, self.height)

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
        reference_image: to which the keyframes' colours are matched; None for none, and where each
            has one of its own.
    """

    init_image: str
    shadow_image: str
    target_image: str | None
    reference_image: str | None


@dataclass(frozen=True)
class ClipPlan:
    """What decides the frames of a segment's clip, given its keyframes.

    Attributes:
        method: of interpolation.
        keyframe_frames: the frame of each keyframe and of the one after them, counted from
            the clip's first.
        keyframe_times: of the same keyframes, in seconds.
        include_last: whether the clip shows that last keyframe too.
        held_frames: how many frames more the last keyframe is shown, up to a cut.
        frame_count: frames of the clip.
        camera: during the row.
        fps: frames per second.
        width, height: in pixels.
        version: ``CLIP_VERSION``.
    """

    method: str
    keyframe_frames: tuple[int, ...]
    keyframe_times: tuple[Fraction, ...]
    include_last: bool
    held_frames: int
    frame_count: int
    camera: Camera
    fps: Fraction
    width: int
    height: int
    version: int = CLIP_VERSION

    @property
    def paths(self) -> list[list[Similarity]]:
        """The camera's paths between keyframes: the motion to each frame, to the next keyframe."""
        spans = zip(pairwise(self.keyframe_times), pairwise(self.keyframe_frames), strict=True)
        return [
            [
                self.camera.motion(
                    since,
                    since + (until - since) * Fraction(frame, last - first),
                    self.width,
                    self.height,
                )
                for frame in range(last - first + 1)
            ]
            for (since, until), (first, last) in spans
        ]


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
        audio: what is heard of that file; None for a silent film.
        frame_counts: of the clips, in order.
        fps: frames per second.
        frame_count: of the film.
        crf: x264's constant rate factor, 0–51; lower is better.
        preset: x264's.
        title: shown by players.
        provenance: how the film was made, for its metadata.
        width, height: of the film, in pixels.
        fit: of pictures of another shape: ``bars`` or ``crop``.
        poster: number of the frame that is the film's cover.
        version: ``FILM_VERSION``.
    """

    audio_digest: str | None
    audio: AudioStream | None
    frame_counts: tuple[int, ...]
    fps: Fraction
    frame_count: int
    crf: int
    preset: str
    title: str
    provenance: Mapping[str, str]
    width: int
    height: int
    fit: str = "bars"
    poster: int = 0
    version: int = FILM_VERSION

    def fitted_size(self, width: int, height: int) -> tuple[int, int]:
        """The size that pictures are scaled to, before bars come to them or they are cropped.

        Args:
            width: of the pictures, in pixels.
            height: of the pictures, in pixels.

        Returns:
            width and height in pixels, even, of the shape of the pictures.
        """
        shares = Fraction(self.width, width), Fraction(self.height, height)
        if self.fit == "crop":
            scale, limit = max(shares), max
        else:
            scale, limit = min(shares), min
        return (
            limit(self.width, 2 * round(width * scale / 2)),
            limit(self.height, 2 * round(height * scale / 2)),
        )


@dataclass(frozen=True)
class UpscalingPlan:
    """What decides the frames of the upscaled clips, given the clips.

    Attributes:
        weights: SHA-256 of the upscaler's file.
        weight_count: of the upscaler, which tells how long it takes.
        width, height: of the upscaled clips, in pixels.
        version: ``UPSCALING_VERSION``.
    """

    weights: str
    weight_count: int
    width: int
    height: int
    version: int = UPSCALING_VERSION


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
    """The text of the storyboard: its heading, and a caption for every row.

    Attributes:
        version: ``STORYBOARD_VERSION``.
    """

    title: str
    subtitle: str
    captions: tuple[Caption, ...]
    version: int = STORYBOARD_VERSION


@dataclass(frozen=True)
class SongPlan:
    """The plan of a song.

    Attributes:
        song: its name in the configuration.
        audio: path of the audio file; None for a silent film.
        model: as configured.
        width, height: of all images, in pixels.
        images: the images that the sheet names, by the names of the prepared ones.
        openings: by the names of the segments that start with one: the first where it has no
            image, and those after a cut.
        segments: one per row, in order.
        film, timeline, storyboard: what is made of them.
        animations: what is made of the film: ``gif``, ``webp``.
        upscaler: path of the weights that enlarge the finished frames; None where none do.
        upscaling: of the clips; None where no upscaler is configured.
    """

    song: str
    audio: str | None
    model: ModelSettings
    width: int
    height: int
    images: Mapping[str, SourceImage]
    openings: Mapping[str, OpeningSettings]
    segments: tuple[SegmentPlan, ...]
    film: FilmPlan
    timeline: tuple[TimelineRow, ...]
    storyboard: StoryboardPlan
    animations: tuple[str, ...] = ()
    upscaler: str | None = None
    upscaling: UpscalingPlan | None = None

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

    def film_clip(self, segment: str) -> str:
        """The path of the clip of a segment that the film is joined from.

        Args:
            segment: its name.
        """
        return f"{'upscaled' if self.upscaling else 'clips'}/{segment}.mkv"

    def rest_of_chain(self, name: str) -> list[SegmentPlan]:
        """The segments after the named one that continue it, up to the end of its chain."""
        number = self.segments.index(self.by_name[name])
        return list(takewhile(lambda s: not s.settings.starts_chain, self.segments[number + 1 :]))
