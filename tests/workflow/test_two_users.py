"""Two users of a group share a cache: each finds what the other painted, and adds to it."""

import os
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from project import Project
from songreel.storage.cache import KeyframeCache

GROUP, ANN, BOB = 20_000, 20_001, 20_002


def common_python():
    """A Python of this version that other users may run; None where there is none."""
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, shutil.which(name, path="/usr/local/bin:/usr/bin")):
        resolved = Path(python or "/").resolve()
        if all(path.stat().st_mode & 0o001 for path in (resolved, *resolved.parents)):
            return python
    return None


PYTHON = common_python()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.geteuid() != 0 or not PYTHON,
        reason="only root can work as two users, with a Python that they may run",
    ),
]


@pytest.fixture
def common_folder():
    """A folder that other users may look into, with a cache for the group."""
    folder = Path(tempfile.mkdtemp(prefix="songreel-"))
    folder.chmod(0o755)
    cache = folder / "cache"
    cache.mkdir()
    os.chown(cache, 0, GROUP)
    cache.chmod(0o2770)
    yield folder
    shutil.rmtree(folder)


def project_of(user, folder, model, prompt):
    """A project in a user's own folder, with the group's cache."""
    project = Project(folder / str(user), folder / "model")
    if not project.model.exists():
        shutil.copytree(model, project.model)
        for path in project.model.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)
    project.write_sheet([(0, "a star"), (1, prompt), (2,)])
    project.write_config(cache={"folder": str(folder / "cache")})
    for path in (project.folder, *project.folder.iterdir()):
        os.chown(path, user, GROUP)
    return project


def render_as(user, umask, project, *arguments):
    """Run snakemake as a user; everything that it says."""
    of_user = {
        "HOME": str(project.folder),
        "USER": str(user),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": sysconfig.get_path("purelib"),
    }
    _, *command = project.command("--cores", "2", *arguments)
    done = subprocess.run(
        [PYTHON, *command],
        cwd=project.folder,
        env={**os.environ, **of_user},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        user=user,
        group=user,
        extra_groups=[GROUP],
        umask=umask,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "Traceback" not in done.stdout
    return done.stdout


def test_two_users_paint_into_one_cache(common_folder, toy_model):
    umask = 0o077  # the strictest
    ann = project_of(ANN, common_folder, toy_model, "a boat")
    bob = project_of(BOB, common_folder, toy_model, "a bell")
    render_as(ANN, umask, ann)
    cache = common_folder / "cache"
    for path in cache.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert (path.stat().st_gid, mode) == (GROUP, 0o2770 if path.is_dir() else 0o660), path

    old = cache / "locks" / ann.ledger()[0]["key"]  # as versions before left it
    old.touch(mode=0o600)
    os.chown(old, ANN, ANN)
    said = render_as(BOB, umask, bob, "explain")
    assert "2 of 3 keyframes to paint, 1 kept" in said, said
    render_as(BOB, umask, bob)
    assert (len(ann.ledger()), len(bob.ledger())) == (3, 2)
    assert all(KeyframeCache(cache).find(entry["key"]) for entry in bob.ledger())
    ann.write_sheet([(0, "a star"), (1, "a bell"), (2,)])
    render_as(ANN, umask, ann)
    assert len(ann.ledger()) == 3


def test_a_cache_that_is_another_users_alone_is_told_in_words(common_folder, toy_model):
    ann = project_of(ANN, common_folder, toy_model, "a boat")
    (common_folder / "cache").chmod(0o2700)
    os.chown(common_folder / "cache", BOB, GROUP)
    render_as(ANN, 0o022, ann, "-n")
    with pytest.raises(AssertionError, match="you may not write or read this"):
        render_as(ANN, 0o022, ann)
