"""Provenance in films, films compared frame by frame, and the small copy for a page."""

from fractions import Fraction

import numpy as np
import pytest

from songreel.errors import SongreelError
from songreel.film.clips import write_clip
from songreel.film.film import assemble_film
from songreel.film.provenance import read_provenance
from songreel.film.proxy import write_proxy
from songreel.media import ffmpeg
from songreel.media.audio import measure_audio
from songreel.media.waveform import read_waveform
from songreel.plan.plan import FilmPlan
from songreel.reports.verification import compare_films, verify_film
from toy_song import ToySong

FPS = Fraction(10)
SIZE = 64, 48


@pytest.fixture
def make_film(tmp_path):
    """Make a film of frames, (n, height, width, 3)."""

    def make(frames, name="film.mp4", provenance=None, environments=(), audio=None):
        clip = tmp_path / "clip.mkv"
        height, width = frames.shape[1:3]
        write_clip(iter(frames), len(frames), clip, FPS, width, height)
        plan = FilmPlan(
            audio_digest=None,
            audio=measure_audio(audio).stream if audio else None,
            frame_counts=(len(frames),),
            fps=FPS,
            frame_count=len(frames),
            crf=1,
            preset="fast",
            width=width,
            height=height,
            title="A film",
            provenance=provenance or {},
        )
        assemble_film([clip], audio, plan, tmp_path / name, tmp_path / "parts", environments)
        return tmp_path / name

    return make


@pytest.fixture
def frames():
    """Two seconds of grain that moves."""
    grain = np.random.default_rng(3).integers(40, 220, (*SIZE[::-1], 3))
    return np.stack([np.roll(grain, 3 * n, axis=1) for n in range(20)]).astype(np.uint8)


def test_what_made_a_film_is_read_back_as_it_was(make_film, frames):
    hard = '{"rows":[{"prompt":"a \\"star\\"; no = more # \\\\ 英雄\\nline"}]}' + 200_000 * "x"
    provenance = {"program": "Songreel", "rows": hard, "empty": ""}
    environments = [{"packages": {"torch": "2"}}, {"packages": {"torch": "3"}}]
    film = make_film(frames, provenance=provenance, environments=environments)
    assert read_provenance(film) == (provenance, environments)


def test_players_show_the_short_part_of_it(make_film, frames):
    film = make_film(frames, provenance={"model": "storybook", "rows": 200 * "x"})
    comment = ffmpeg.run(["-loglevel", "info", "-i", str(film), "-t", "0", "-f", "null", "-"])
    assert "model: storybook" in comment
    assert f"rows: {200 * 'x'}" not in comment


def test_a_film_without_provenance_is_told(make_film, frames, tmp_path):
    bare = tmp_path / "bare.mp4"
    film = make_film(frames)
    ffmpeg.run(["-i", str(film), "-map_metadata", "-1", "-c", "copy", str(bare)])
    with pytest.raises(SongreelError, match="bare.mp4: this film does not say what made it"):
        read_provenance(bare)
    with pytest.raises(SongreelError, match="there is no such film"):
        read_provenance(tmp_path / "none.mp4")
    (tmp_path / "text.mp4").write_text("no film", encoding="utf-8")
    with pytest.raises(SongreelError, match="cannot be read"):
        read_provenance(tmp_path / "text.mp4")


def test_films_are_compared_frame_by_frame(make_film, frames):
    film = make_film(frames)
    assert compare_films(film, make_film(frames, "same.mp4")).frames == ()
    changed = frames.copy()
    changed[12:] = np.clip(changed[12:].astype(int) + 20, 0, 255)
    found = compare_films(film, make_film(changed, "changed.mp4"))
    # The encoder looks ahead, so that frames before the change may differ by a little, too.
    assert set(range(12, 20)) <= set(found.frames)
    assert 15 <= found.greatest <= 60
    shorter = compare_films(film, make_film(frames[:-1], "shorter.mp4"))
    assert shorter.counts == (20, 19)


def test_a_film_that_comes_out_otherwise_is_told(make_film, frames, tmp_path, toy_model):
    plan = ToySong(tmp_path / "song", toy_model).plan
    song = {"model": {"name": "m"}, "worksheet": None, "audio": None, "images": None}
    song["sheet"] = str(tmp_path / "song.xlsx")

    def versions(version):
        return [{"packages": {"torch": version}, "processor": {}, "gpus": []}]

    film = make_film(frames, provenance=plan.film.provenance, environments=versions("1"))
    configurations = []

    def render(folder, configuration):
        configurations.append(configuration)
        darker = np.concatenate([frames[:10], frames[10:] // 2])
        return make_film(darker, "again.mp4", plan.film.provenance, versions("2"))

    with pytest.raises(SongreelError) as told:
        verify_film(film, plan, song, render)
    assert "rendered again, it is another film" in str(told.value)
    assert "of 20 frames differ, the first at 0:0" in str(told.value)
    assert "painted with torch 1, now with torch 2" in str(told.value)
    (configuration,) = configurations
    assert configuration["songs"]["song"]["sheet"] == song["sheet"]
    assert configuration["songs"]["song"]["render"]["seed"] == 1
    assert configuration["cache"] == {"folder": "cache"}


def test_a_film_of_another_sheet_is_not_rendered(make_film, frames, tmp_path, toy_model):
    song = ToySong(tmp_path / "song", toy_model)
    film = make_film(frames, provenance=song.plan.film.provenance)
    song.write_image("moon.png", (1, 2, 3))
    song.edit()
    with pytest.raises(SongreelError, match="something else: the sheet differs in row 2;"):
        verify_film(film, song.plan, {}, lambda *_: pytest.fail("rendered"))


def test_a_film_becomes_small_enough_for_a_page(make_film, frames, tmp_path):
    tone = tmp_path / "tone.wav"
    ffmpeg.run(["-f", "lavfi", "-i", "sine=frequency=440:duration=12", str(tone)])
    film = make_film(np.concatenate([frames] * 6), audio=tone)
    proxy = tmp_path / "proxy.mp4"
    limit = film.stat().st_size // 3
    write_proxy(film, Fraction(12), FPS, *SIZE, limit, proxy)
    assert limit / 4 < proxy.stat().st_size <= limit
    header = ffmpeg.run(["-loglevel", "info", "-i", str(proxy), "-t", "0", "-f", "null", "-"])
    assert "Audio: aac" in header
    assert ffmpeg.header_duration(header) == pytest.approx(12, abs=0.2)
    with pytest.raises(SongreelError, match="does not fit"):
        write_proxy(film, Fraction(12), FPS, *SIZE, 500, proxy)


def test_a_waveform_is_loud_where_the_sound_is(tmp_path):
    sound = tmp_path / "sound.wav"
    swell = "volume='if(lt(t,1),0.1,0.8)':eval=frame"
    ffmpeg.run(["-f", "lavfi", "-i", "sine=frequency=440:duration=2", "-af", swell, str(sound)])
    parts = read_waveform(sound, 4, 8)
    assert parts.shape == (8,)
    assert parts[3:4].max() > 4 * parts[:2].max() > 0
    assert not parts[4:].any()
