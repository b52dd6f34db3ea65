"""The film's size and its animations: they cost an encoding, and never a keyframe."""

import shutil

import numpy as np
from PIL import Image

from project import Project
from toy_upscaler import need_spandrel, write_upscaler

ROWS = [(0, "a star"), (2, "a moon"), (4, None)]
WIDE = {"width": 320, "height": 180, "fit": "crop"}


def write(project: Project, **video) -> None:
    project.write_sheet(ROWS, SecondsPerFrame=0.5)
    project.write_config(video=video)


def test_another_size_makes_the_film_again_and_is_the_same_as_a_fresh_one(project, tmp_path):
    write(project)
    project.render("--cores", "2")
    small, painted = project.film().read_bytes(), project.ledger()
    write(project, **WIDE)
    said = project.render("--cores", "1", "explain").stdout
    assert "no row changed; 0 of 9 keyframes to paint, 9 kept; the film is made again, " in said
    project.render("--cores", "2")
    assert len(project.frames(size=(320, 180))) == 40
    assert project.ledger() == painted
    assert "film is made again" not in project.render("--cores", "1", "explain").stdout

    fresh = Project(tmp_path / "fresh", project.model)
    write(fresh, **WIDE)
    fresh.render("--cores", "1")
    assert fresh.film().read_bytes() == project.film().read_bytes()

    write(project)
    shutil.rmtree(project.folder / ".snakemake")  # the film itself says what it was made from
    project.render("--cores", "2")
    assert project.film().read_bytes() == small
    assert project.ledger() == painted


def test_animations_are_made_where_they_are_asked_for(project):
    write(project, also=["gif"])
    project.render("--cores", "2")
    film, gif = project.film(), project.film().with_suffix(".gif")
    before = film.read_bytes()
    with Image.open(gif) as animation:
        assert animation.size == (64, 64)
    assert not film.with_suffix(".webp").exists()
    write(project, also=["gif", "webp"])
    project.render("--cores", "2")
    assert film.with_suffix(".webp").exists()
    assert film.read_bytes() == before
    assert not (film.parent / "draft").exists()


def test_an_upscaler_enlarges_the_finished_frames_and_paints_nothing(project):
    need_spandrel()
    write(project, width=160, height=128)
    project.render("--cores", "2")
    painted, lanczos = project.ledger(), project.frames(size=(160, 128))

    weights = write_upscaler(project.folder / "toy.safetensors")
    write(project, width=160, height=128, upscaler=weights.name)
    assert "; the film is made again, " in project.render("--cores", "1", "explain").stdout
    project.render("--cores", "2")
    frames = project.frames(size=(160, 128)).astype(int)
    assert len(frames) == len(lanczos) == 40
    assert frames[:, :, :14].max() <= 4  # bars
    brighter = (frames - lanczos)[:, :, 20:140].mean(axis=(1, 2, 3))
    assert (brighter > 6).all()  # by a quarter of the range, in one of four pixels
    assert project.ledger() == painted
    assert project.planned() == {}

    write_upscaler(weights, brightness=0)
    assert project.planned()["upscale_segment"] == 2
    assert "interpolate_segment" not in project.planned()
    project.render("--cores", "2")
    assert np.abs(project.frames(size=(160, 128)).astype(int) - lanczos).mean() < 6
    assert project.ledger() == painted
    project.render("--cores", "2", "verify")
    project.render("--cores", "2", "draft")
    assert not (project.film().parent / "draft" / "upscaled").exists()


def test_an_upscaler_that_cannot_be_used_is_told_before_anything_is_painted(project):
    write(project, upscaler="toy.safetensors")
    assert "say how large the film is to be" in project.snakemake("--cores", "1").stdout
    write(project, height=128, upscaler="toy.safetensors")
    said = project.snakemake("--cores", "1").stdout
    assert "video.upscaler: there is no file toy.safetensors; correct the path" in said
    assert "Traceback" not in said
    assert project.ledger() == []
