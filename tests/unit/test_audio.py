"""Audio files: what is heard of them is known before anything is painted, and is in the film."""

import struct
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from songreel.errors import SongreelError
from songreel.film.clips import write_clip
from songreel.film.film import assemble_film
from songreel.media.audio import audio_notes, measure_audio
from songreel.plan.plan import FilmPlan
from songreel.storage.digests import DigestMemo
from sound_files import audible_from, ffmpeg, replace_middle, samples, write_tone

FPS = Fraction(20)


@pytest.fixture
def tone(tmp_path):
    """Make an audio file: a tone of so many seconds, with the arguments of its encoder."""
    return lambda name, seconds, *encoding: write_tone(tmp_path / name, seconds, *encoding)


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A clip of two seconds."""
    path = tmp_path_factory.mktemp("clips") / "clip.mkv"
    write_clip([np.zeros((64, 64, 3), np.uint8)] * 40, 40, path, FPS, 64, 64)
    return path


@pytest.fixture
def film_with(clip, tmp_path):
    """Make a film of two seconds with an audio file, as it is planned and made."""

    def make(audio: Path) -> Path:
        stream = measure_audio(audio).stream
        plan = FilmPlan(
            audio_digest=None,
            audio=stream,
            frame_counts=(40,),
            fps=FPS,
            frame_count=40,
            crf=30,
            preset="ultrafast",
            width=64,
            height=64,
            title="Song",
            provenance={},
        )
        film = tmp_path / "film.mp4"
        assemble_film([clip], audio, plan, film, film.parent / "parts")
        assert len(samples(film)) / 44100 == pytest.approx(2, abs=0.05)
        return film

    return make


def notes_of(path: Path) -> str:
    notes = audio_notes(path, measure_audio(path))
    assert all(note.startswith(f"{path}: ") and "\n" not in note for note in notes)
    return " ".join(notes)


FORMATS = {
    "song.wav": ("pcm_s16le", []),
    "song.flac": ("flac", []),
    "song.ogg": ("vorbis", ["-c:a", "libvorbis"]),
    "song.opus": ("opus", ["-c:a", "libopus"]),
    "song.mp3": ("mp3", ["-q:a", "4"]),
    "guessed.mp3": ("mp3", ["-q:a", "4", "-write_xing", "0"]),
    "song.m4a": ("aac", ["-c:a", "aac"]),
    "guessed.aac": ("aac", ["-c:a", "aac"]),
    "song.wma": ("wmav2", []),
    "song.tta": ("tta", []),
    "song.mka": ("vorbis", ["-c:a", "libvorbis"]),
    "song.aiff": ("pcm_s16be", []),
    "song.wv": ("wavpack", []),
    "song.ts": ("mp2", ["-c:a", "mp2"]),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_usual_format_is_measured_and_fits_the_film(tone, film_with, name):
    codec, encoding = FORMATS[name]
    path = tone(name, 3.25, *encoding)
    stream = measure_audio(path).stream
    assert stream.codec == codec
    assert stream.is_whole
    # A stream without an index cannot tell the encoder's run-in, two packets, from the song.
    assert stream.duration == pytest.approx(Fraction("3.25"), abs=0.1)
    assert notes_of(path) == ""
    assert audible_from(film_with(path)) < 0.1


@pytest.mark.parametrize(("layout", "channels"), [("mono", 1), ("stereo", 2), ("5.1", 6)])
def test_channels_and_sample_rate_are_measured(tone, layout, channels):
    encoding = ["-af", f"aformat=channel_layouts={layout}", "-ar", "48000"]
    stream = measure_audio(tone("song.flac", 0.5, *encoding)).stream
    assert (stream.channels, stream.layout, stream.sample_rate) == (channels, layout, 48000)


def test_a_cover_image_is_no_video_stream(tone, tmp_path):
    song, cover = tone("song.mp3", 1), tmp_path / "cover.png"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1", cover)
    covered = tmp_path / "covered.mp3"
    ffmpeg("-i", song, "-i", cover, "-map", "0", "-map", "1", "-c", "copy", covered)
    assert measure_audio(covered) == measure_audio(song)


def test_the_audio_of_a_longer_video_is_measured_alone(tmp_path, tone):
    film = tmp_path / "film.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=4", "-i", tone("song.wav", 1.5), film)
    assert measure_audio(film).stream.duration == pytest.approx(Fraction("1.5"), abs=0.03)
    assert notes_of(film) == ""


# --- what players tolerate ------------------------------------------------------------------------


def joined(path: Path) -> None:
    other = write_tone(path.with_name("other.mp3"), 2, "-ar", "48000", "-ac", "2")
    path.write_bytes(path.read_bytes() + other.read_bytes())


def tagged(path: Path) -> None:
    """An ID3v2 tag in the middle, as two files joined by a player have it."""
    replace_middle(path, b"ID3\x04\0\0\0\0\x07\x76" + bytes(1014))


def add_id3v1(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))


def shorten(path: Path, size: int) -> None:
    path.write_bytes(path.read_bytes()[:size])


def spoil_wavpack(path: Path) -> None:
    """WavPack of fractions, which then decodes to infinity."""
    write_tone(path, 3, "-sample_fmt", "fltp")
    replace_middle(path, np.random.default_rng(1).bytes(100))


DAMAGES = {
    "joined MP3": ("song.mp3", joined, ["damaged", "export the song again"]),
    "a zeroed block": ("song.mp3", lambda path: replace_middle(path, bytes(3000)), ["damaged"]),
    "a random block": (
        "song.mp3",
        lambda path: replace_middle(path, np.random.default_rng(1).bytes(3000)),
        ["damaged"],
    ),
    "a tag in the middle": ("song.mp3", tagged, ["damaged"]),
    "FLAC with ID3v1": ("song.flac", add_id3v1, ["damaged"]),
    "FLAC cut short": (
        "song.flac",
        lambda path: shorten(path, 20_000),
        ["says that it lasts 0:03.0, but its sound ends at 0:0", "get the whole file"],
    ),
    "MP3 cut short": (
        "song.mp3",
        lambda path: shorten(path, 12_000),
        ["says that it lasts 0:03.0, but its sound ends at 0:01.5", "get the whole file"],
    ),
    "WAV one byte short": ("song.wav", lambda path: shorten(path, -1), ["damaged"]),
    "WAV cut short": ("song.wav", lambda path: shorten(path, 100_001), ["damaged"]),
    "AAC with a hole": ("song.aac", lambda path: replace_middle(path, bytes(900)), ["damaged"]),
    "WavPack with a hole": (
        "song.wv",
        spoil_wavpack,
        ["says that it lasts 0:03.0, but its sound ends at"],
    ),
    "WAV of a recorder": (
        "song.wav",
        lambda path: path.write_bytes(
            path.read_bytes().replace(struct.pack("<I", 3 * 44100 * 2), b"\xff\xff\xff\xff")
        ),
        [],
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_players_tolerate_is_tolerated_and_said(tone, film_with, damage):
    name, harm, words = DAMAGES[damage]
    path = tone(name, 3)
    harm(path)
    said = notes_of(path)
    assert all(word in said for word in words)
    assert bool(said) == bool(words)
    assert audible_from(film_with(path)) < 0.1


@pytest.mark.parametrize("name", ["song.ogg", "song.opus", "song.flac"])
def test_a_file_that_was_joined_is_heard_whole(tone, film_with, name):
    """As radio recorders leave it: the times of each part begin anew."""
    path = tone(name, 1.2, *FORMATS[name][1])
    path.write_bytes(path.read_bytes() * 3)
    assert measure_audio(path).stream.duration == pytest.approx(Fraction("3.6"), abs=0.1)
    assert notes_of(path) == ""
    heard = np.abs(samples(film_with(path)))
    assert all(part.max() > 0.05 for part in np.array_split(heard, 20))


def test_joined_aac_of_other_channels_is_not_copied(tone, film_with):
    """A film says once for all how many there are."""
    path = tone("song.aac", 1)
    assert measure_audio(path).stream.is_copied
    path.write_bytes(path.read_bytes() + tone("other.aac", 1, "-ac", "2").read_bytes())
    assert not measure_audio(path).stream.is_copied
    heard = np.abs(samples(film_with(path)))
    assert all(part.max() > 0.05 for part in np.array_split(heard, 20))


def test_samples_that_are_no_numbers_do_no_harm(tone, film_with):
    """As an effect that has gone wrong leaves them in 32-bit WAV."""
    path = tone("song.wav", 3, "-c:a", "pcm_f32le")
    replace_middle(path, b"\xff" * 36)  # NaN, wherever a sample begins
    film = film_with(path)
    assert audible_from(film) < 0.1
    assert np.isfinite(samples(film)).all()


def test_sound_missing_inside_is_silent_there_and_said(tmp_path, film_with):
    """What comes after a hole is heard when it was heard before."""
    path = tmp_path / "song.mka"
    times = "if(lt(N,18432),N,N+30870)/SR/TB"
    ffmpeg(
        *("-f", "lavfi", "-i", "sine=440:duration=1:samples_per_frame=2048"),
        *("-af", f"asetpts='{times}'", "-c:a", "pcm_s16le", path),
    )
    assert "0.7 seconds of sound are missing at 0:00.4" in notes_of(path)
    heard = np.abs(samples(film_with(path)))
    assert heard[: int(0.4 * 44100)].max() > 0.05
    assert heard[int(0.45 * 44100) : int(1.1 * 44100)].max() < 0.01
    assert heard[int(1.2 * 44100) : int(1.6 * 44100)].max() > 0.05


@pytest.mark.parametrize(("name", "codec"), [("song.ts", "mp2"), ("song.ogg", "flac")])
def test_a_long_hole_is_as_long_in_the_film(tmp_path, film_with, name, codec):
    """Of formats whose times may jump, ffmpeg closes holes of more than ten seconds by itself."""
    path = tmp_path / name
    ffmpeg(
        *("-f", "lavfi", "-i", "sine=440:duration=3:samples_per_frame=1024"),
        *("-af", "asetpts='if(lt(N,44100),N,N+44100*12)/SR/TB'", "-c:a", codec, path),
    )
    assert "12.0 seconds of sound are missing at 0:01.0" in notes_of(path)
    heard = np.abs(samples(film_with(path)))
    assert heard[: int(0.9 * 44100)].max() > 0.05
    assert heard[int(1.2 * 44100) :].max() < 0.01


@pytest.mark.parametrize("name", ["song.opus", "song.mp3", "song.m4a"])
@pytest.mark.parametrize("container", ["mka", "mp4", "video.mkv"])
def test_sound_that_begins_later_is_heard_later(tone, film_with, tmp_path, name, container):
    path = tmp_path / f"late.{container}"
    video = ["-f", "lavfi", "-i", "color=s=64x64:d=3"] if "video" in container else []
    ffmpeg(*video, "-itsoffset", "0.6", "-i", tone(name, 3), "-c:a", "copy", path)
    assert "begins 0.6 seconds after the file does" in notes_of(path)
    assert audible_from(film_with(path)) == pytest.approx(0.6, abs=0.03)


@pytest.mark.parametrize("channels", [12, 16])
def test_more_channels_than_players_know_are_mixed_down(tone, film_with, channels):
    layout = {12: "7.1.4", 16: "hexadecagonal"}[channels]
    path = tone("song.wav", 3, "-af", f"aformat=channel_layouts={layout}")
    assert f"its {channels} channels are mixed down to two" in notes_of(path)
    assert measure_audio(film_with(path)).stream.channels == 2


def test_a_rate_that_aac_has_not_is_converted(tone, film_with):
    film = film_with(tone("song.flac", 3, "-ar", "192000"))
    assert measure_audio(film).stream.sample_rate == 48_000


# --- what cannot be used --------------------------------------------------------------------------


def many_channels(path: Path) -> None:
    ffmpeg(
        *("-f", "s16le", "-ar", "44100", "-ac", "64", "-i", "/dev/zero", "-t", "0.5"),
        *("-f", "wav", path),
    )


REFUSED = {
    "missing": (lambda path: None, "no such audio file"),
    "a folder": (lambda path: path.mkdir(), "no such audio file"),
    "empty": (lambda path: path.write_bytes(b""), "audio file cannot be read"),
    "words": (lambda path: path.write_text("la la la", "utf-8"), "audio file cannot be read"),
    "no samples": (
        lambda path: ffmpeg("-f", "lavfi", "-i", "sine=d=1", "-t", "0", "-f", "wav", path),
        "audio file cannot be read",
    ),
    "no audio": (
        lambda path: ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=0.2", "-f", "mp4", path),
        "no audio in this file",
    ),
    "64 channels": (many_channels, "64 channels.*cannot be put into a film; export .* stereo"),
    "1 Hz": (
        lambda path: ffmpeg("-f", "lavfi", "-i", "aevalsrc=0.5:s=1:d=9", "-f", "wav", path),
        "1 samples a second.*cannot be put into a film",
    ),
    "times of hours": (
        lambda path: ffmpeg(
            *("-f", "lavfi", "-i", "sine=d=1:samples_per_frame=2048"),
            *("-af", "asetpts='if(lt(N,18432),N,N+1e9)/SR/TB'"),
            *("-c:a", "pcm_s16le", "-f", "matroska", path),
        ),
        "times in this file jump by 377:55",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path, what):
    make, words = REFUSED[what]
    path = tmp_path / "song.mp3"
    make(path)
    with pytest.raises(SongreelError, match=words) as refusal:
        measure_audio(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["song.mp3", "song.m3u8"])
@pytest.mark.parametrize("kind", ["ffconcat", "hls", "dash"])
def test_a_list_of_other_files_is_not_followed(tone, tmp_path, name, kind):
    other = tone("other.mp3", 1)
    path = tmp_path / name
    path.write_text(
        {
            "ffconcat": f"ffconcat version 1.0\nfile {other.name}\n",
            "dash": "<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'><Period><AdaptationSet>"
            f"<Representation><BaseURL>{other}</BaseURL></Representation></AdaptationSet></Period></MPD>",
            "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{other}\n#EXT-X-ENDLIST\n",
        }[kind],
        encoding="utf-8",
    )
    with pytest.raises(SongreelError, match="a list of other files|audio file cannot be read"):
        measure_audio(path)


def test_a_file_is_decoded_once_for_each_content(tone, tmp_path, monkeypatch):
    path = tone("song.mp3", 1)
    memo = DigestMemo(tmp_path / "digests.json")
    measured = measure_audio(path, memo)
    memo.save()
    moved = path.rename(tmp_path / "moved.mp3")

    monkeypatch.setattr("songreel.media.ffmpeg.read_lines", None)
    memo = DigestMemo(tmp_path / "digests.json")
    assert measure_audio(moved, memo) == measured == measure_audio(moved, memo)
    moved.write_bytes(moved.read_bytes()[:-400])
    with pytest.raises(TypeError):  # it would be decoded
        measure_audio(moved, memo)
