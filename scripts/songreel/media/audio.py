"""Audio files: decoded once, whole, to know what can be heard in them before anything is painted.

Audio files are untrusted: only formats that hold their sound themselves are opened, and no file
but the one that is named.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

from songreel.errors import SongreelError, locale_remedy
from songreel.media import ffmpeg
from songreel.media.audio_stream import AudioStream
from songreel.storage.digests import DigestMemo

FORMATS = (
    *("aac", "ac3", "aiff", "amr", "ape", "asf", "au", "avi", "caf", "dsf", "dts", "eac3"),
    *("flac", "flv", "loas", "matroska", "mov", "mp3", "mpc", "mpc8", "mpeg", "mpegts", "ogg"),
    *("tak", "tta", "w64", "wav", "wv"),
)
"""ffmpeg's names of the formats that are opened; none of them is a list of other files."""

TIMED_FORMATS = ("matroska", "mov")
"""Formats whose time 0 is meant: sound that begins later is heard later."""

AAC_BITRATE = 128_000
"""Bits per second and channel at which listeners do not tell AAC from the original."""

USUAL_LAYOUTS = {1: "mono", 2: "stereo", 3: "3.0", 4: "4.0", 5: "5.0", 6: "5.1", 8: "7.1"}
"""Layouts of channels for files that do not say which channel is which."""

LONGEST_JUMP = 60
"""Seconds by which a file's own times may jump; those of a damaged file jump by hours."""

SMALLEST_GAP = Fraction(1, 100)
"""Seconds; smaller jumps are rounding of the file's times."""

NOTED_GAP = Fraction(1, 10)
"""Seconds of silence, at the beginning or inside, that the user is told of."""

TOLERATED_DIFFERENCE = Fraction(1, 2)
"""Seconds by which audio and film may differ before the user is told."""

NOTED_LOSS = Fraction(1, 2)
"""Seconds by which a file may be shorter than its header says before the user is told."""

FLOAT_CODECS = ("pcm_f", "wavpack")
"""Beginnings of the codecs whose files may hold what is no number, without being damaged."""

_VERSION = 2  # of what is measured; raise it with a change of measure_audio or encoding


@dataclass(frozen=True)
class MeasuredAudio:
    """What is known of an audio file that was decoded.

    Attributes:
        stream: what is heard.
        promised: seconds that the file's header says it lasts; None where it says nothing.
        fault: ffmpeg's first complaint; empty where there is none.
        gaps: where sound is missing inside: seconds from the beginning, seconds that are missing.
    """

    stream: AudioStream
    promised: Fraction | None
    fault: str
    gaps: tuple[tuple[Fraction, Fraction], ...]


def measure_audio(path: Path, memo: DigestMemo | None = None) -> MeasuredAudio:
    """Decode an audio file from beginning to end, and try whether the film can have it.

    Args:
        path: of the file.
        memo: by which a file is decoded only once; None to decode it anyway.

    Raises:
        SongreelError: the file is missing, is no audio file, has no audio, or cannot be used.
    """
    if not path.is_file():
        remedy = locale_remedy(str(path))
        raise SongreelError(
            f"{path}: there is no such audio file" + (f"; {remedy}" if remedy else "")
        )
    if memo is None:
        return _measure(path)
    subject = f"audio {_VERSION} {ffmpeg.program_digest(memo)}"
    return _from_text(memo.measured(subject, path, lambda: _to_text(_measure(path))))


def audio_notes(path: Path, audio: MeasuredAudio) -> list[str]:
    """What the user should know of an audio file that can be used: plain sentences, one line each.

    Args:
        path: of the file.
        audio: as it was measured.
    """
    stream, notes = audio.stream, []
    if audio.promised is not None and audio.promised - stream.duration > NOTED_LOSS:
        notes.append(
            f"{path}: the file says that it lasts {clock(audio.promised)}, but its sound ends at "
            f"{clock(stream.duration)}; it was cut off. If that is not what you want, get the "
            "whole file"
        )
    elif audio.fault:
        notes.append(
            f"{path}: the file is damaged ('{audio.fault}'); what can be played is in the film. "
            "If you hear it, export the song again"
        )
    notes += [
        f"{path}: {float(length):.1f} seconds of sound are missing at {clock(at)}, where the film "
        "is silent; if you hear it, export the song again"
        for at, length in audio.gaps
        if length > NOTED_GAP
    ]
    if stream.start > NOTED_GAP:
        notes.append(
            f"{path}: its sound begins {float(stream.start):.1f} seconds after the file does, and "
            "so it does in the film; to hear it at once, export the song as WAV"
        )
    if stream.film_channels != stream.channels:
        notes.append(f"{path}: its {stream.channels} channels are mixed down to two")
    return notes


def length_note(path: Path, stream: AudioStream, duration: Fraction) -> str | None:
    """Say that audio and film differ in length; None where nobody would notice.

    Args:
        path: of the audio file.
        stream: as it was measured.
        duration: of the film, in seconds.
    """
    difference = stream.duration - duration
    if abs(difference) <= TOLERATED_DIFFERENCE:
        return None
    lengths = f"{path.name} lasts {clock(stream.duration)}, the film {clock(duration)}"
    if difference > 0:
        return f"{lengths}: the last {float(difference):.1f} seconds of the song are cut off."
    return f"{lengths}: its last {float(-difference):.1f} seconds are silent."


def input_arguments(path: Path) -> list[str]:
    """Arguments by which ffmpeg opens an audio file, and nothing else."""
    return [
        *("-protocol_whitelist", "file"),
        *("-format_whitelist", ",".join(FORMATS)),
        *("-i", f"file:{path}"),
    ]


def decoding(path: Path, stream: AudioStream) -> list[str]:
    """Arguments by which ffmpeg decodes an audio file to stdout, with its times.

    Where they go back, as in files that were joined, the sound goes on where it was.

    Args:
        path: of the file.
        stream: as it was measured.
    """
    end, shift = "ld(0)", "ld(1)"
    goes_back = f"gt(N,0)*gt({end}-PTS,{float(SMALLEST_GAP)}/TB)"
    times = f"st(1,{shift}+{goes_back}*({end}-PTS));st(0,PTS+NB_SAMPLES/SR/TB);PTS+{shift}"
    # AAC's encoder fails over what is no number, and a damaged file may hold anything.
    has_numbers = stream.is_whole and not stream.codec.startswith(FLOAT_CODECS)
    return [
        "-copyts",  # else ffmpeg shortens long gaps
        *input_arguments(path),
        *("-map", "0:a:0"),
        *("-af", f"asetpts='{times}'"),
        *("-c:a", "pcm_f32le" if has_numbers else "pcm_s32le"),
        *("-ar", str(stream.film_rate)),
        *("-channel_layout", stream.film_layout),
        *("-f", "nut", "pipe:1"),
    ]


def decoded_input(stream: AudioStream) -> list[str]:
    """Arguments by which ffmpeg reads from stdin what another one decodes.

    Args:
        stream: as it was measured.
    """
    return [
        *("-itsoffset", f"{float(stream.start):.6f}"),
        *("-channel_layout", stream.film_layout),  # which the format does not hold
        *("-f", "nut", "-i", "pipe:0"),
    ]


def encoding(stream: AudioStream, duration: Fraction) -> list[str]:
    """Arguments by which ffmpeg encodes decoded audio to AAC, from time 0 to the film's end.

    Silence fills what is missing at the beginning, at the end and inside.

    Args:
        stream: as it was measured.
        duration: of the film, in seconds.
    """
    samples = round(duration * stream.film_rate)
    filters = f"aresample=async=1:first_pts=0,apad=whole_len={samples},atrim=end_sample={samples}"
    return [
        *("-af", filters),
        *("-c:a", "aac"),
        *("-b:a", str(AAC_BITRATE * stream.film_channels)),
    ]


def clock(seconds: Fraction) -> str:
    """A time as people read it: ``1:02.5``."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f"{minutes}:{float(rest):04.1f}"


@dataclass
class _Samples:
    """What a decoder gave.

    Attributes:
        count, bytes: of samples (those of all channels at one time are one), of 16 bits each.
        first, end: of the first sample and after the last, in seconds.
        gaps: seconds from the first sample, and seconds by which the times jump forward there.
        goes_back: whether the times jump back somewhere; the sound then goes on where it was.
    """

    count: int
    bytes: int
    first: Fraction
    end: Fraction
    gaps: list[tuple[Fraction, Fraction]]
    goes_back: bool


def _measure(path: Path) -> MeasuredAudio:
    logs: list[str] = []
    arguments = [
        *("-loglevel", "level+info"),
        "-copyts",
        *input_arguments(path),
        *("-map", "0:a:0"),
        *("-f", "framecrc", "-"),  # 16 bits; a line a frame: stream, dts, pts, samples, bytes, …
    ]
    try:
        header, samples = _read_samples(ffmpeg.read_lines(arguments, logs.append))
    except ffmpeg.FFmpegError as error:
        raise SongreelError(f"{path}: {_refusal(error.log)}") from error
    log = logs[0].replace("[info] ", "")
    codec = re.search(r"^  Stream #0:.*: Audio: (\w+)", log, re.MULTILINE)
    container = re.search(r"^Input #0, (.+), from", log, re.MULTILINE)
    if not samples.count or codec is None or container is None:
        raise SongreelError(f"{path}: {_refusal(log)}")
    start = samples.first
    if not set(TIMED_FORMATS) & set(container[1].split(",")):
        start -= _file_start(log)
    if abs(start) < Fraction(1, 1000):  # what rounding leaves of an encoder's run-in
        start = Fraction(0)
    jump = max([abs(start), *(length for _, length in samples.gaps)])
    if jump > LONGEST_JUMP:
        raise SongreelError(
            f"{path}: the times in this file jump by {clock(jump)}; export the song again, as "
            "WAV, FLAC, Ogg, MP3 or M4A"
        )
    fault, changes = _fault(log), "audio parameters changed" in log
    channels = samples.bytes // (samples.count * 2)
    stream = AudioStream(
        codec=codec[1],
        channels=channels,
        layout=_known_layout(header["channel_layout_name"], channels),
        sample_rate=int(header["sample_rate"]),
        start=start,
        duration=start + samples.end - samples.first,
        is_whole=not fault and not samples.gaps and not samples.goes_back and not changes,
    )
    _try_encoding(path, stream)
    gaps = tuple((start + at, length) for at, length in samples.gaps)
    return MeasuredAudio(stream, _promised(log), fault, gaps)


def _read_samples(lines: Iterator[str]) -> tuple[dict[str, str], _Samples]:
    """Read the lines of ffmpeg's ``framecrc``: its header, and what was decoded."""
    header: dict[str, str] = {}
    samples = _Samples(0, 0, Fraction(0), Fraction(0), [], False)
    first = end = shift = 0
    time_base = smallest_gap = Fraction(1)
    for line in lines:
        if line.startswith("#"):
            name, _, value = line[1:].partition(" 0: ")
            header[name] = value
            continue
        _, _, time, count, size, _ = (int(field, 0) for field in line.split(",")[:6])
        if not samples.count:
            time_base = Fraction(header["tb"])
            smallest_gap = SMALLEST_GAP / time_base
            first = end = time
        time += shift
        if time - end > smallest_gap:
            samples.gaps.append(((end - first) * time_base, (time - end) * time_base))
        # Once they have gone back, ffmpeg writes times of its own, each 1 after the one before.
        elif end - time > min(smallest_gap, count / 2):
            samples.goes_back = True
            shift += end - time
            time = end
        end = time + count
        samples.count += count
        samples.bytes += size
    samples.first, samples.end = first * time_base, end * time_base
    return header, samples


def _try_encoding(path: Path, stream: AudioStream) -> None:
    """Encode the beginning as the film's will be, to see that it can be done."""
    length = max(stream.start, Fraction(0)) + Fraction(1, 4)
    try:
        with ffmpeg.output_of(["-t", f"{float(length):.3f}", *decoding(path, stream)]) as decoded:
            ffmpeg.run(
                [*decoded_input(stream), *encoding(stream, length), *("-f", "null", "-")], decoded
            )
    except ffmpeg.FFmpegError as error:
        raise SongreelError(
            f"{path}: this sound ({stream.channels} channels, {stream.sample_rate} samples a "
            "second) cannot be put into a film; export the song again in stereo, with 44,100 or "
            "48,000 samples a second"
        ) from error


def _known_layout(name: str, channels: int) -> str:
    is_unknown = re.fullmatch(r"\d+ channels.*", name)
    return USUAL_LAYOUTS.get(channels, name) if is_unknown else name


def _refusal(log: str) -> str:
    if "matches no streams" in log:
        return "there is no audio in this file"
    if "Format not on whitelist" in log:
        return (
            "this is no audio file, but a list of other files or something else; name the audio "
            "file itself (WAV, FLAC, Ogg, MP3, M4A)"
        )
    return "this audio file cannot be read; export the song again, as WAV, FLAC, Ogg, MP3 or M4A"


def _file_start(log: str) -> Fraction:
    """Find when a file's first stream starts, in seconds; its times are relative to that."""
    start = re.search(r"^  Duration: .*, start: (-?\d+\.\d+)", log, re.MULTILINE)
    return Fraction(start[1]) if start else Fraction(0)


def _promised(log: str) -> Fraction | None:
    """Find the audio's duration in the header; None where there is none, or only a guess."""
    video = re.search(r"^  Stream #0:.*: Video: (?!.*\(attached pic\))", log, re.MULTILINE)
    guessed = "Estimating duration" in log
    return None if video or guessed else ffmpeg.header_duration(log)


def _fault(log: str) -> str:
    """Find ffmpeg's first complaint about a file, without what only ffmpeg understands."""
    unknown_size = "Ignoring maximum wav data size" in log  # a recorder's, written as it ran
    for line in log.splitlines():
        ends_early = "corrupt input packet" in line and not unknown_size
        if "[error]" in line or "[fatal]" in line or ends_early:
            text = re.sub(r"\[[^]]*\] ?", "", line)
            return "".join(letter for letter in text if letter.isprintable())[:100]
    return ""


def _to_text(audio: MeasuredAudio) -> str:
    return json.dumps(asdict(audio), default=str)


def _from_text(text: str) -> MeasuredAudio:
    known = json.loads(text)
    stream = known["stream"]
    stream |= {name: Fraction(stream[name]) for name in ("start", "duration")}
    return MeasuredAudio(
        stream=AudioStream(**stream),
        promised=known["promised"] and Fraction(known["promised"]),
        fault=known["fault"],
        gaps=tuple((Fraction(at), Fraction(length)) for at, length in known["gaps"]),
    )
