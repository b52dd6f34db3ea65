"""What a server keeps apart, refuses and removes."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import replace
from importlib.metadata import version
from urllib.parse import urlencode

import pytest
import yaml
from conftest import end_server, start_server

from app import served
from app.jobs import (
    LOG_FILE,
    Job,
    State,
    place_in_queue,
    project_lock,
    read_job,
    remove_old,
    write_job,
)
from app.projects import Project, Projects
from app.status import status as said
from app.view import look
from project import ROOT
from songreel.plan.plan_file import PLAN_FILE
from songreel.storage import progress_log


def written(projects: Projects) -> Project:
    project = projects.create()
    project.write({"songs": {"dream": {"sheet": "dream.xlsx"}}}, {})
    return project


@pytest.fixture
def projects(tmp_path):
    return Projects(tmp_path / "projects")


def status(address, path="", data=None, **headers):
    request = urllib.request.Request(address + path, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_project_is_found_by_its_token_alone(projects):
    project = written(projects)
    assert projects.find(project.token) == project
    (projects.folder / "gpu.lock").touch()
    for other in ("", "..", f"../projects/{project.token}", project.token.upper() + "A", None, 7):
        assert projects.find(other) is None
    assert projects.find("0" * 32) is None


def test_waiting_runs_go_by_their_tickets(projects):
    first, second, third = (written(projects) for _ in range(3))
    for number, project in enumerate((first, second, third)):
        write_job(project, Job(State.WAITING, ticket=number))
    job = Job(State.WAITING, ticket=2)
    assert place_in_queue(projects, job) == 0, "none of the others is alive"
    with project_lock(first), project_lock(second), project_lock(third):
        assert place_in_queue(projects, job) == 2
        write_job(second, Job(State.RUNNING, ticket=9))
        assert place_in_queue(projects, job) == 2
        assert place_in_queue(projects, Job(State.WAITING, ticket=0)) == 1


def test_a_run_that_was_killed_is_a_stopped_one(projects):
    project = written(projects)
    write_job(project, Job(State.RUNNING, ticket=1))
    job = read_job(project)
    assert job == replace(Job(State.STOPPED, ticket=1))


def test_a_dream_of_another_version_is_shown_without_its_keyframes(projects):
    project = written(projects)
    project.results.mkdir(parents=True)
    plan = {"plan": {"song": "dream"}, "version": "0.0.1", "hash": ""}
    (project.results / PLAN_FILE).write_text(json.dumps(plan), encoding="utf-8")
    write_job(project, Job(State.DONE, ticket=1))
    view = look(projects, project)
    assert "Done" in view.status and view.pictures == []


def begin_run(project: Project) -> Job:
    progress_log.begin(
        project.run_folder(),
        song="dream",
        keyframes={"00000000": 2},
        rendered=["00000000"],
        clips={"00000000": 12},
        frames=12,
        result=None,
        cores=1,
        frame_seconds={"clip": 0.1, "film": 0.1, "upscaled": 0},
    )
    return Job(State.RUNNING, ticket=1, began=time.time() - 60)


def test_a_run_says_to_its_end_what_is_being_made(projects):
    project = written(projects)
    job = begin_run(project)

    def happens(event, **fields):
        progress_log.record(project.run_folder(), event, **fields)
        return said(projects, project, job)

    for number in (1, 2):
        painted = happens("keyframe", row="00000000", number=number, seconds=8, job=1, at=number)
        if number == 1:
            assert "1 of 2 keyframes, about 10 seconds to the film" in painted
    assert "In-betweens 0 of 1" in painted
    assert "Making the film, storyboard" in happens("clip", row="00000000", frames=12, seconds=1)
    for event in ("film", "end"):
        last = happens(event, frames=12, seconds=1)
        assert "Making the storyboard, GIF and report" in last and 'value="95"' in last
    job = replace(job, began=time.time() + 60)
    assert "Getting ready" in said(projects, project, job), "that was the run before"


@pytest.mark.parametrize(
    "log, sentence",
    [
        ("dream.xlsx, cell B5: is too long; shorten it", "Prompt 1: is too long; shorten it."),
        (
            "Logfile logs/a.log:\n=====\nloading <it>\nThe disk is full; make room\n=====\nEnd",
            "The disk is full; make room.",
        ),
        (
            "Logfile logs/a.log:\n=====\nTraceback (most recent call last):\nE: [Errno 17]\n=====",
            "Songreel has no words for what went wrong.",
        ),
        ("", "Songreel has no words for what went wrong."),
    ],
)
def test_a_run_that_failed_says_why_in_a_sentence_above_its_folded_log(projects, log, sentence):
    project = written(projects)
    written_first = "Using workflow specific profile default for setting arguments.\n"
    (project.folder / LOG_FILE).write_text(written_first + log, encoding="utf-8")
    told = said(projects, project, Job(State.FAILED, ticket=1))
    head, log = told.split("<details>")
    assert sentence in head and "Traceback" not in head
    assert "<it>" not in log


def test_copies_are_removed_with_their_project_and_when_no_server_is_left(projects):
    old, used = written(projects), written(projects)
    for project in (old, used):
        (project.folder / "film.mp4").write_bytes(b"x" * 100_000)
    with served.hold(projects), served.hold(projects):
        copies = [served.copy(project, project.folder / "film.mp4") for project in (old, used)]
        os.utime(old.folder / "used", (1, 1))
        sizes = served.size(projects)
        assert sizes >= 200_000
        assert remove_old(projects, max_days=1e6, max_gb=350_000 / 1e9) == [old.token]
        assert [os.path.exists(copy) for copy in copies] == [False, True]
    with served.hold(projects):
        assert not os.path.exists(copies[1])


def test_old_and_large_projects_are_removed_but_none_that_runs_or_is_looked_at(projects):
    old, older, running, used = (written(projects) for _ in range(4))
    for project, days in ((old, 3), (older, 9), (running, 20)):
        (project.folder / "film").write_bytes(b"x" * 100_000)
        moment = time.time() - days * 86_400
        os.utime(project.folder / "used", (moment, moment))
    with project_lock(running):
        assert remove_old(projects, max_days=5, max_gb=1) == [older.token]
        assert remove_old(projects, max_days=5, max_gb=0) == [old.token]
    assert not old.folder.exists()
    assert set(projects) == {running, used}


def test_only_what_is_shown_can_be_fetched(server):
    project = written(server.projects)
    assert status(server.address) == 200
    for path in (project.folder / "config.yaml", ROOT / "pyproject.toml", "/etc/passwd"):
        assert status(server.address, f"/gradio_api/file={path}") in (403, 404)
    assert status(server.address, "/openapi.json") == 404
    assert status(server.address, Host="elsewhere.example") == 400


def test_beyond_this_machine_a_password_is_asked_for(tmp_path):
    server = start_server(tmp_path, "--host", "0.0.0.0", SONGREEL_PASSWORD="open sesame")
    try:
        address = server.address.replace("0.0.0.0", "127.0.0.1")
        assert status(address, "/config") == 401
        for password, answer in (("sesame", 400), ("open sesame", 200)):
            login = urlencode({"username": "songreel", "password": password}).encode()
            assert status(address, "/login", login) == answer
    finally:
        end_server(server)


@pytest.mark.parametrize("megabytes, answer", [(50, 200), (53, 413)])
def test_an_upload_is_limited_in_size(server, megabytes, answer):
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.wav"\r\n\r\n'
    form = head + bytes(megabytes * 10**6) + b"\r\n--x--\r\n"
    form_type = {"Content-Type": "multipart/form-data; boundary=x"}
    assert status(server.address, "/gradio_api/upload", form, **form_type) == answer


def test_the_hosted_space_starts_as_its_host_starts_it(tmp_path, visitor):
    space = ROOT / "app" / "space"
    _, header, _ = (space / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    settings = yaml.safe_load(header)
    assert settings["sdk"] == "gradio" and settings["sdk_version"] == version("gradio")
    assert ROOT / settings["app_file"] == space / "app.py"
    server = start_server(tmp_path, program=(settings["app_file"],))
    try:
        address = server.address.replace("0.0.0.0", "127.0.0.1")
        page = visitor(address)
        assert page.locator("#dream-go").is_visible(), "it asks for no password"
        page.context.close()
    finally:
        end_server(server)


def test_a_port_that_is_taken_is_told_in_a_sentence(server, tmp_path):
    port = server.address.rpartition(":")[2]
    done = subprocess.run(
        [sys.executable, "-m", "app", "--port", port, "--folder", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 1
    assert f"port {port}: something else" in done.stderr and "Traceback" not in done.stderr


def test_the_options_are_documented():
    done = subprocess.run(
        [sys.executable, "-m", "app", "--help"], cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    document = (ROOT / "app" / "README.md").read_text(encoding="utf-8")
    options = {word.strip("[],") for word in done.stdout.split() if word.startswith(("--", "[--"))}
    options.discard("--help")
    assert len(options) == 7
    for option in options:
        assert f"| `{option}` |" in document
