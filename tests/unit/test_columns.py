"""Columns for one row: what each changes in the pixels, what it leaves, and that it is told before.

The song has a row with an image, from 0:01, and a row from 0:02 that follows it in its chain.
"""

import shutil
from fractions import Fraction

import numpy as np
import pytest

from songreel.film.clips import interpolate_clip
from songreel.keyframes.feedback import mix_input
from songreel.keyframes.segment import iterate_keyframes
from songreel.media.ffmpeg import read_frames
from songreel.media.images import load_png
from songreel.media.similarity import Similarity
from songreel.plan.camera import Camera
from songreel.reports.forecast import forecast
from songreel.storage.segments import MANIFEST, read_keyframes
from toy_song import ROWS, SECOND, START, TARGET, ToySong

CELLS = [
    ("Strength", 1),
    ("GuidanceScale", 3),
    ("Steps", 4),
    ("Seed", 5),
    ("Shadow", 0.5),
    ("SecondsPerFrame", 0.25),
    ("Zoom", 0.4),
    ("PanX", 0.3),
    ("PanY", -0.2),
    ("Rotate", 25),
    ("Ease", "in"),
    ("Interpolation", "none"),
    ("Note", "the refrain"),
]

CAMERA = {"Zoom", "PanX", "PanY", "Rotate", "Ease"}


def edit(song, number, column, value):
    """Set one cell of a further column."""
    rows = [[*row, value if n == number else None] for n, row in enumerate(ROWS)]
    song.edit(rows, columns=[column])


def clip_frames(song, name):
    """The frames of a row's clip."""
    plan = song.plan.by_name[name]
    with song.renderer() as renderer:
        images = read_keyframes(song.results / "segments" / name / MANIFEST, renderer.cache)
        if plan.following:
            path = song.results / plan.following
            is_manifest = path.name == MANIFEST
            images.append(read_keyframes(path, renderer.cache)[0] if is_manifest else path)
    clip = song.folder / f"{name}.mkv"
    interpolate_clip(images, plan.clip, clip)
    return np.stack(
        list(read_frames(["-i", str(clip), "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], 64, 64))
    )


@pytest.mark.parametrize(("column", "value"), CELLS, ids=[column for column, _ in CELLS])
def test_an_edit_paints_what_it_touches_as_told_and_as_a_fresh_render_does(
    rendered_song, tmp_path, column, value
):
    before, painted = rendered_song.pictures(), len(rendered_song.ledger)
    edit(rendered_song, 2, column, value)
    with rendered_song.planning_renderer() as renderer:
        told = forecast(renderer)
    rendered_song.render()

    # 1. The row's own keyframes; a camera first moves on the way to the second one
    diffused = {"Interpolation": 0, "Note": 0, "SecondsPerFrame": 4}.get(column, 3)
    if column in CAMERA:
        diffused -= 1
    assert len(rendered_song.ledger) - painted == told.to_paint == diffused
    assert told.changed == ((3,) if diffused else ())
    after = rendered_song.pictures()
    own = {name for name in before if name.split("/")[1] == SECOND}
    kept = before.keys() - own
    if column in CAMERA or column == "SecondsPerFrame":
        kept.add(min(own))
    assert all(after[name] == before[name] for name in kept)
    assert any(after[name] != before[name] for name in own) == (diffused > 0)

    # 2. Frame by frame as the row painted anew, with nothing in the cache
    fresh = ToySong(tmp_path / "fresh", rendered_song.model)
    shutil.copytree(
        rendered_song.results, fresh.results, ignore=shutil.ignore_patterns("images", SECOND)
    )
    edit(fresh, 2, column, value)
    fresh.begin().render_row(SECOND)
    assert fresh.pictures() == after
    assert np.array_equal(clip_frames(fresh, SECOND), clip_frames(rendered_song, SECOND))


def painted_over(song, name):
    """What each diffused keyframe of a row was painted over, and those keyframes."""
    segment, inputs = song.segment(name), []
    with song.renderer() as renderer:

        def get_image(key, keyframe):
            inputs.append(keyframe.input_image)
            return renderer.cache.find(key)

        images = [
            load_png(image)
            for keyframe, image in iterate_keyframes(
                segment, renderer.step_rule, renderer.keys.keyframe_key, get_image
            )
        ]
    return inputs, images


@pytest.mark.parametrize(
    ("column", "value", "rates"),
    [
        ("Zoom", 0.4, {"zoom": 0.4}),
        ("Zoom", False, {"zoom": 0.0}),
        ("PanX", 0.3, {"pan_x": 0.3}),
        ("PanY", -0.2, {"pan_y": -0.2}),
        ("Rotate", 25, {"rotate": 25.0}),
        ("Ease", "in", {"ease": "in"}),
    ],
)
def test_a_rows_camera_moves_until_the_next_rows_first_keyframe(song_with, column, value, rates):
    song = song_with(1, column, value)
    usual = {"zoom": 0.03, "pan_x": 0.0, "pan_y": 0.0, "rotate": 0.0, "ease": "none"}
    camera = Camera(Fraction(1), Fraction(2), **{**usual, **rates})
    opening = load_png(song.results / song.plan.segments[0].images.init_image)
    (second,), (image, last) = painted_over(song, TARGET)
    half = camera.motion(Fraction(1), Fraction(3, 2), 64, 64)
    assert np.array_equal(second, mix_input(image, half, opening, 0.01, None, 0))
    (first, *others), images = painted_over(song, SECOND)
    shade = song.image("shade")
    rest = camera.motion(Fraction(3, 2), Fraction(2), 64, 64)
    assert np.array_equal(first, mix_input(last, rest, shade, 0.01, None, 0))
    for before, mixed in zip(images, others, strict=False):
        assert np.array_equal(mixed, mix_input(before, Similarity(1.03**0.5), shade, 0.01, None, 0))


@pytest.fixture
def song_with(rendered_song):
    """A rendered song with one cell of a further column."""

    def render(number, column, value):
        edit(rendered_song, number, column, value)
        rendered_song.render()
        return rendered_song

    return render


def test_the_shadows_share_is_the_rows(song_with):
    song = song_with(2, "Shadow", 0.5)
    _, before = painted_over(song, TARGET)
    inputs, images = painted_over(song, SECOND)
    for previous, mixed in zip([before[-1], *images], inputs, strict=False):
        expected = mix_input(previous, Similarity(1.03**0.5), song.image("shade"), 0.5, None, 0)
        assert np.array_equal(mixed, expected)


def test_keyframes_are_as_close_as_the_row_says(song_with):
    song = song_with(1, "SecondsPerFrame", 0.25)
    times = [[keyframe.time for keyframe in song.manifest(name)] for name in (TARGET, SECOND)]
    assert times == [["1", "5/4", "3/2", "7/4"], ["2", "5/2", "3"]]


def test_the_interpolation_is_the_rows(song_with):
    song = song_with(1, "Interpolation", "none")
    held = clip_frames(song, TARGET)
    assert all(np.array_equal(frame, held[0]) for frame in held[:10])
    moving = clip_frames(song, START)
    assert not np.array_equal(moving[0], moving[1])


def test_steps_that_the_model_cannot_make_are_named_by_their_cell(rendered_song):
    with pytest.raises(Exception) as error:
        edit(rendered_song, 1, "Strength", 0.1)
    assert "song.xlsx, cell G6: steps: 2 at strength: 0.1 makes no step at all" in str(error.value)
