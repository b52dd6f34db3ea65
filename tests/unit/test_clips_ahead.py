"""Clips that the painting job makes beside the painting, with a thread to spare."""

import time
from dataclasses import replace

import pytest

from songreel.film.clips import interpolate_clip
from songreel.film.clips_ahead import FOLDER, ClipsAhead, take_clip
from songreel.film.parts import FOLDER as PARTS
from songreel.film.parts import encode_part
from songreel.keyframes.chain import render_opening
from songreel.keyframes.renderer import open_renderer
from songreel.plan.inputs import clip_inputs
from songreel.plan.plan import UpscalingPlan
from songreel.storage.cache import KeyframeCache
from songreel.storage.digests import file_digest
from songreel.storage.labels import read_label
from songreel.storage.segments import MANIFEST, read_keyframe, read_keyframes
from toy_song import OPENING, SECOND, ToySong


@pytest.mark.parametrize("threads", [2, 3])
def test_a_job_with_a_thread_to_spare_offers_the_clip_of_every_row(tmp_path, toy_model, threads):
    """From the images that the rows' own jobs take; two chains alone need two threads."""
    song = ToySong(tmp_path / "song", toy_model).begin(renders_alone=True)
    offered = {}

    def offer(plan, segment, images):
        offered[segment.name] = [file_digest(image) for image in images]

    with open_renderer(
        song.results, song.cache, song.said.append, threads=threads, on_clip=offer
    ) as renderer:
        ((name, settings),) = song.plan.openings.items()
        render_opening(renderer, settings, name, song.results / OPENING)
    if threads == 2:
        assert offered == {}
        return
    song.render()
    cache = KeyframeCache(song.cache)
    for segment in song.plan.segments:
        images = read_keyframes(song.results / "segments" / segment.name / MANIFEST, cache)
        if segment.following:
            following = song.results / segment.following
            is_row = following.name == MANIFEST
            images.append(read_keyframe(following, 0, cache) if is_row else following)
        assert offered.pop(segment.name) == [file_digest(image) for image in images]
    assert offered == {}


def test_a_clip_made_ahead_is_taken_once_and_for_its_own_images_alone(rendered_song_once, tmp_path):
    segment = rendered_song_once.plan.by_name[SECOND]
    manifest = rendered_song_once.results / "segments" / SECOND / MANIFEST
    images = read_keyframes(manifest, KeyframeCache(rendered_song_once.cache))
    others = [images[0], *images[:-1]]
    clip, expected = tmp_path / "clips" / f"{SECOND}.mkv", tmp_path / "expected.mkv"
    clip.parent.mkdir()
    interpolate_clip(images, segment.clip, expected)
    for made_of in (others, images):  # one of an older sheet is made again
        made = tmp_path / FOLDER / clip.name
        with ClipsAhead(tmp_path) as clips:
            clips.add(rendered_song_once.plan, segment, made_of)
            while read_label(made) != clip_inputs(segment.clip, list(map(file_digest, made_of))):
                time.sleep(0.01)
        assert take_clip(tmp_path, segment.clip, images, clip) is (made_of is images)
    assert clip.read_bytes() == expected.read_bytes()
    assert not take_clip(tmp_path, segment.clip, images, clip)


def test_a_clip_made_ahead_is_encoded_for_the_film_unless_it_is_upscaled(
    rendered_song_once, tmp_path
):
    plan, segment = rendered_song_once.plan, rendered_song_once.plan.by_name[SECOND]
    manifest = rendered_song_once.results / "segments" / SECOND / MANIFEST
    images = read_keyframes(manifest, KeyframeCache(rendered_song_once.cache))
    upscaled = replace(plan, upscaling=UpscalingPlan("0" * 64, 1, 512, 512))
    for made_with in (upscaled, plan):
        clip, part = tmp_path / FOLDER / f"{SECOND}.mkv", tmp_path / PARTS / f"{SECOND}.mp4"
        last = clip if made_with is upscaled else part
        with ClipsAhead(tmp_path) as clips:
            clips.add(made_with, segment, images)
            while not last.exists():
                time.sleep(0.01)
        assert part.exists() is (made_with is plan)
    size = segment.clip.width, segment.clip.height
    encoded = encode_part(clip, plan.film, size, tmp_path / "anew")
    assert part.read_bytes() == encoded.read_bytes()
