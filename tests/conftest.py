"""What many tests start from: a toy model, an empty project, and a copy of a rendered one."""

import shutil

import pytest

import toy_models
from project import ROWS, Project
from toy_song import ToySong

pytest_plugins = ["chromium", "expected_skips"]

LONGEST_FIRST = ("cluster", "app", "workflow", "report", "unit")
"""The folders of the tests; a worker takes a whole file, and none shall work alone at the end."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with what takes longest; within a folder the order stays random."""
    items.sort(key=lambda item: LONGEST_FIRST.index(item.path.parent.name))


@pytest.fixture(scope="session")
def toy_model(tmp_path_factory):
    """A real Stable Diffusion of toy size."""
    folder = tmp_path_factory.mktemp("models") / "toy"
    toy_models.save_stable_diffusion(folder)
    return folder


@pytest.fixture
def project(tmp_path, toy_model):
    """An empty project."""
    return Project(tmp_path / "project", toy_model)


@pytest.fixture(scope="session")
def rendered_project(tmp_path_factory, toy_model):
    """A project that is rendered once; take ``rendered``, a copy of it."""
    project = Project(tmp_path_factory.mktemp("rendered") / "project", toy_model)
    for name, colour in (("moon", (40, 60, 200)), ("shade", (20, 200, 20)), ("end", (200, 90, 0))):
        project.write_image(f"{name}.png", colour)
    project.write_sheet(ROWS, Title="Test", Style="watercolour", SecondsPerFrame=0.5, Zoom=True)
    project.write_sound(5)
    project.write_config(songs={"song": {"sheet": "song.xlsx", "audio": "song.wav"}})
    project.render("--cores", "2")
    return project


@pytest.fixture
def rendered(tmp_path, rendered_project):
    """A project of its own that has just been rendered, from ``ROWS``."""
    copy = Project(tmp_path / "project", rendered_project.model)
    shutil.copytree(rendered_project.folder, copy.folder, dirs_exist_ok=True)
    return copy


@pytest.fixture(scope="session")
def rendered_song_once(tmp_path_factory, toy_model):
    """A toy song, rendered once without Snakemake; take ``rendered_song``, a copy of it."""
    song = ToySong(tmp_path_factory.mktemp("rendered") / "song", toy_model)
    song.render()
    return song


@pytest.fixture
def rendered_song(tmp_path, rendered_song_once):
    """A toy song of its own that has just been rendered."""
    song = ToySong(tmp_path / "song", rendered_song_once.model)
    for folder in (rendered_song_once.cache, rendered_song_once.results):
        copy = song.folder / folder.relative_to(rendered_song_once.folder)
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("images"), dirs_exist_ok=True)
    return song.begin()
