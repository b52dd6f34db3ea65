"""The ways to call the workflow: each renders the songs that are named, and not the example."""

import shutil
import subprocess
import sys

import pytest
import yaml

from project import ROOT, Project

pytestmark = pytest.mark.lowest

ROWS = [(0, "a star"), (1, "a boat"), (2,)]


@pytest.fixture
def small(project):
    project.write_sheet(ROWS)
    project.write_config()
    return project


def dry_run(project, *arguments, config="config.yaml"):
    output = project.render("-n", *arguments, config=config).stdout
    assert "twinkle" not in output
    return output


def test_a_configfile_elsewhere(small):
    assert "results/song/song.mp4" in dry_run(small)


def test_the_short_way_without_a_configfile(small):
    (small.folder / "song.xlsx").rename(small.folder / "No More Heroes.xlsx")
    output = dry_run(small, "--config", "sheet=No More Heroes.xlsx", config=None)
    assert "results/No_More_Heroes/No_More_Heroes.mp4" in output


def test_the_example_when_nothing_is_named(tmp_path, toy_model):
    output = Project(ROOT, toy_model).render("-n", config=None).stdout
    assert "results/twinkle/twinkle.mp4" in output or "Nothing to be done" in output


def test_another_working_directory(small, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    config = yaml.safe_load((small.folder / "config.yaml").read_text(encoding="utf-8"))
    config["songs"]["song"]["sheet"] = str(small.folder / "song.xlsx")
    (small.folder / "config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
    assert "results/song/song.mp4" in dry_run(small, "--directory", str(elsewhere))


@pytest.mark.parametrize("prefix", ["", "reel"])
def test_as_a_module_of_another_workflow(small, prefix):
    (small.folder / "Snakefile").write_text(
        f"""
configfile: "config.yaml"


module songreel:
    snakefile:
        "{ROOT}/Snakefile"
    config:
        config
    {f'prefix: "{prefix}"' if prefix else ""}


use rule * from songreel
""",
        encoding="utf-8",
    )
    small.planned("-s", "Snakefile")
    assert not (small.folder / prefix / "results").exists()  # a dry run writes no plan
    small.render("-s", "Snakefile", "--cores", "2", "--resources", "gpu=1")
    assert (small.folder / prefix / "results/song/song.mp4").exists()


def test_a_checkout_in_a_folder_with_a_space(small):
    """With its own Python in it, as ``make install`` puts it there."""
    checkout = small.folder.parent / "My Videos" / "it's songreel"
    checkout.mkdir(parents=True)
    shutil.copy2(ROOT / "Snakefile", checkout)
    for part in ("rules", "scripts", "config", "profiles", "envs"):
        shutil.copytree(ROOT / part, checkout / part)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", checkout / ".venv"], check=True)
    python = checkout / ".venv" / "bin" / "python"
    (packages,) = (checkout / ".venv").glob("lib/python*/site-packages")
    found = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "rest.pth").write_text("\n".join(found), encoding="utf-8")
    _, *command = small.command("--cores", "1")
    command[command.index("-s") + 1] = str(checkout / "Snakefile")
    done = subprocess.run(
        [python, *command], cwd=small.folder, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert small.film().exists()


def test_a_checkout_in_a_folder_with_braces_is_refused_in_words(small):
    checkout = small.folder / "{songreel}"
    shutil.copytree(ROOT / "rules", checkout / "rules")
    shutil.copy2(ROOT / "Snakefile", checkout)
    done = small.snakemake("-n", "-s", str(checkout / "Snakefile"))
    assert done.returncode != 0
    assert f"{checkout}: Snakemake cannot work in a folder with a brace in its name" in done.stdout
    assert "Traceback" not in done.stdout


def test_three_songs_share_a_run(small):
    for name in ("one", "two"):
        small.write_sheet([(0, f"a {name}"), (1,)], name=name)
    small.write_config(songs={name: {"sheet": f"{name}.xlsx"} for name in ("song", "one", "two")})
    assert small.planned()["assemble_video"] == 3


NOT_UTF8 = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""Python's encoding is ASCII then, which every machine has."""


def test_any_letters_in_any_locale(project, monkeypatch):
    """A prompt with a curly apostrophe is rendered, planned and explained; the plan is UTF-8."""
    project.write_sheet([(0, "the star’s 星 👑"), (0.4,)], Title="Ŝtelo – “*”", SecondsPerFrame=0.2)
    project.write_config()
    with monkeypatch.context() as changed:
        for name, value in NOT_UTF8.items():
            changed.setenv(name, value)
        project.render("--cores", "2")
        said = project.render("--cores", "1", "explain").stdout
    assert "no row changed; 0 of " in said
    plan = (project.film().parent / "plan.json").read_text(encoding="utf-8")
    assert "the star’s 星 👑" in plan
    assert "Nothing to be done" in project.render("--cores", "1").stdout
