"""The film: encodes all clips once, joins them with the song's audio, and checks the result."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from subprocess import DEVNULL
from tempfile import NamedTemporaryFile
from typing import IO, Any

from songreel.errors import SongreelError
from songreel.film.parts import encode_parts
from songreel.film.poster import save_poster
from songreel.film.provenance import metadata_file
from songreel.film.size import clip_size
from songreel.media import ffmpeg
from songreel.media.audio import (
    decoded_input,
    decoding,
    encoding,
    input_arguments,
    length_note,
)
from songreel.media.audio_stream import AudioStream
from songreel.plan.inputs import film_inputs
from songreel.plan.plan import FilmPlan
from songreel.storage.atomic import replacing
from songreel.storage.labels import read_label

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
    clips: Sequence[Path],
    audio: Path | None,
    plan: FilmPlan,
    path: Path,
    parts: Path,
    environments: Sequence[Mapping[str, Any]] = (),
    threads: int = 1,
) -> FilmReport:
    """Encode the clips and the audio, join them, check the film, and only then put it into place.

    The film is H.264, yuv420p, BT.709, at exactly the plan's frame rate and size, with the index in
    front and a cover, the plan's poster.
    It ends with its last frame: longer audio is cut. AAC is copied, cut between two packets at most
    50 ms before the end; where it is shorter its stream ends before the film. Any other audio, and
    AAC that is damaged or begins later, is encoded to AAC as long as the film, with silence where
    it has none. The same input gives the same bytes.

    Args:
        clips: lossless clips in order, as :func:`songreel.film.clips.write_clip` makes them.
        audio: the song's audio file; None for a silent film.
        plan: of the film.
        path: the film, ``.mp4``.
        parts: the folder of its encoded clips; those that can be are taken from it.
        environments: that its keyframes were painted with, for its metadata.
        threads: of the processor, which may encode; the film is the same with any number.

    Raises:
        SongreelError: a clip or the audio is missing or damaged, or the film failed its check;
            ``path`` is then as it was.
    """
    for clip in clips:
        if not clip.is_file():
            raise SongreelError(f"{clip}: this clip is missing; run the workflow again to make it")
    try:
        encoded = encode_parts(clips, plan, clip_size(clips[0]), parts, at_once=threads)
        inputs = film_inputs(plan, [read_label(clip) for clip in clips])
        return join_parts(encoded, audio, plan, path, inputs, environments)
    except ffmpeg.FFmpegKilledError:
        raise
    except SongreelError:
        shutil.rmtree(parts, ignore_errors=True)  # one of them may be damaged
        _check_clips(clips, plan.frame_counts, plan.fps)
        raise


def join_parts(
    parts: Sequence[Path],
    audio: Path | None,
    plan: FilmPlan,
    path: Path,
    inputs: str,
    environments: Sequence[Mapping[str, Any]] = (),
) -> FilmReport:
    """Join the parts of a film with its audio, as :func:`assemble_film` does it.

    Args:
        parts: in order, as :mod:`songreel.film.parts` makes them.
        audio: the song's audio file; None for a silent film.
        plan: of the film.
        path: the film, ``.mp4``.
        inputs: the digest of what it is made from, which it carries.
        environments: that its keyframes were painted with, for its metadata.

    Raises:
        SongreelError: a part or the audio is damaged, or the film failed its check; ``path`` is
            then as it was.
    """
    fps, frame_count = plan.fps, plan.frame_count
    if sum(plan.frame_counts) != frame_count:
        raise ValueError(f"clips of {sum(plan.frame_counts)} frames for a film of {frame_count}")
    duration = frame_count / fps
    stream = plan.audio
    with (
        replacing(path) as temporary,
        NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as part_list,
        # Decoded by another ffmpeg, to which -xerror does not apply: faults of the audio that
        # planning has told of are no reason to fail.
        _decoded(audio, stream) as decoded,
        NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as metadata,
        NamedTemporaryFile(suffix=".jpg") as poster,
    ):
        save_poster(parts, plan, Path(poster.name))
        part_list.writelines(f"file {_quoted(part)}\n" for part in parts)
        part_list.flush()
        metadata.write(metadata_file(plan.title, plan.provenance, inputs, environments))
        metadata.flush()
        ffmpeg.run(
            [
                "-xerror",  # fail on a damaged part instead of leaving it out
                *("-f", "concat"),
                *("-safe", "0"),  # allows absolute paths
                *("-i", part_list.name),
                *(_audio_input(audio, stream, duration) if audio and stream else ()),
                *("-f", "ffmetadata", "-i", metadata.name),
                *("-i", f"file:{poster.name}"),
                *("-map", "0:v:0", "-c:v:0", "copy"),
                *("-bsf:v:0", _whole_frames(fps)),
                *(_audio_encoding(stream, duration) if stream else ()),
                *_cover(input_number=3 if stream else 2),
                *_metadata(input_number=2 if stream else 1),
                *("-movflags", "+faststart"),
                f"file:{temporary}",
            ],
            decoded,
        )
        check_film(temporary, plan)
    note = length_note(audio, stream, duration) if audio and stream else None
    return FilmReport(frame_count, duration, stream, (note,) if note else ())


def check_film(path: Path, plan: FilmPlan) -> None:
    """Decode a film from beginning to end and compare it with what it should be.

    Args:
        path: the film, ``.mp4``.
        plan: of the film; every frame must be at exactly its time.

    Raises:
        SongreelError: the file is damaged, or not as it should be; the text has every difference.
    """
    fps, frame_count = plan.fps, plan.frame_count
    duration = frame_count / fps
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
    if [kind for kind, _ in streams] != ["Video", *["Audio"] * bool(plan.audio), "Video"]:
        problems.append(f"its streams are {streams}")
    elif not re.match(
        rf"h264 .*yuv420p\(tv, bt709, .* {plan.width}x{plan.height}\b", streams[0][1]
    ):
        problems.append(
            f"its video is not H.264, yuv420p, BT.709, {plan.width}x{plan.height}: {streams[0][1]}"
        )
    elif plan.audio and not streams[1][1].startswith("aac "):
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


def _cover(input_number: int) -> list[str]:
    return [
        *("-map", f"{input_number}:v:0"),
        *("-c:v:1", "copy"),
        *("-disposition:v:1", "attached_pic"),
    ]


def _whole_frames(fps: Fraction) -> str:
    """The filter that counts times in whole frames: joining sums up what parts last, in µs."""
    return f"setts=pts=PTS:dts=DTS:time_base={fps.denominator}/{fps.numerator}"


def _decoded(
    audio: Path | None, stream: AudioStream | None
) -> AbstractContextManager[IO[bytes] | int]:
    """What the film's ffmpeg reads from stdin: the decoded audio, unless it is copied."""
    if audio is None or stream is None or stream.is_copied:
        return nullcontext(DEVNULL)
    return ffmpeg.output_of(decoding(audio, stream))


def _audio_input(path: Path, stream: AudioStream, duration: Fraction) -> list[str]:
    if not stream.is_copied:
        return decoded_input(stream)
    # Packets that begin before the limit are copied whole; none may end after the film.
    limit = max(Fraction(0), duration - Fraction(AAC_PACKET, stream.sample_rate))
    return ["-t", f"{float(limit):.6f}", *input_arguments(path)]


def _audio_encoding(stream: AudioStream, duration: Fraction) -> list[str]:
    if stream.is_copied:
        return ["-map", "1:a:0", "-c:a", "copy"]
    return ["-map", "1:a:0", *encoding(stream, duration)]


def _metadata(input_number: int) -> list[str]:
    return [
        *("-map_metadata", str(input_number)),  # none of the clips or the audio
        *("-map_metadata:s", "-1"),
        *("-map_chapters", "-1"),
        # No version of the muxer, no date, no random identifier.
        *("-fflags", "+bitexact"),
        *("-flags:v", "+bitexact"),
        *("-flags:a", "+bitexact"),
    ]
