"""Clips and the film: real ffmpeg on frames of 64 by 64 pixels."""

import hashlib
import os
import re
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from songreel.errors import SongreelError
from songreel.film import animation
from songreel.film.animation import save_animation
from songreel.film.clips import write_clip
from songreel.film.film import assemble_film, check_film
from songreel.media.audio import measure_audio
from songreel.media.audio_stream import AudioStream
from songreel.media.ffmpeg import (
    FFmpegError,
    FFmpegKilledError,
    frame_writer,
    program_digest,
    read_frames,
    read_lines,
    run,
)
from songreel.plan.plan import FilmPlan
from songreel.storage.digests import DigestMemo
from sound_files import FFMPEG, ffmpeg, samples, write_tone

SIDE = 64
FPS = Fraction(20)


def header(path: Path) -> str:
    return subprocess.run(
        [FFMPEG, "-hide_banner", "-i", path], capture_output=True, encoding="utf-8"
    ).stderr


def grey_frames(start: int, count: int):
    for index in range(start, start + count):
        yield np.full((SIDE, SIDE, 3), 2 * index % 256, np.uint8)


@pytest.fixture
def clips(tmp_path):
    """Clips of 7, 20 and 13 grey frames, two levels brighter from one to the next."""

    def make(fps: Fraction = FPS) -> tuple[list[Path], list[int]]:
        counts, start, paths = [7, 20, 13], 0, []
        for count in counts:
            path = tmp_path / f"it's 100% 'clip' {start}.mkv"
            write_clip(grey_frames(start, count), count, path, fps, SIDE, SIDE)
            paths.append(path)
            start += count
        return paths, counts

    return make


def film_plan(
    counts: list[int],
    fps: Fraction = FPS,
    crf: int = 18,
    preset: str = "veryfast",
    audio: AudioStream | None = None,
    size: tuple[int, int] = (SIDE, SIDE),
    fit: str = "bars",
    **texts,
) -> FilmPlan:
    return FilmPlan(
        audio_digest=None,
        audio=audio,
        frame_counts=tuple(counts),
        fps=fps,
        frame_count=sum(counts),
        crf=crf,
        preset=preset,
        width=size[0],
        height=size[1],
        fit=fit,
        poster=sum(counts) // 2,
        **{"title": "A Song", "provenance": {"model": "storybook"}} | texts,
    )


@pytest.fixture
def tone(tmp_path):
    """Make an audio file: a tone of so many seconds, with the arguments of its encoder."""
    return lambda name, seconds, *encoding: write_tone(tmp_path / name, seconds, *encoding)


@pytest.fixture
def assemble(tmp_path):
    """Assemble a film of 40 frames from clips."""

    def make(clips, audio=None, fps=FPS, name="film.mp4", **texts):
        paths, counts = clips
        film = tmp_path / name
        stream = measure_audio(audio).stream if audio else None
        plan = film_plan(counts, fps, audio=stream, **texts)
        return film, assemble_film(paths, audio, plan, film, tmp_path / "parts")

    return make


# --- ffmpeg ---------------------------------------------------------------------------------------


def test_an_error_of_ffmpeg_has_its_command_and_the_end_of_its_log(tmp_path):
    with pytest.raises(FFmpegError) as failure:
        run(["-i", str(tmp_path / "missing.wav"), "-f", "null", "-"])
    assert "missing.wav -f null -" in str(failure.value)
    assert "No such file" in str(failure.value)


def test_an_encoder_that_fails_while_frames_are_written_is_reported(tmp_path):
    frame = np.zeros((SIDE, SIDE, 3), np.uint8)
    raw = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "64x64", "-i", "pipe:0"]
    with (
        pytest.raises(FFmpegError, match="nonsense"),
        frame_writer([*raw, "-c:v", "nonsense", str(tmp_path / "clip.mkv")]) as write,
    ):
        for _ in range(100):
            write(frame)


@pytest.mark.parametrize("cause", ["KILL", "TERM"])
def test_an_ffmpeg_that_is_killed_is_told_in_words(tmp_path, monkeypatch, cause):
    """Whatever it was doing: the middle of a frame or of a line is no reason for a traceback."""
    beside = tmp_path / "ffmpeg"
    beside.write_text(
        f"#!/bin/sh\nprintf half\n(sleep 0.3; kill -{cause} $$) &\nexec sleep 9 >/dev/null 2>&1\n",
        encoding="utf-8",
    )
    beside.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(beside))
    for use in (
        lambda: run(["-version"]),
        lambda: list(read_frames(["-version"], SIDE, SIDE)),
        lambda: list(read_lines(["-version"])),
    ):
        with pytest.raises(FFmpegKilledError, match=rf"\(SIG{cause}\).*; run the same command"):
            use()


def test_a_real_ffmpeg_that_is_told_to_end_blames_no_file():
    endless = ["-re", "-f", "lavfi", "-i", "color=s=64x64", "-f", "null", "-"]
    with ThreadPoolExecutor() as pool:
        running = pool.submit(run, endless)
        while not (found := children("ffmpeg")):
            time.sleep(0.05)
        time.sleep(0.5)  # until it handles the signal
        os.kill(found[0], signal.SIGTERM)
        with pytest.raises(FFmpegKilledError, match="SIGTERM"):
            running.result(timeout=20)


def children(name):
    """The processes of this one whose program's name has these letters."""
    tasks = Path("/proc/self/task").glob("*/children")
    found = [pid for task in tasks for pid in task.read_text(encoding="utf-8").split()]
    return [
        int(pid) for pid in found if name in Path(f"/proc/{pid}/comm").read_text(encoding="utf-8")
    ]


def test_closing_a_reader_early_ends_ffmpeg():
    endless = ["-f", "lavfi", "-i", "color=s=64x64", "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    frames = read_frames(endless, SIDE, SIDE)
    assert next(frames).shape == (SIDE, SIDE, 3)
    frames.close()  # returns only when the process has ended


OTHER_PROGRAMS = {
    "old": ('echo "ffmpeg version 4.2.2 Copyright"', r"this is ffmpeg 4\.2\.2, and .* needs 6\.1"),
    "another": ("echo hello", "this program is not ffmpeg"),
    "without encoders": (
        f'case $2 in -encoders) echo " V....D ffv1";; *) exec {FFMPEG} "$@";; esac',
        r"this ffmpeg \(.*\) has no encoder aac",
    ),
    "without filters": (
        f'case $2 in -filters) echo " ... apad";; *) exec {FFMPEG} "$@";; esac',
        r"this ffmpeg \(.*\) has no filter aresample",
    ),
    "without covers": (
        f"case $2 in -encoders) {FFMPEG} $@ | grep -v mjpeg;; *) exec {FFMPEG} $@;; esac",
        r"this ffmpeg \(.*\) has no encoder mjpeg",
    ),
    "without bars": (
        f"case $2 in -filters) {FFMPEG} $@ | grep -vw pad;; *) exec {FFMPEG} $@;; esac",
        r"this ffmpeg \(.*\) has no filter pad",
    ),
    "missing": (None, r"cannot be started \(No such file"),
}


@pytest.mark.parametrize("program", OTHER_PROGRAMS)
def test_an_ffmpeg_that_cannot_make_films_is_refused_first(tmp_path, monkeypatch, program):
    script, words = OTHER_PROGRAMS[program]
    path = tmp_path / "ffmpeg"
    if script:
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(0o755)
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(path))
    for _ in range(2):  # the memo keeps what it was told
        memo = DigestMemo(tmp_path / "digests.json")
        with pytest.raises(SongreelError, match=words) as refusal:
            program_digest(memo)
        memo.save()
        assert str(refusal.value).startswith(f"IMAGEIO_FFMPEG_EXE={path}: ")
        assert "unset IMAGEIO_FFMPEG_EXE" in str(refusal.value)


def test_an_ffmpeg_that_is_gone_when_it_is_needed_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(tmp_path / "gone"))
    with pytest.raises(SongreelError, match=r"gone: this program cannot be started"):
        run(["-version"])
    with pytest.raises(SongreelError, match=r"gone: this program cannot be started"):
        next(read_frames(["-version"], SIDE, SIDE))


# --- clips ----------------------------------------------------------------------------------------


def test_a_clip_keeps_every_frame_without_loss(tmp_path):
    path = tmp_path / "clip.mkv"
    rng = np.random.default_rng(1)
    noise = [rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8) for _ in range(5)]
    write_clip(noise, 5, path, FPS, SIDE, SIDE)
    kept = ffmpeg("-i", path, "-pix_fmt", "yuv444p", "-f", "rawvideo", "-")
    raw = tmp_path / "raw.rgb"
    raw.write_bytes(b"".join(frame.tobytes() for frame in noise))
    converted = ffmpeg(
        *("-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "64x64", "-i", raw),
        *("-vf", "zscale=matrix=709:range=limited,format=yuv444p", "-f", "rawvideo", "-"),
    )
    first, second = (np.frombuffer(data, np.uint8).reshape(5, -1) for data in (kept, converted))
    assert np.abs(first.astype(int) - second).max() <= 1
    assert "yuv444p(tv, bt709, " in header(path)


@pytest.mark.parametrize("given", [0, 4, 6, 9])
def test_a_clip_must_get_its_number_of_frames(tmp_path, given):
    path = tmp_path / "clip.mkv"
    with pytest.raises(ValueError, match="5 frames are due"):
        write_clip(grey_frames(0, given), 5, path, FPS, SIDE, SIDE)
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_fails_leaves_the_old_one(tmp_path):
    path = tmp_path / "clip.mkv"
    write_clip(grey_frames(0, 3), 3, path, FPS, SIDE, SIDE)
    before = path.read_bytes()

    def broken():
        yield from grey_frames(0, 1)
        raise RuntimeError("the keyframe is damaged")

    with pytest.raises(RuntimeError, match="damaged"):
        write_clip(broken(), 3, path, FPS, SIDE, SIDE)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_odd_sizes_are_refused(tmp_path):
    with pytest.raises(SongreelError, match="65×64.*even"):
        write_clip([], 0, tmp_path / "clip.mkv", FPS, 65, 64)


# --- the film -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fps", ["20", "24000/1001", "30000/1001", "617/50", "1/2", "60", "1001000/41717"]
)
def test_the_frame_rate_is_exact(clips, assemble, fps):
    fps = Fraction(fps)
    film, report = assemble(clips(fps), fps=fps)
    assert (report.frame_count, report.duration) == (40, 40 / fps)
    frames = ffmpeg(
        "-i", film, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo", "-"
    )
    levels = np.frombuffer(frames, np.uint8).reshape(40, SIDE, SIDE).mean(axis=(1, 2))
    assert (np.diff(levels) > 0).all()  # all of them, in order


@pytest.mark.parametrize("fps", ["24000/1001", "617/50"])
def test_the_frame_rate_is_exact_over_many_short_clips(tmp_path, fps):
    fps, counts = Fraction(fps), [1 + number % 3 for number in range(100)]
    clips = [tmp_path / f"{number:03d}.mkv" for number in range(len(counts))]
    made = {}
    for clip, count in zip(clips, counts, strict=True):
        if count not in made:
            write_clip(grey_frames(0, count), count, clip, fps, SIDE, SIDE)
            made[count] = clip.read_bytes()
        clip.write_bytes(made[count])
    plan = film_plan(counts, fps, preset="ultrafast")
    report = assemble_film(clips, None, plan, tmp_path / "film.mp4", tmp_path / "parts", threads=2)
    assert report.frame_count == sum(counts)  # each of them at its time: the film was checked


def test_only_clips_that_changed_are_encoded_again(tmp_path):
    """And the film is the same as one that was encoded anew, with any number of threads."""
    clips, parts = [tmp_path / f"{number}.mkv" for number in range(3)], tmp_path / "parts"

    def make(number: int, shade: int) -> None:
        frames = grey_frames(shade, 10)
        write_clip(frames, 10, clips[number], FPS, SIDE, SIDE, f"{shade:064x}")

    def times() -> dict[str, int]:
        return {part.name: part.stat().st_mtime_ns for part in parts.iterdir()}

    plan = film_plan([10, 10, 10])
    for number in range(3):
        make(number, 10 * number)
    assemble_film(clips, None, plan, tmp_path / "film.mp4", parts)
    before = times()
    make(1, 77)
    assemble_film(clips, None, plan, tmp_path / "film.mp4", parts)
    assert {name for name, time in times().items() if time != before[name]} == {"1.mp4"}
    anew = tmp_path / "anew.mp4"
    assemble_film(clips, None, plan, anew, tmp_path / "others", threads=3)
    assert anew.read_bytes() == (tmp_path / "film.mp4").read_bytes()

    coarser = replace(plan, crf=30)
    assemble_film(clips, None, coarser, tmp_path / "film.mp4", parts)
    assert (tmp_path / "film.mp4").stat().st_size < anew.stat().st_size
    shorter = replace(plan, frame_counts=(10, 10), frame_count=20)
    assemble_film(clips[:2], None, shorter, tmp_path / "film.mp4", parts)
    assert set(times()) == {"0.mp4", "1.mp4"}


def test_a_damaged_part_is_told_and_not_kept(clips, assemble, tmp_path):
    parts = tmp_path / "parts"
    path = tmp_path / "clip.mkv"
    write_clip(grey_frames(0, 20), 20, path, FPS, SIDE, SIDE, 64 * "a")
    film = tmp_path / "film.mp4"
    assemble_film([path], None, film_plan([20]), film, parts)
    (part,) = parts.iterdir()
    part.write_bytes(part.read_bytes()[:-300])
    with pytest.raises(SongreelError):
        assemble_film([path], None, film_plan([20]), film, parts)
    assemble_film([path], None, film_plan([20]), film, parts)


def test_colours_are_unchanged_when_decoded_as_bt709(tmp_path):
    """Flat patches, from RGB through clip and film, decoded by the formulas of BT.709."""
    rng = np.random.default_rng(7)
    corners = [[r, g, b] for r in (0, 128, 255) for g in (0, 128, 255) for b in (0, 128, 255)]
    colours = np.uint8([*corners, *rng.integers(0, 256, (37, 3))]).reshape(8, 8, 3)
    card = colours.repeat(32, 0).repeat(32, 1)
    clip, film = tmp_path / "card.mkv", tmp_path / "card.mp4"
    write_clip([card] * 5, 5, clip, FPS, 256, 256)
    assemble_film(
        [clip], None, film_plan([5], preset="faster", size=(256, 256)), film, film.parent / "parts"
    )

    raw = np.frombuffer(ffmpeg("-i", film, "-pix_fmt", "yuv420p", "-f", "rawvideo", "-"), np.uint8)
    for frame in raw.reshape(5, -1).astype(float):
        luma, blue, red = np.split(frame, [256 * 256, 256 * 256 + 128 * 128])
        y = (luma.reshape(256, 256)[16::32, 16::32] - 16) / 219
        cb = (blue.reshape(128, 128)[8::16, 8::16] - 128) / 224
        cr = (red.reshape(128, 128)[8::16, 8::16] - 128) / 224
        rgb = np.dstack([y + 1.5748 * cr, y - 0.1873 * cb - 0.4681 * cr, y + 1.8556 * cb])
        assert np.abs(np.clip(rgb * 255, 0, 255).round() - colours).max() <= 2
    assert "yuv420p(tv, bt709, " in header(film)


def picture_of(film: Path, number: int) -> np.ndarray:
    """A frame of a film, (height, width, 3) uint8 RGB."""
    width, height = map(int, re.search(r", (\d+)x(\d+)", header(film)).groups())
    chosen = ("-vf", f"select=eq(n\\,{number}),scale=in_color_matrix=bt709", "-frames:v", "1")
    raw = ffmpeg("-i", film, *chosen, "-pix_fmt", "rgb24", "-f", "rawvideo", "-")
    return np.frombuffer(raw, np.uint8).reshape(height, width, 3)


@pytest.fixture
def wide_film(tmp_path):
    """Make a film of a card of 64 by 32 pixels: red on the left, green on the right."""

    def make(name, size, fit="bars"):
        card = np.zeros((32, 64, 3), np.uint8)
        card[:, :32, 0], card[:, 32:, 1] = 255, 255
        clip, film = tmp_path / "card.mkv", tmp_path / name
        write_clip([card] * 5, 5, clip, FPS, 64, 32)
        assemble_film(
            [clip], None, film_plan([5], crf=1, size=size, fit=fit), film, film.parent / "parts"
        )
        return film

    return make


RED, GREEN, BLACK = (255, 0, 0), (0, 255, 0), (0, 0, 0)


@pytest.mark.parametrize(
    ("size", "fit", "points"),
    [
        ((640, 320), "bars", {(0, 0): RED, (319, 639): GREEN, (160, 300): RED, (160, 339): GREEN}),
        ((320, 320), "bars", {(79, 80): BLACK, (81, 80): RED, (238, 240): GREEN, (241, 0): BLACK}),
        ((640, 160), "bars", {(80, 158): BLACK, (80, 162): RED, (80, 482): BLACK}),
        ((320, 320), "crop", {(0, 0): RED, (319, 319): GREEN, (0, 150): RED, (319, 169): GREEN}),
        ((32, 16), "bars", {(8, 8): RED, (8, 24): GREEN}),
    ],
)
def test_a_film_has_its_own_size_with_bars_or_cropped(wide_film, size, fit, points):
    picture = picture_of(wide_film("film.mp4", size, fit), 2).astype(int)
    assert picture.shape == (size[1], size[0], 3)
    for (row, column), colour in points.items():
        assert np.abs(picture[row, column] - colour).max() <= 12, (row, column)


def test_a_larger_film_is_scaled_without_smearing_its_colours(wide_film):
    """Clips keep the colour of every pixel: the edge is as narrow as Lanczos makes it."""
    line = picture_of(wide_film("film.mp4", (640, 320)), 2)[160].astype(int)
    between = (np.abs(line - RED).max(1) > 40) & (np.abs(line - GREEN).max(1) > 40)
    assert between.sum() <= 16


def test_the_cover_is_the_frame_that_the_plan_names(clips, assemble, tmp_path):
    film, _ = assemble(clips())
    cover = tmp_path / "cover.png"
    ffmpeg("-i", film, "-map", "0:v:1", cover)
    shown = np.asarray(Image.open(cover).convert("RGB")).astype(int)
    assert np.abs(shown - picture_of(film, 20)).max() <= 3
    assert np.abs(shown - picture_of(film, 10)).min() >= 12


@pytest.mark.parametrize("name", ["film.gif", "film.webp"])
def test_an_animation_is_small_and_lasts_as_long_as_the_film(clips, assemble, tmp_path, name):
    film, _ = assemble(clips())
    path = tmp_path / name
    assert save_animation(film, 2.0, FPS, path) is None
    with Image.open(path) as animation:
        assert animation.size == (SIDE, SIDE)
        durations = []
        for number in range(animation.n_frames):
            animation.seek(number)
            animation.load()
            durations.append(animation.info["duration"])
    assert sum(durations) == pytest.approx(2000, abs=90)
    before = path.read_bytes()
    save_animation(film, 2.0, FPS, path)
    assert path.read_bytes() == before


def test_an_animation_that_is_too_large_has_fewer_pixels_then_fewer_seconds(
    assemble, tmp_path, monkeypatch
):
    rng = np.random.default_rng(1)
    clip = tmp_path / "noise.mkv"
    write_clip(rng.integers(0, 256, (40, 320, 320, 3), np.uint8), 40, clip, FPS, 320, 320)
    film, path = tmp_path / "noise.mp4", tmp_path / "noise.gif"
    assemble_film([clip], None, film_plan([40], size=(320, 320)), film, film.parent / "parts")
    monkeypatch.setattr(animation, "LARGEST", 700_000)
    assert save_animation(film, 2.0, FPS, path) is None
    assert path.stat().st_size <= 700_000
    with Image.open(path) as smaller:
        assert smaller.size[0] < 320
    monkeypatch.setattr(animation, "LARGEST", 90_000)
    left_out = save_animation(film, 2.0, FPS, path)
    assert left_out == "noise.gif: it has the first 1 of 2 seconds, to be small enough"
    assert path.stat().st_size <= 90_000


ENCODED = ["song.wav", "song.flac", "song.ogg", "song.mp3"]
COPIED = ["song.m4a", "guessed.aac"]
ENCODINGS = {
    "song.wav": [],
    "song.flac": [],
    "song.ogg": ["-c:a", "libvorbis"],
    "song.mp3": ["-q:a", "4"],
    "song.m4a": ["-c:a", "aac"],
    "guessed.aac": ["-c:a", "aac"],
}


@pytest.mark.parametrize("name", ENCODED)
@pytest.mark.parametrize("seconds", [1, 2, 3.5])
def test_encoded_audio_lasts_as_long_as_the_film(clips, assemble, tone, name, seconds):
    film, report = assemble(clips(), tone(name, seconds, *ENCODINGS[name]))
    heard = samples(film)
    assert len(heard) / 44100 == pytest.approx(2, abs=0.005)
    audible = np.flatnonzero(np.abs(heard) > 0.01) / 44100
    assert audible[0] < 0.01
    assert audible[-1] == pytest.approx(min(seconds, 2), abs=0.03)
    assert len(report.notes) == (seconds != 2)


@pytest.mark.parametrize("name", COPIED)
@pytest.mark.parametrize("seconds", [1, 2, 3.5])
def test_aac_is_copied_and_never_longer_than_the_film(
    clips, assemble, tone, tmp_path, name, seconds
):
    song = tone(name, seconds, *ENCODINGS[name])
    film, report = assemble(clips(), song)
    packets = []
    for path in (song, film):
        adts = ffmpeg("-i", path, "-map", "0:a:0", "-c", "copy", "-f", "adts", "-")
        packets.append(adts)
    assert packets[0].startswith(packets[1])
    heard = len(samples(film)) / 44100
    assert min(seconds, 2) - 0.05 < heard <= min(seconds + 0.05, 2)
    assert "Duration: 00:00:02.00" in header(film)
    assert len(report.notes) == (seconds != 2)


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
@pytest.mark.parametrize("encoding", [["song.flac"], ["song.m4a", "-c:a", "aac"]])
def test_channels_are_kept(clips, assemble, tone, layout, encoding):
    name, *codec = encoding
    film, report = assemble(
        clips(), tone(name, 1, *codec, "-af", f"aformat=channel_layouts={layout}")
    )
    assert f", {layout}, fltp" in header(film)
    assert measure_audio(film).stream.channels == report.audio.channels


def test_a_difference_in_length_is_noted_in_a_sentence(clips, assemble, tone):
    paths = clips()
    _, longer = assemble(paths, tone("long.wav", 62.5))
    assert longer.notes == (
        "long.wav lasts 1:02.5, the film 0:02.0: the last 60.5 seconds of the song are cut off.",
    )
    _, shorter = assemble(paths, tone("short.wav", 1.2))
    assert shorter.notes == (
        "short.wav lasts 0:01.2, the film 0:02.0: its last 0.8 seconds are silent.",
    )


def test_a_film_can_be_silent(clips, assemble):
    film, report = assemble(clips())
    assert report.audio is None
    assert report.notes == ()
    assert "Audio" not in header(film)


def test_the_metadata_are_title_and_provenance_and_nothing_else(clips, assemble, tone, tmp_path):
    song = tone("song.mp3", 2, "-metadata", "artist=Someone", "-metadata", "title=Other")
    title = """No = more; "heroes" 'n' %d — 英雄"""
    film, _ = assemble(clips(), song, title=title, provenance={"model": "m=1", "seed": "7"})
    told = header(film)
    assert f"title           : {title}" in told
    assert "model: m=1" in told
    assert "seed: 7" in told
    assert "Someone" not in told
    assert "creation_time" not in told


@pytest.mark.parametrize("name", ["song.ogg", "song.m4a"])
def test_the_same_input_makes_the_same_bytes(clips, assemble, tone, name):
    paths, song = clips(), tone(name, 1.5, *ENCODINGS[name])
    made = [assemble(paths, song, name=name)[0].read_bytes() for name in ("a.mp4", "b.mp4")]
    assert hashlib.sha256(made[0]).digest() == hashlib.sha256(made[1]).digest()


def test_the_index_comes_first(clips, assemble):
    film, _ = assemble(clips())
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def damage(clip: Path) -> None:
    data = clip.read_bytes()
    clip.write_bytes(data[: len(data) // 2])


@pytest.mark.parametrize(
    ("harm", "word"),
    [
        (Path.unlink, "missing"),
        (damage, "has .* frames, not 20|damaged"),
        (lambda clip: clip.write_bytes(b"no clip"), "damaged"),
        (lambda clip: clip.write_bytes(b""), "damaged"),
    ],
)
def test_a_missing_or_damaged_clip_is_reported_by_name(clips, assemble, tmp_path, harm, word):
    paths, counts = clips()
    harm(paths[1])
    with pytest.raises(SongreelError, match=word) as refusal:
        assemble((paths, counts))
    assert paths[1].name in str(refusal.value)
    assert not any("film" in path.name for path in tmp_path.iterdir())


def test_a_clip_of_another_length_than_planned_is_reported_by_name(clips, assemble):
    paths, counts = clips()
    write_clip(grey_frames(0, 21), 21, paths[1], FPS, SIDE, SIDE)
    with pytest.raises(SongreelError, match=r"clip' 7.*has 21 frames, not 20"):
        assemble((paths, counts))


@pytest.mark.parametrize(
    ("expected", "word"),
    [
        ({"frame_count": 39}, "40 frames, not 39"),
        ({"frame_count": 60}, "not 3.000 s"),
        ({"fps": Fraction(25)}, "not at 25 frames per second"),
        ({"width": 66}, "not H.264, yuv420p, BT.709, 66x64"),
        ({"audio": "any"}, "its streams"),
    ],
)
def test_the_check_finds_what_is_wrong(clips, assemble, expected, word):
    film, _ = assemble(clips())
    truth = film_plan([40])
    check_film(film, truth)
    with pytest.raises(SongreelError, match=word):
        check_film(film, replace(truth, **expected))


def test_the_check_finds_wrong_colours(tmp_path):
    film, cover = tmp_path / "film.mp4", tmp_path / "cover.jpg"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=1", "-frames:v", 1, cover)
    frames = ("-f", "lavfi", "-i", "color=s=64x64:r=20:d=1", "-i", cover, "-map", "0", "-map", "1")
    options = ("-c:v:0", "libx264", "-pix_fmt:v:0", "yuv420p", "-c:v:1", "copy")
    ffmpeg(*frames, *options, "-disposition:v:1", "attached_pic", film)
    with pytest.raises(SongreelError, match=r"BT\.709"):
        check_film(film, film_plan([20]))


def test_the_check_refuses_a_broken_file(clips, assemble):
    film, _ = assemble(clips())
    damage(film)
    with pytest.raises(SongreelError):
        check_film(film, film_plan([40]))
