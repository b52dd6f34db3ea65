"""The film's size and its animations: they cost an encoding, and never a keyframe."""

import shutil

from PIL import Image

from project import Project

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
