"""The film: all clips in a row, the song under them, encoded once and looked at again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import NamedTemporaryFile

from songreel.errors import SongreelError
from songreel.media import ffmpeg
from songreel.media.audio import Sound, probe_sound
from songreel.storage.atomic import replacing

# Sound and film may differ by this many seconds before it is worth a word.
NOTABLE_DIFFERENCE = Fraction(1, 2)

# Bits per second and channel of AAC that listeners do not tell from the original.
AAC_BITRATE = 128_000

# Samples in a packet of AAC; in one of its high-efficiency kind, whose rate is half of what is
# played, twice as many.
AAC_PACKET = 2048

# A file's header gives its duration in hundredths of a second.
DURATION_TOLERANCE = Fraction(2, 100)


@dataclass(frozen=True)
class FilmReport:
    """What has been made.

    Attributes:
        frame_count: frames of the film, counted by decoding it.
        duration: of the film, in seconds.
        sound: what was laid under it; None for a silent film.
        notes: plain sentences that the user should read.
    """

    frame_count: int
    duration: Fraction
    sound: Sound | None
    notes: tuple[str, ...]


def assemble_film(
    clips: Sequence[Path],
    counts: Sequence[int],
    sound: Path | None,
    path: Path,
    fps: Fraction,
    frame_count: int,
    crf: float,
    preset: str,
    title: str,
    provenance: Mapping[str, str],
) -> FilmReport:
    """Join the clips, lay the song under them, encode, check, and only then put into place.

    H.264, yuv420p, BT.709, the index in front, at exactly ``fps``. The film's end wins: longer
    sound is trimmed. AAC is copied, cut between two packets at most 50 ms before the end; where it
    is shorter its track ends and the film goes on in silence. Any other sound is encoded to AAC as
    long as the film, with silence after its end. The same input gives the same bytes.

    Args:
        clips: lossless clips in order, as ``songreel.film.clips.write_clip`` makes them.
        counts: the frames that each of them holds.
        sound: the song; None for a silent film.
        path: the film, ``.mp4``.
        fps: frames per second.
        frame_count: the film's frames; the sum of ``counts``.
        crf: x264's constant rate factor, 0–51, lower is better.
        preset: x264's preset.
        title: shown by players.
        provenance: how the film was made, for the file's comment.

    Raises:
        SongreelError: a clip or the sound is missing or damaged, or the film is not what it should
            be; ``path`` is then as it was.
    """
    if sum(counts) != frame_count:
        raise ValueError(f"clips of {sum(counts)} frames for a film of {frame_count}")
    for clip in clips:
        if not clip.is_file():
            raise SongreelError(f"{clip}: this clip is missing; run the workflow again to make it")
    duration = frame_count / fps
    song = probe_sound(sound) if sound else None
    try:
        with replacing(path) as temporary, NamedTemporaryFile("w", suffix=".txt") as clip_list:
            clip_list.writelines(f"file {_quoted(clip)}\n" for clip in clips)
            clip_list.flush()
            ffmpeg.run(
                [
                    "-xerror",  # a clip with errors is not to be patched over
                    *("-f", "concat"),
                    *("-safe", "0"),  # it calls absolute paths unsafe
                    *("-r", str(fps)),  # counts frames: Matroska stamps whole milliseconds only
                    *("-i", clip_list.name),
                    *(_sound_input(sound, song, duration) if song else ()),
                    *("-map", "0:v:0"),
                    *_picture_encoding(crf, preset),
                    *(_sound_encoding(song, duration) if song else ()),
                    *_description(title, provenance),
                    *("-movflags", "+faststart"),
                    f"file:{temporary}",
                ]
            )
            check_film(temporary, frame_count, fps, duration, has_sound=song is not None)
    except SongreelError:
        _check_clips(clips, counts, fps)
        raise
    notes = (_difference(sound, song, duration),) if song else ()
    return FilmReport(frame_count, duration, song, tuple(filter(None, notes)))


def check_film(
    path: Path, frame_count: int, fps: Fraction, duration: Fraction, has_sound: bool
) -> None:
    """Open a film, decode all of it, and compare it with what it should be.

    Raises:
        SongreelError: everything that is wrong with it.
    """
    header = ffmpeg.run(["-loglevel", "info", "-i", f"file:{path}", "-t", "0", "-f", "null", "-"])
    header = header.partition("\nOutput #0")[0]
    streams = re.findall(r"^  Stream #0:\d+.*?: (\w+): (.*)", header, re.MULTILINE)
    hours, minutes, seconds = re.search(r"^  Duration: (\d+):(\d+):([\d.]+)", header, re.M).groups()
    shown_duration = (int(hours) * 60 + int(minutes)) * 60 + Fraction(seconds)
    times = _frame_times(path)
    on_time = 0
    frames = 0
    for frames, time in enumerate(times, start=1):
        on_time += time == (frames - 1) / fps

    problems = []
    if frames != frame_count:
        problems.append(f"it has {frames} frames, not {frame_count}")
    if on_time != frames:
        problems.append(f"{frames - on_time} of its frames are not at {fps} frames per second")
    if abs(shown_duration - duration) > DURATION_TOLERANCE:
        problems.append(f"it lasts {float(shown_duration)} s, not {float(duration):.3f} s")
    if [kind for kind, _ in streams] != ["Video", "Audio"][: 1 + has_sound]:
        problems.append(f"its streams are {streams}")
    elif not re.match(r"h264 .*yuv420p\(tv, bt709, ", streams[0][1]):
        problems.append(f"its picture is not H.264, yuv420p, BT.709: {streams[0][1]}")
    elif has_sound and not streams[1][1].startswith("aac "):
        problems.append(f"its sound is not AAC: {streams[1][1]}")
    if problems:
        raise SongreelError(f"{path}: the film is not what it should be: {'; '.join(problems)}")


def _frame_times(path: Path) -> Iterator[Fraction]:
    """Decode the picture; the time of every frame in seconds."""
    lines = ffmpeg.read_lines(
        [
            *("-xerror", "-i", f"file:{path}"),
            *("-map", "0:v:0"),
            *("-fps_mode", "passthrough"),  # never drop or repeat one to fit a rate
            *("-enc_time_base", "demux"),  # the file's own clock
            *("-f", "framecrc", "-"),  # a line per frame: stream, dts, pts, …
        ]
    )
    for line in lines:
        if line.startswith("#tb 0: "):
            tick = Fraction(line.removeprefix("#tb 0: "))
        elif not line.startswith("#"):
            yield int(line.split(",")[2]) * tick


def _check_clips(clips: Sequence[Path], counts: Sequence[int], fps: Fraction) -> None:
    """Name the clip that is damaged or does not hold the frames it owes, if there is one."""
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
    """A path as the concat demuxer's list takes it: in quotes, which are left for every quote."""
    return "'" + str(path.resolve()).replace("'", r"'\''") + "'"


def _picture_encoding(crf: float, preset: str) -> list[str]:
    return [
        *("-c:v", "libx264"),
        *("-profile:v", "high"),  # what every player decodes; lossless clips have another
        *("-crf", str(crf)),
        *("-preset", preset),
        # x264 spends little on colour: without this, flat patches come back up to 6 levels off.
        *("-x264-params", "chroma-qp-offset=-6"),
        *("-threads:v", str(ffmpeg.ENCODER_THREADS)),
        *("-fps_mode", "passthrough"),
    ]


def _sound_input(sound: Path, song: Sound, duration: Fraction) -> list[str]:
    if song.codec != "aac":
        return ["-i", f"file:{sound}"]
    # Packets that begin before the limit are copied whole; none may outlast the film.
    limit = max(Fraction(0), duration - Fraction(AAC_PACKET, song.sample_rate))
    return ["-t", f"{float(limit):.6f}", "-i", f"file:{sound}"]


def _sound_encoding(song: Sound, duration: Fraction) -> list[str]:
    if song.codec == "aac":
        return ["-map", "1:a:0", "-c:a", "copy"]
    samples = round(duration * song.sample_rate)
    return [
        *("-map", "1:a:0"),
        *("-af", f"apad=whole_len={samples},atrim=end_sample={samples}"),
        *("-c:a", "aac"),
        *("-b:a", str(AAC_BITRATE * song.channels)),
    ]


def _description(title: str, provenance: Mapping[str, str]) -> list[str]:
    comment = "\n".join(f"{key}: {value}" for key, value in provenance.items())
    return [
        *("-map_metadata", "-1"),  # nothing of the clips' or the song's own
        *("-map_chapters", "-1"),
        *("-metadata", f"title={title}"),
        *("-metadata", f"comment={comment}"),
        # No version of the muxer, no date, no random identifier.
        *("-fflags", "+bitexact"),
        *("-flags:v", "+bitexact"),
        *("-flags:a", "+bitexact"),
    ]


def _difference(sound: Path, song: Sound, duration: Fraction) -> str | None:
    """A sentence, when song and film differ in length by more than one would think nothing of."""
    difference = song.duration - duration
    if abs(difference) <= NOTABLE_DIFFERENCE:
        return None
    lengths = f"{sound.name} lasts {_clock(song.duration)}, the film {_clock(duration)}"
    if difference > 0:
        return f"{lengths}: the last {float(difference):.1f} seconds of the song are cut off."
    return f"{lengths}: its last {float(-difference):.1f} seconds are silent."


def _clock(seconds: Fraction) -> str:
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes}:{float(rest):04.1f}"
