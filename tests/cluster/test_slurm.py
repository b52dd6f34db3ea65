"""The workflow on a real SLURM of two nodes: in parallel, cut down, and gone on with.

    python -m pytest -m slurm -s -p no:randomly

prints what became of the jobs, step by step.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import load_file, save_file

from project import ROOT, Project
from slurm_cluster import NODES, missing_programs, running_cluster
from songreel.plan.plan_file import PLAN_FILE, read_plan
from songreel.reports.progress import read_progress
from songreel.storage.segments import MANIFEST

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.slow,
    pytest.mark.skipif(
        bool(missing_programs()),
        reason=f"SLURM is not installed ({', '.join(missing_programs())} missing): "
        "apt-get install slurm-wlm munge",
    ),
]

SETTINGS = {"SecondsPerFrame": 0.5, "Zoom": True}
SPOILT = "~"
"""What the model cannot paint: the token's embedding is no number."""

STAR = [(0, "a star"), (2, "a comet"), (4, None)]
BELL = [(0, "a bell"), (2, "a gong"), (4, SPOILT), (6, "a harp"), (8, None)]
MOON = [
    {"Time": 0, "Prompt": "a moon", "Image": "moon.png"},
    {"Time": 2, "Prompt": "a lake"},
    {"Time": 4, "Prompt": "a boat", "Image": "boat.png"},
    {"Time": 6, "Prompt": "a sail"},
    {"Time": 8},
]
MOON_EDITED = [*MOON[:3], {"Time": 6, "Prompt": "a storm"}, MOON[4]]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A cluster of two nodes, both free."""
    with pytest.MonkeyPatch.context() as patch:
        # Two nodes share this machine's processors: threads that wait must not spin.
        patch.setenv("OMP_WAIT_POLICY", "passive")
        with running_cluster(tmp_path_factory.mktemp("slurm") / "cluster") as cluster:
            yield cluster


@pytest.fixture(scope="module")
def model(toy_model, tmp_path_factory):
    """The toy model, which paints nothing for the token ``~``."""
    folder = shutil.copytree(toy_model, tmp_path_factory.mktemp("models") / "unspeaking")
    (weights,) = (folder / "text_encoder").glob("*.safetensors")
    tensors = load_file(weights)
    (embedding,) = [name for name in tensors if name.endswith("token_embedding.weight")]
    tensors[embedding][vocabulary(folder)[f"{SPOILT}</w>"]] = float("nan")
    save_file(tensors, weights, metadata={"format": "pt"})
    return folder


def vocabulary(model):
    from transformers import CLIPTokenizer

    return CLIPTokenizer.from_pretrained(model / "tokenizer").get_vocab()


class ClusterProject(Project):
    """A project whose snakemake submits to a cluster."""

    def __init__(self, folder, model, cluster):
        super().__init__(folder, model)
        self.cluster = cluster

    def start(self, *arguments):
        """Start snakemake; the profile's patience with real clusters is cut short."""
        profile = ["--workflow-profile", str(ROOT / "profiles/slurm"), "--cores", "2"]
        haste = ["--slurm-init-seconds-before-status-checks", "2", "--latency-wait", "10"]
        self.said = self.folder / "said.txt"
        with self.said.open("w", encoding="utf-8") as said:
            return subprocess.Popen(
                self.command(*profile, *haste, *arguments),
                cwd=self.folder,
                env=self.cluster.environment,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
            )

    def finish(self, process):
        """Wait for snakemake; return its exit status and what it said."""
        try:
            status = process.wait(timeout=1200)
        finally:
            process.kill()
        return status, self.said.read_text(encoding="utf-8")

    def submit(self, *arguments):
        """Run snakemake and insist that it succeeds; return what it said."""
        status, said = self.finish(self.start(*arguments))
        assert status == 0, said[-6000:]
        return said

    def jobs(self, *states):
        """The jobs since ``mark``, of these states or all."""
        return [job for job in self.cluster.jobs(*states) if int(job.id) > self.before]

    def mark(self):
        """Leave the jobs so far out of ``jobs``."""
        self.before = max((int(job.id) for job in self.cluster.jobs()), default=0)

    def report(self, step, *songs):
        """Print what became of the jobs since ``mark``, and what was diffused for songs."""
        print(f"\n{step}")
        for job in self.jobs():
            name = job.comment.removeprefix("rule_").replace("_wildcards_", " ")
            times = f"{job.start[11:]}–{job.end[11:]}" if job.node else ""
            print(f"  {job.id:>3} {name:32.32} {job.node:3} {job.state:10} {times}".rstrip())
        for song in songs:
            count, twice = len(self.ledger(song)), self.diffused_twice(song)
            print(f"  {song}: {count} keyframes diffused so far, {twice} of them twice")

    def pictures(self, song):
        """The keyframes of a song, by segment."""
        folder = self.folder / "results" / song
        return {
            str(path.relative_to(folder)): path.read_bytes()
            for segment in read_plan(folder / PLAN_FILE)[0].segments
            for path in sorted((folder / "segments" / segment.name).glob("*.png"))
        }

    def diffused_twice(self, song):
        """How many keyframes more were diffused than there are."""
        keys = Counter(entry["key"] for entry in self.ledger(song))
        return sum(keys.values()) - len(keys)


def chains_of(jobs):
    return [job for job in jobs if job.comment.startswith("rule_chain")]


def overlap(one, other):
    return max(one.start, other.start) < min(one.end, other.end)


def processes_of(folder):
    """The processes that work in a folder or name it: their command lines by their ids."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            place = os.readlink(process / "cwd")
        except OSError:
            continue
        if int(process.name) != os.getpid() and (str(folder) in line or place == str(folder)):
            found[int(process.name)] = line
    return found


def assert_none_left(project):
    """Nothing of ours lives on; a cancelled job is given the time until it is killed for good."""
    deadline = time.monotonic() + 30
    while processes_of(project.folder) and time.monotonic() < deadline:
        time.sleep(0.5)
    assert processes_of(project.folder) == {}


def assert_same(project, local, song):
    assert project.pictures(song) == local.pictures(song)
    assert np.array_equal(project.frames(song), local.frames(song))


def write_images(project):
    project.write_image("moon.png", (40, 60, 200))
    project.write_image("boat.png", (200, 90, 0))


def write_songs(project, moon=MOON, bell=BELL):
    for name, rows in (("star", STAR), ("bell", bell), ("moon", moon)):
        project.write_sheet(rows, name, **SETTINGS)
    project.write_config(
        songs={name: {"sheet": f"{name}.xlsx"} for name in ("star", "bell", "moon")},
        # A morph would carry the spoilt prompt into the row before.
        render={"steps": 20, "transition": "switch"},
    )


def test_songs_in_parallel_cut_down_and_gone_on_with(cluster, model, tmp_path):
    local = Project(tmp_path / "local", model)
    local.pictures = lambda song: ClusterProject.pictures(local, song)
    write_images(local)
    write_songs(local)
    local.render("--cores", "2", "results/moon/moon.mp4")
    project = ClusterProject(tmp_path / "project", model, cluster)
    write_images(project)
    write_songs(project)

    # One song, two chains, both nodes, the same frames as here.
    project.mark()
    said = project.submit("results/moon/moon.mp4")
    one, other = chains_of(project.jobs())
    assert {one.node, other.node} == set(NODES)
    assert overlap(one, other)
    assert len(project.jobs()) == 3  # two chains, and all clips with the film
    project.report("One song, its two chains on two nodes", "moon")
    assert_same(project, local, "moon")
    assert project.diffused_twice("moon") == 0
    assert_none_left(project)
    # What is said of a song is the sum over the nodes that paint it.
    assert "moon: done, 15 keyframes: results/moon/moon.mp4" in said
    progress = read_progress(project.folder / "results/moon")
    assert progress.painted == len(project.ledger("moon"))

    # Two songs at a time; one has a row that cannot be painted, and the other does not mind.
    project.mark()
    status, said = project.finish(project.start("--retries", "0"))
    assert status != 0
    assert f"row A6 at 0:04 ({SPOILT})" in said
    assert project.film("star").exists()
    assert not project.film("bell").exists()
    project.report("Two songs; one has a row that cannot be painted", "star", "bell")
    painting = [job for job in project.jobs() if "film" not in job.comment]
    assert any(
        a.node != b.node and overlap(a, b) for a in painting for b in painting if a.id < b.id
    )
    painted = Counter(entry["row"] for entry in project.ledger("bell"))
    assert painted == {"00000000": 4, "00002000": 4}  # the opening among them
    assert_none_left(project)

    # The bad row is mended and another song edited, but the jobs are cancelled while they wait.
    mended = [*BELL[:2], (4, "a drum"), *BELL[3:]]
    write_songs(project, MOON_EDITED, mended)
    cluster.drain(*NODES)
    project.mark()
    process = project.start("--retries", "0")
    waiting = cluster.wait(lambda: len(project.jobs("PENDING")) == 2 and project.jobs(), "jobs")
    cluster.call("scancel", *(job.id for job in waiting))
    status, said = project.finish(process)
    assert status != 0
    assert {job.state for job in project.jobs()} == {"CANCELLED"}
    project.report("Edited, and cancelled while waiting", "bell", "moon")
    assert Counter(entry["row"] for entry in project.ledger("bell")) == painted

    # The same command; now a job is cancelled while it paints, and a node is lost to others.
    before = {song: len(project.ledger(song)) for song in ("bell", "moon")}
    cluster.resume("n1")
    project.mark()
    process = project.start("--retries", "0")
    cluster.wait(lambda: len(project.ledger("bell")) > before["bell"] + 1, "keyframes")
    (running,) = project.jobs("RUNNING")
    cluster.call("scancel", running.id)
    cluster.drain("n1")
    cluster.resume("n2")
    status, said = project.finish(process)
    assert status != 0
    project.report("The same command; cancelled while painting, n1 drained", "bell", "moon")
    assert_none_left(project)

    # The same command once more, on the node that is left.
    project.mark()
    project.submit()
    project.report("The same command, on the node that is left", "bell", "moon")
    assert {job.node for job in project.jobs()} <= {"n2"}
    write_songs(local, MOON_EDITED, mended)
    local.render("--cores", "2")
    for song in ("star", "bell", "moon"):
        assert_same(project, local, song)
    assert project.diffused_twice("star") == project.diffused_twice("moon") == 0
    assert project.diffused_twice("bell") <= 1
    assert_none_left(project)
    cluster.resume("n1")


def test_a_chain_that_hangs_until_its_time_limit_is_retried_and_finds_its_keyframes(
    cluster, toy_model, tmp_path
):
    project = ClusterProject(tmp_path / "project", toy_model, cluster)
    write_images(project)
    project.write_sheet([{"Time": 0, "Prompt": "a moon", "Image": "moon.png"}, {"Time": 8}])
    project.write_config(render={"steps": 20})
    project.mark()
    segment = f"results/song/segments/00000000/{MANIFEST}"
    limit = "render_segment:runtime=1 if attempt == 1 else 60"
    process = project.start(segment, "--retries", "1", "--set-resources", limit)
    cluster.wait(lambda: len(project.ledger()) > 1, "keyframes")
    (painter,) = [
        number
        for number, line in processes_of(project.folder).items()
        if re.search(r"/tmp\w+\.render_segment\.py", line)
    ]
    os.kill(painter, signal.SIGSTOP)
    status, said = project.finish(process)
    assert status == 0, said[-6000:]
    assert [job.state for job in project.jobs()] == ["TIMEOUT", "COMPLETED"]
    project.report("Stopped until its time limit, and retried", "song")
    # A painter stopped between storing a keyframe and noting it leaves the note out.
    assert 8 - 1 <= len({entry["key"] for entry in project.ledger()}) <= 8
    assert project.diffused_twice("song") <= 1
    assert_none_left(project)


def test_nodes_without_graphics_cards_that_confine_a_job_to_its_processors(
    toy_model, tmp_path, monkeypatch
):
    """A job asks for none where the processor is configured, and paints the same on one core."""
    monkeypatch.setenv("OMP_WAIT_POLICY", "passive")
    local = Project(tmp_path / "local", toy_model)
    local.pictures = lambda song: ClusterProject.pictures(local, song)
    with running_cluster(tmp_path / "cluster", has_gpus=False, confines=True) as bare_cluster:
        project = ClusterProject(tmp_path / "project", toy_model, bare_cluster)
        for each in (local, project):
            write_images(each)
            each.write_sheet(MOON, **SETTINGS)
            each.write_config(model={"device": "cpu"}, render={"steps": 20})
        project.mark()
        process = project.start("--retries", "0")

        def confined():
            found = []
            for number, line in processes_of(project.folder).items():
                if re.search(r"/tmp\w+\.render_segment\.py", line):
                    with contextlib.suppress(ProcessLookupError):
                        found.append(len(os.sched_getaffinity(number)))
            return found

        cores = bare_cluster.wait(lambda: process.poll() is not None or confined(), "painting")
        status, said = project.finish(process)
        assert status == 0, said[-6000:]
        assert set(cores) == {1}
        project.report("Nodes without graphics cards, one processor for a chain", "song")
        assert_none_left(project)
    local.render("--cores", "2")
    assert_same(project, local, "song")


def test_the_whole_workflow_in_one_job(cluster, toy_model, tmp_path):
    project = ClusterProject(tmp_path / "project", toy_model, cluster)
    project.write_sheet(STAR, **SETTINGS)
    project.write_config()
    project.mark()
    place = ["--chdir", str(project.folder), "--mem=4G", "--cpus-per-task=2"]
    paths = f"PATH={Path(sys.executable).parent}:{cluster.environment['PATH']}"
    script = str(ROOT / "profiles/slurm/one_job.sbatch")
    workflow = ["-s", str(ROOT / "Snakefile"), "--configfile", "config.yaml"]
    cluster.call("sbatch", *place, f"--export=ALL,{paths}", script, *workflow)
    cluster.wait(lambda: not project.jobs("PENDING", "RUNNING", "COMPLETING"), "the job's end", 600)
    (job,) = project.jobs()
    (log,) = project.folder.glob("songreel-*.log")
    assert job.state == "COMPLETED", log.read_text(encoding="utf-8")[-6000:]
    project.report("The whole workflow in one job", "song")
    assert len(project.frames()) == 40
    assert_none_left(project)
