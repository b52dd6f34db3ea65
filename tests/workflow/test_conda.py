"""With conda, each job runs in the environment that its rule names.

No channel is asked: a toy conda makes the environments. What is in a real one is tested in
test_environments.py, as far as it comes from pip.
"""

import os

import pytest

from project import ROOT
from toy_conda import ToyConda

ROWS = [(0, "a star"), {"Time": 1, "Prompt": "a boat", "Image": "boat.png"}, (2,)]
NAMES = ("diffusion", "film", "global", "images", "report")


@pytest.fixture
def project(project):
    """A song with an image."""
    project.write_sheet(ROWS, SecondsPerFrame=0.5)
    project.write_image("boat.png", (40, 60, 200))
    project.write_config()
    return project


@pytest.fixture
def conda(tmp_path, monkeypatch):
    """The only conda on the PATH."""
    conda = ToyConda(tmp_path / "conda")
    monkeypatch.setenv("PATH", str(conda.bin), prepend=os.pathsep)
    return conda


def test_jobs_run_in_the_environments_of_their_rules(project, conda):
    planned = project.render("-n", "--sdm", "conda").stdout
    assert planned.count("will be created") == len(NAMES)
    project.render("--cores", "2", "--sdm", "conda")
    assert project.film().exists()
    environments = {
        name: (ROOT / "envs" / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES
    }
    assert sorted(conda.created().values()) == sorted(environments.values())
    # The older name of the option means the same, and finds the same environments.
    again = project.render("-n", "--use-conda").stdout
    assert "will be created" not in again and "Nothing to be done" in again


def test_a_job_takes_its_python_from_the_environment(project, conda):
    """Where an environment's Python is broken, the jobs of its rules fail, and no others."""
    project.render("--sdm", "conda", "--conda-create-envs-only", "--cores", "1")
    ((images, _),) = [
        (folder, text)
        for folder, text in conda.created().items()
        if text == (ROOT / "envs" / "images.yaml").read_text(encoding="utf-8")
    ]
    python = os.path.join(images, "bin", "python")
    os.unlink(python)
    os.symlink("/bin/false", python)
    timeline, image = "results/song/timeline.tsv", "results/song/images"
    project.render("--sdm", "conda", "--cores", "1", timeline)
    assert (project.folder / timeline).exists()
    assert project.snakemake("--sdm", "conda", "--cores", "1").returncode != 0
    assert not list((project.folder / image).glob("*.png"))
