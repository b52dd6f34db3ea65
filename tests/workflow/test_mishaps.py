"""What can go wrong around a render: nothing finished is damaged, and the user is told plainly."""

import errno
import os
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from chaos import Run, leftovers
from project import ROWS
from songreel.errors import SongreelError
from songreel.storage.digests import file_digest
from songreel.storage.segments import read_manifest
from songreel.storage.source_files import unchanged

SETTINGS = {"Title": "Test", "Style": "watercolour", "SecondsPerFrame": 0.5, "Zoom": True}
SCRIPTS = Path(__file__).parents[2] / "scripts"


def with_last_prompt(prompt):
    return [*ROWS[:3], {**ROWS[3], "Prompt": prompt}, ROWS[4]]


def segment(project, start):
    return project.folder / "results" / "song" / "segments" / start


def test_what_was_deleted_or_damaged_comes_back(rendered):
    """Of a finished song: a keyframe, another one's content, a clip, a prepared image, the film."""
    film, results = rendered.film().read_bytes(), rendered.film().parent
    (segment(rendered, "00001000") / "0001.png").unlink()
    damaged = segment(rendered, "00003500") / "0000.png"
    damaged.unlink()
    damaged.write_bytes(b"damaged")
    for clip in results.glob("clips/*.mkv"):
        clip.unlink()
    for image in results.glob("images/end-*.png"):
        image.unlink()
    rendered.film().unlink()
    rendered.render("--cores", "2")
    assert rendered.film().read_bytes() == film
    assert len(rendered.ledger()) == 9


def test_a_keyframe_damaged_for_good_is_named_and_painted_anew(rendered):
    """Results and cache share a file where they can: one blow damages both."""
    film = rendered.film().read_bytes()
    damaged = segment(rendered, "00003500") / "0001.png"
    with damaged.open("r+b") as file:
        file.seek(damaged.stat().st_size // 2)
        file.write(b"damaged")
    rendered.film().unlink()
    (rendered.film().parent / "clips" / "00003500.mkv").unlink()
    key = read_manifest(damaged.parent / "keyframes.json").keyframes[1].key
    cached = rendered.folder / ".songreel" / "keyframes" / key[:2] / f"{key}.png"
    cached.write_bytes(damaged.read_bytes())  # the copied project has lost its links

    said = rendered.snakemake("--cores", "2")
    assert said.returncode != 0
    assert f"{damaged.name}: the keyframe is missing or damaged; delete " in said.stdout
    assert "Traceback" not in said.stdout
    assert not rendered.film().exists()

    (damaged.parent / "keyframes.json").unlink()  # as it says
    rendered.render("--cores", "2")
    assert rendered.film().read_bytes() == film
    assert len(rendered.ledger()) == 10


def test_a_sheet_and_an_image_changed_while_rendering_are_rendered_next(rendered):
    rendered.write_sheet(with_last_prompt("a gong"), **SETTINGS)
    run = Run(rendered).start()
    while len(rendered.ledger()) < 10 and run.process.poll() is None:
        time.sleep(0.1)
    rendered.write_sheet(with_last_prompt("a harp"), **SETTINGS)
    replacement = rendered.folder / "images" / "new.png"
    Image.new("RGB", (64, 64), (250, 250, 0)).save(replacement)
    os.utime(replacement, (1_000_000_000,) * 2)  # older than what it replaces
    replacement.replace(rendered.folder / "images" / "end.png")
    assert run.process.wait() == 0, run.output.read_text(encoding="utf-8")[-3000:]

    assert len(rendered.ledger()) == 13  # the row as it was when the run began
    assert len(rendered.frames()) == 50
    planned = rendered.planned()
    assert (planned["prepare_image"], planned["render_segment"]) == (1, 2)
    rendered.render("--cores", "2")
    assert np.abs(rendered.frames()[49].astype(int) - (250, 250, 0)).mean() < 8
    assert sum(rendered.planned().values()) == 0


def test_a_file_replaced_while_it_is_read_is_noticed(tmp_path):
    file = tmp_path / "moon.png"
    file.write_bytes(b"one")
    digest = file_digest(file)
    with unchanged(file, digest):
        pass
    with (
        pytest.raises(SongreelError, match=r"moon\.png: this file was changed.*same command again"),
        unchanged(file, digest),
    ):
        file.unlink()
    file.write_bytes(b"two")
    with pytest.raises(SongreelError), unchanged(file, digest):
        pytest.fail("it is another file")


def _mount(*arguments):
    done = subprocess.run(["mount", *map(str, arguments)], capture_output=True, encoding="utf-8")
    if done.returncode != 0:
        pytest.skip(f"file systems cannot be mounted here: {done.stderr.strip()}")


@contextmanager
def small_disk(folder, megabytes):
    """Put what is in a folder on a disk of its own."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount the small disk that this test fills")
    aside = folder.with_name(folder.name + "-aside")
    folder.rename(aside)
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", f"size={megabytes}m", "songreel-test", folder)
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


def test_a_disk_that_is_read_only_or_full_costs_nothing_finished(rendered):
    film = rendered.film().read_bytes()
    results = rendered.folder / "results"
    rendered.write_sheet(with_last_prompt("a gong"), **SETTINGS)
    with small_disk(results, 6):
        _mount("-o", "remount,ro", results)
        said = rendered.snakemake("--cores", "2")
        assert said.returncode != 0
        assert "Write-protected" in said.stdout or "make it writable" in said.stdout
        assert "Traceback" not in said.stdout

        _mount("-o", "remount,rw", results)
        filler = results / "filler"
        filler.write_bytes(bytes(shutil.disk_usage(results).free - 20_000))
        said = rendered.snakemake("--cores", "2")
        assert said.returncode != 0
        assert "make room" in said.stdout
        assert "Traceback" not in said.stdout
        assert rendered.film().read_bytes() == film

        filler.unlink()
        rendered.render("--cores", "2")
        assert len(rendered.ledger()) == 13
        assert rendered.film().read_bytes() != film
        assert leftovers(rendered) == []


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "make room"),
        (errno.EDQUOT, "make room"),
        (errno.EROFS, "make it writable"),
        (errno.EACCES, "change its permissions"),
    ],
)
def test_an_error_of_the_system_is_told_without_a_traceback(tmp_path, number, remedy):
    code = (
        "import sys; from songreel.joblog import job_log\n"
        f"with job_log(sys.argv[1]):\n    raise OSError({number}, 'no', 'results/x.png')"
    )
    log = tmp_path / "logs" / "job.log"
    done = subprocess.run(
        [sys.executable, "-c", code, log],
        env={**os.environ, "PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    for text in (done.stderr, log.read_text(encoding="utf-8")):
        assert text.startswith("results/x.png: ")
        assert f"{remedy} and run the same command again" in text


def test_a_cancelled_job_clears_up_behind_itself(tmp_path):
    """SIGTERM, as a cluster sends it before it kills."""
    code = (
        "import sys, time; from pathlib import Path; from songreel.joblog import job_log\n"
        "from songreel.storage.atomic import replacing\n"
        "with job_log(sys.argv[1]), replacing(Path(sys.argv[2])) as temporary:\n"
        "    temporary.write_text('half')\n    print('ready', flush=True)\n    time.sleep(60)"
    )
    log, output = tmp_path / "job.log", tmp_path / "out" / "clip.mkv"
    job = subprocess.Popen(
        [sys.executable, "-c", code, log, output], env={**os.environ, "PYTHONPATH": str(SCRIPTS)}
    )
    while "ready" not in (log.read_text(encoding="utf-8") if log.exists() else ""):
        time.sleep(0.05)
    job.terminate()
    assert job.wait() == 143
    assert list(output.parent.iterdir()) == []
