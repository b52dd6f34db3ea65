"""The film: joins all clips with the song's audio, encodes them once, and checks the result."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from songreel.errors import SongreelError
from songreel.film.clips import TO_BT709, raw_input
from songreel.media import ffmpeg
from songreel.media.audio import AudioStream, probe_audio
from songreel.plan.plan import FilmPlan
from songreel.storage.atomic import replacing

TOLERATED_DIFFERENCE = Fraction(1, 2)
"""Seconds by which audio and film may differ before the user is told."""

AAC_BITRATE = 128_000
"""Bits per second and channel at which listeners do not tell AAC from the original."""

AAC_PACKET = 2048
"""Samples per packet at most: 1024 in AAC, 2048 in high-efficiency AAC, at the rate of playing."""

DURATION_TOLERANCE = Fraction(2, 100)
"""Seconds; a file's header gives its duration in hundredths of a second."""


@dataclass(frozen=True)
class FilmReport:
    """What was made.

    Attributes:
        frame_count: frames of the film, counted by decoding it.
        duration: of the film, in seconds.
        audio: the song's audio stream; None for a silent film.
        notes: plain sentences for the user.
    """

    frame_count: int
    duration: Fraction
    audio: AudioStream | None
    notes: tuple[str, ...]


def assemble_film(
    clips: Sequence[Path], audio: Path | None, plan: FilmPlan, path: Path
) -> FilmReport:
    """Join the clips and the audio, encode them, check the film, and only then put it into place.

    The film is H.264, yuv420p, BT.709, at exactly the plan's frame rate, with the index in front.
    It ends with its last frame: longer audio is cut. AAC is copied, cut between two packets at most
    50 ms before the end; where it is shorter its stream ends before the film. Any other audio is
    encoded to AAC as long as the film, with silence after its end. The same input gives the same
    bytes.

    Args:
        clips: lossless clips in order, as :func:`songreel.film.clips.write_clip` makes them.
        audio: the song's audio file; None for a silent film.
        plan: of the film.
        path: the film, ``.mp4``.

    Raises:
        SongreelError: a clip or the audio is missing or damaged, or the film failed its check;
            ``path`` is then as it was.
    """
    fps, frame_count = plan.fps, plan.frame_count
    if sum(plan.frame_counts) != frame_count:
        raise ValueError(f"clips of {sum(plan.frame_counts)} frames for a film of {frame_count}")
    for clip in clips:
        if not clip.is_file():
            raise SongreelError(f"{clip}: this clip is missing; run the workflow again to make it")
    duration = frame_count / fps
    stream = probe_audio(audio) if audio else None
    try:
        with replacing(path) as temporary, NamedTemporaryFile("w", suffix=".txt") as clip_list:
            clip_list.writelines(f"file {_quoted(clip)}\n" for clip in clips)
            clip_list.flush()
            ffmpeg.run(
                [
                    "-xerror",  # fail on a damaged clip instead of filling its gaps
                    *("-f", "concat"),
                    *("-safe", "0"),  # allows absolute paths
                    *("-r", str(fps)),  # exact times: Matroska's are whole milliseconds
                    *("-i", clip_list.name),
                    *_output(audio, stream, plan),
                    f"file:{temporary}",
                ]
            )
            check_film(temporary, frame_count, fps, duration, has_audio=stream is not None)
    except SongreelError:
        _check_clips(clips, plan.frame_counts, fps)
        raise
    note = _difference_note(audio, stream, duration) if audio and stream else None
    return FilmReport(frame_count, duration, stream, (note,) if note else ())


def encode_frames(
    frames: Iterable[np.ndarray],
    size: tuple[int, int],
    audio: Path | None,
    plan: FilmPlan,
    path: Path,
) -> FilmReport:
    """Encode frames as they come with the audio, check the film, and only then put it into place.

    The film is of the form that :func:`assemble_film` gives.

    Args:
        frames: (height, width, 3) uint8 RGB, as many as the plan says.
        size: width and height in pixels, even.
        audio: the song's audio file; None for a silent film.
        plan: of the film.
        path: the film, ``.mp4``.

    Raises:
        SongreelError: the audio is missing or damaged, or the film failed its check; ``path`` is
            then as it was.
    """
    duration = plan.frame_count / plan.fps
    stream = probe_audio(audio) if audio else None
    with replacing(path) as temporary:
        command = [
            *raw_input(plan.fps, *size),
            *_output(audio, stream, plan, filters=[TO_BT709]),
            f"file:{temporary}",
        ]
        with ffmpeg.frame_writer(command) as write:
            for frame in frames:
                write(frame)
        check_film(temporary, plan.frame_count, plan.fps, duration, has_audio=stream is not None)
    note = _difference_note(audio, stream, duration) if audio and stream else None
    return FilmReport(plan.frame_count, duration, stream, (note,) if note else ())


def check_film(
    path: Path, frame_count: int, fps: Fraction, duration: Fraction, has_audio: bool
) -> None:
    """Decode a film from beginning to end and compare it with what it should be.

    Args:
        path: the film, ``.mp4``.
        frame_count: the number of its frames.
        fps: frames per second; every frame must be at exactly its time.
        duration: in seconds.
        has_audio: whether it must have an audio stream, or must have none.

    Raises:
        SongreelError: the file is damaged, or not as it should be; the text has every difference.
    """
    header = ffmpeg.run(["-loglevel", "info", "-i", f"file:{path}", "-t", "0", "-f", "null", "-"])
    header = header.partition("\nOutput #0")[0]
    header_duration = ffmpeg.header_duration(header)
    streams = re.findall(r"^  Stream #0:\d+.*?: (\w+): (.*)", header, re.MULTILINE)
    frames = on_time = 0
    for time in _frame_times(path):
        on_time += time == frames / fps
        frames += 1

    problems = []
    if frames != frame_count:
        problems.append(f"it has {frames} frames, not {frame_count}")
    if on_time != frames:
        problems.append(f"{frames - on_time} of its frames are not at {fps} frames per second")
    if header_duration is None:
        problems.append("its header has no duration")
    elif abs(header_duration - duration) > DURATION_TOLERANCE:
        problems.append(f"it lasts {float(header_duration)} s, not {float(duration):.3f} s")
    if [kind for kind, _ in streams] != ["Video", "Audio"][: 1 + has_audio]:
        problems.append(f"its streams are {streams}")
    elif not re.match(r"h264 .*yuv420p\(tv, bt709, ", streams[0][1]):
        problems.append(f"its video is not H.264, yuv420p, BT.709: {streams[0][1]}")
    elif has_audio and not streams[1][1].startswith("aac "):
        problems.append(f"its audio is not AAC: {streams[1][1]}")
    if problems:
        raise SongreelError(f"{path}: the film is not what it should be: {'; '.join(problems)}")


def _frame_times(path: Path) -> Iterator[Fraction]:
    """Decode a file's video stream and yield the time of every frame, in seconds."""
    lines = ffmpeg.read_lines(
        [
            *("-xerror", "-i", f"file:{path}"),
            *("-map", "0:v:0"),
            *("-fps_mode", "passthrough"),  # never drop or repeat a frame to fit a rate
            *("-enc_time_base", "demux"),  # the file's own time base
            *("-f", "framecrc", "-"),  # a line per frame: stream, dts, pts, …
        ]
    )
    time_base = Fraction(1)
    for line in lines:
        if line.startswith("#tb 0: "):
            time_base = Fraction(line.removeprefix("#tb 0: "))
        elif not line.startswith("#"):
            yield int(line.split(",")[2]) * time_base


def _check_clips(clips: Sequence[Path], counts: Sequence[int], fps: Fraction) -> None:
    """Find the clip that is damaged or has another number of frames, if there is one.

    Raises:
        SongreelError: the text names the clip.
    """
    for clip, count in zip(clips, counts, strict=True):
        try:
            frames = sum(1 for _ in _frame_times(clip))
        except ffmpeg.FFmpegError as error:
            raise SongreelError(f"{clip}: this clip is damaged; delete it and run again") from error
        if frames != count:
            raise SongreelError(
                f"{clip}: this clip has {frames} frames, not {count}; delete it and run again"
            )


def _quoted(path: Path) -> str:
    """Quote a path as the concat demuxer's list requires."""
    return "'" + str(path.resolve()).replace("'", r"'\''") + "'"


def _output(
    audio: Path | None, stream: AudioStream | None, plan: FilmPlan, filters: Sequence[str] = ()
) -> list[str]:
    """All of a command between its first input, the frames, and the name of the film."""
    duration = plan.frame_count / plan.fps
    return [
        *(_audio_input(audio, stream, duration) if audio and stream else ()),
        *("-map", "0:v:0"),
        *(("-vf", ",".join(filters)) if filters else ()),
        *_video_encoding(plan.crf, plan.preset),
        *(_audio_encoding(stream, duration) if stream else ()),
        *_metadata(plan.title, plan.provenance),
        *("-movflags", "+faststart"),
    ]


def _video_encoding(crf: float, preset: str) -> list[str]:
    return [
        *("-c:v", "libx264"),
        *("-profile:v", "high"),  # every player decodes it; lossless clips have another
        *("-crf", str(crf)),
        *("-preset", preset),
        # x264 saves on colour: without this, flat patches are up to 6 levels off.
        *("-x264-params", "chroma-qp-offset=-6"),
        *("-threads:v", str(ffmpeg.THREADS)),
        *("-fps_mode", "passthrough"),
    ]


def _audio_input(path: Path, stream: AudioStream, duration: Fraction) -> list[str]:
    if stream.codec != "aac":
        return ["-i", f"file:{path}"]
    # Packets that begin before the limit are copied whole; none may end after the film.
    limit = max(Fraction(0), duration - Fraction(AAC_PACKET, stream.sample_rate))
    return ["-t", f"{float(limit):.6f}", "-i", f"file:{path}"]


def _audio_encoding(stream: AudioStream, duration: Fraction) -> list[str]:
    if stream.codec == "aac":
        return ["-map", "1:a:0", "-c:a", "copy"]
    samples = round(duration * stream.sample_rate)
    return [
        *("-map", "1:a:0"),
        *("-af", f"apad=whole_len={samples},atrim=end_sample={samples}"),
        *("-c:a", "aac"),
        *("-b:a", str(AAC_BITRATE * stream.channels)),
    ]


def _metadata(title: str, provenance: Mapping[str, str]) -> list[str]:
    comment = "\n".join(f"{key}: {value}" for key, value in provenance.items())
    return [
        *("-map_metadata", "-1"),  # no metadata of the clips or the audio
        *("-map_chapters", "-1"),
        *("-metadata", f"title={title}"),
        *("-metadata", f"comment={comment}"),
        # No version of the muxer, no date, no random identifier.
        *("-fflags", "+bitexact"),
        *("-flags:v", "+bitexact"),
        *("-flags:a", "+bitexact"),
    ]


def _difference_note(path: Path, stream: AudioStream, duration: Fraction) -> str | None:
    """Return a sentence where audio and film differ in length by more than is tolerated."""
    difference = stream.duration - duration
    if abs(difference) <= TOLERATED_DIFFERENCE:
        return None
    lengths = f"{path.name} lasts {_clock(stream.duration)}, the film {_clock(duration)}"
    if difference > 0:
        return f"{lengths}: the last {float(difference):.1f} seconds of the song are cut off."
    return f"{lengths}: its last {float(-difference):.1f} seconds are silent."


def _clock(seconds: Fraction) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes}:{float(rest):04.1f}"
