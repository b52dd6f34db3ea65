"""The library from its wheel, and the workflow from git: as other projects take them.

The repository on GitHub is one on this disk; git is told so (``insteadOf``). Snakedeploy and
Snakemake do with it what they do with any.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from textwrap import dedent

import pytest
import yaml

import songreel
from project import ROOT
from songreel.models.folder import model_files

PARTS = ("workflow", "rules", "scripts", "config", "envs", "profiles", "report")
HOSTED = "owner/songreel"
TAG = f"v{songreel.__version__}"

README = (ROOT / "README.md").read_text(encoding="utf-8")
MODULE = dedent(re.search(r"^    module songreel:.*?^    use rule .*?$", README, re.M | re.S)[0])


def run(*command, cwd, **environment):
    """Run a command; its output is both streams."""
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def succeed(*command, cwd, **environment):
    """Run a command and insist that it succeeds."""
    done = run(*command, cwd=cwd, **environment)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


@pytest.fixture(scope="module")
def python(tmp_path_factory):
    """A Python with the wheel installed, and what else the tests' own Python has."""
    folder = tmp_path_factory.mktemp("installed")
    pip = (sys.executable, "-m", "pip")
    succeed(*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT, cwd=folder)
    (wheel,) = folder.glob("songreel-*.whl")
    succeed(sys.executable, "-m", "venv", "--without-pip", "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    succeed(*pip, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    (packages,) = folder.glob("venv/lib/python*/site-packages")
    (packages / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return python


@pytest.fixture(scope="module")
def hub(tmp_path_factory):
    """A folder of git repositories, with that of the workflow."""
    hub = tmp_path_factory.mktemp("hub")
    repository = hub / HOSTED
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "data")
        shutil.copytree(ROOT / part, repository / part, ignore=ignored)
    shutil.copy(ROOT / "LICENSE", repository)
    author = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
    succeed("git", "init", "-q", cwd=repository)
    succeed("git", "add", ".", cwd=repository)
    succeed("git", *author, "commit", "-q", "-m", "A release", cwd=repository)
    succeed("git", "tag", TAG, cwd=repository)
    return hub


@pytest.fixture
def deployment(hub, tmp_path):
    """A project that uses the workflow as a module from git: the example, quick to render."""
    repository = hub / HOSTED
    folder = tmp_path / "deployment"
    for part in ("config", "profiles"):
        shutil.copytree(repository / part, folder / part)
    module = MODULE.replace('github("OWNER/songreel"', f'gitfile("{repository}"')
    assert f'gitfile("{repository}", path="workflow/Snakefile", tag="{TAG}")' in module
    (folder / "Snakefile").write_text(
        f'configfile: "config/config.yaml"\n\n\n{module}\n', encoding="utf-8"
    )
    render_quickly(folder)
    return folder


def render_quickly(folder: Path) -> None:
    """Lower the size and the steps of a project's configuration."""
    path = folder / "config" / "config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["render"] = {"width": 64, "height": 64, "steps": 2}
    path.write_text(yaml.safe_dump(config), encoding="utf-8")


def test_the_wheel_carries_the_model_and_the_schema(python, tmp_path):
    code = """
from importlib.metadata import version
import songreel
from songreel.models.folder import model_files
from songreel.models.source import STORYBOOK_FOLDER
from songreel.song.configuration import defaults
print(songreel.__version__ == version("songreel"))
print(STORYBOOK_FOLDER, defaults("model")["name"])
print(*[path.relative_to(STORYBOOK_FOLDER) for path in model_files(STORYBOOK_FOLDER)])
"""
    same_version, model, files = succeed(python, "-c", code, cwd=tmp_path).splitlines()
    assert same_version == "True"
    folder, name = model.split()
    assert Path(folder).is_relative_to(python.parents[1])
    assert name == "storybook"
    own = ROOT / "models" / "storybook"
    assert files.split() == [str(path.relative_to(own)) for path in model_files(own)]


def test_a_module_from_git_renders_the_example(python, deployment, tmp_path):
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert "paint_opening" in succeed(python, "-m", "snakemake", "-n", cwd=deployment, **cache)
    succeed(python, "-m", "snakemake", "--cores", "2", cwd=deployment, **cache)
    assert (deployment / "results" / "twinkle" / "twinkle.mp4").exists()


def test_snakedeploy_deploys_the_workflow(python, hub, tmp_path):
    snakedeploy = Path(sys.executable).with_name("snakedeploy")
    if not snakedeploy.exists():
        pytest.skip("snakedeploy is not to be had for this Python")
    github = {
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{hub}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }
    folder = tmp_path / "deployed"
    folder.mkdir()
    source = f"https://github.com/{HOSTED}"
    succeed(snakedeploy, "deploy-workflow", source, ".", "--tag", TAG, cwd=folder, **github)
    assert f'github("{HOSTED}", path="workflow/Snakefile"' in (
        folder / "workflow" / "Snakefile"
    ).read_text(encoding="utf-8")
    render_quickly(folder)
    succeed(python, "-m", "snakemake", "--cores", "2", cwd=folder, **github)
    assert (folder / "results" / "twinkle" / "twinkle.mp4").exists()


def test_a_module_from_git_asks_for_the_library(deployment):
    done = run(sys.executable, "-m", "snakemake", "-n", cwd=deployment)
    assert done.returncode != 0
    assert "needs the Python package 'songreel'" in done.stdout
    assert "install that version of the repository with pip" in done.stdout


def test_a_module_from_git_refuses_a_library_of_another_version(python, hub, deployment):
    repository = hub / HOSTED
    version = repository / "scripts" / "songreel" / "__init__.py"
    succeed("git", "checkout", "-q", "-b", "next", cwd=repository)
    version.write_text(
        version.read_text(encoding="utf-8").replace(songreel.__version__, "0.0.0"), encoding="utf-8"
    )
    author = ("-c", "user.name=Test", "-c", "user.email=test@localhost")
    succeed("git", *author, "commit", "-q", "-a", "-m", "Another release", cwd=repository)
    snakefile = deployment / "Snakefile"
    snakefile.write_text(
        snakefile.read_text(encoding="utf-8").replace(f'tag="{TAG}"', 'ref="next"'),
        encoding="utf-8",
    )
    done = run(python, "-m", "snakemake", "-n", cwd=deployment)
    assert done.returncode != 0
    assert f"is installed here is version {songreel.__version__}" in done.stdout
