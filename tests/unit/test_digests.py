"""Digests of files: read once, and again as soon as the file may be another."""

import os
import shutil
import time

import pytest

from songreel.song.song_plans import SongPlans
from songreel.storage.digests import DigestMemo, file_digest
from sound_files import write_tone
from toy_song import ToySong


def rewrite(path, other):
    """Write over a file, and give it its old time, as ``touch -r`` does."""
    path.write_bytes(other.read_bytes())


def replace(path, other):
    """Put another file in its place, as rsync does."""
    copied = path.with_name("copied")
    shutil.copyfile(other, copied)
    copied.replace(path)


def link(path, other):
    """Let a link lead to another file."""
    path.unlink()
    path.symlink_to(other)


def exchange(path, other, how):
    """Give a file another content; size and time of change stay as they were."""
    before = path.stat()
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    time.sleep(0.02)  # file systems count the status changes in steps of some milliseconds
    how(path, other)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.mark.parametrize("how", [rewrite, replace, link])
def test_a_file_of_the_same_size_and_time_is_read_again(tmp_path, how):
    path, other = tmp_path / "moon.png", tmp_path / "other.png"
    path.write_bytes(b"one")
    other.write_bytes(b"two")
    memo = DigestMemo(tmp_path / "digests.json")
    assert memo.file_digest(path) == file_digest(path)
    memo.save()
    exchange(path, other, how)
    assert DigestMemo(tmp_path / "digests.json").file_digest(path) == file_digest(other)
    assert memo.file_digest(path) == file_digest(other)


def test_an_image_and_a_sound_of_the_same_size_and_time_are_planned_anew(tmp_path, toy_model):
    folder = tmp_path / "song"
    song = ToySong(folder, toy_model)
    sound = write_tone(folder / "song.wav", 3)
    image = folder / "images" / "moon.png"
    others = [tmp_path / "other.wav", tmp_path / "other.png"]
    others[0].write_bytes(sound.read_bytes()[:-2] + b"\1\1")
    others[1].write_bytes(image.read_bytes().replace(b"IEND", b"IENd"))

    def digests():
        config = {
            "sheet": str(folder / "song.xlsx"),
            "audio": str(sound),
            "model": {"name": str(toy_model)},
            "cache": {"folder": str(song.cache)},
        }
        plan = SongPlans(config, folder / "results", from_files=False).plan("song")
        moon = next(source for source in plan.images.values() if source.path == str(image))
        return plan.film.audio_digest, moon.digest

    assert digests() == (file_digest(sound), file_digest(image))
    for path, other in zip((sound, image), others, strict=True):
        exchange(path, other, rewrite)
    assert digests() == tuple(map(file_digest, others))
