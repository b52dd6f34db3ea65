"""The notebook, run from top to bottom by a real kernel."""

import importlib.util
import shutil
import subprocess

import nbformat
import pytest
import yaml
from nbclient import NotebookClient

from project import ROOT

NOTEBOOK = ROOT / "notebooks" / "songreel.ipynb"


def code_cells():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


@pytest.fixture
def commands(monkeypatch):
    """What the notebook would run where Snakemake is missing; nothing of it is run."""
    ran = []
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(subprocess, "run", lambda command, check: ran.append(command))
    return ran


def test_a_fresh_clone_is_taken_and_what_it_needs_is_installed(tmp_path, monkeypatch, commands):
    (tmp_path / "scripts" / "songreel").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    exec(code_cells()[0], {})
    (install,) = commands
    assert install[-2:] == ["-r", str(tmp_path / "requirements.txt")]
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: name)
    exec(code_cells()[0], {})
    assert commands == [install], "where Snakemake is, nothing is installed"


def test_another_project_is_not_taken_for_songreel_and_a_repository_is_asked_for(
    tmp_path, monkeypatch, commands
):
    (tmp_path / "Snakefile").touch()
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="REPOSITORY still says OWNER; write there whose"):
        exec(code_cells()[0], {})
    assert commands == []
    exec(code_cells()[0].replace("OWNER/", "somebody/", 1), {})
    clone, install = commands
    assert clone[-2:] == ["https://github.com/somebody/songreel", str(tmp_path / "songreel")]
    assert install[-1] == str(tmp_path / "songreel" / "requirements.txt")


def test_the_notebook_takes_a_sheet_instead_of_lines(tmp_path, monkeypatch):
    shutil.copy(ROOT / "config" / "songs" / "twinkle" / "twinkle.xlsx", tmp_path / "own.xlsx")
    monkeypatch.chdir(tmp_path)
    values = {"here": tmp_path}
    _, fill_in, write, *_ = code_cells()
    exec(fill_in.replace('SHEET = ""', 'SHEET = "own.xlsx"'), values)
    exec(write, values)
    written = yaml.safe_load((tmp_path / "mysong" / "config.yaml").read_text(encoding="utf-8"))
    assert written["songs"]["mysong"] == {"sheet": str(tmp_path / "own.xlsx")}
    assert not (tmp_path / "mysong" / "mysong.xlsx").exists()


def test_the_notebook_runs_from_top_to_bottom_and_shows_storyboard_and_film(tmp_path):
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    # It looks for the repository in the folders above its own, and finds this one there.
    home = tmp_path / "songreel"
    home.mkdir()
    for name in ("Snakefile", "rules", "scripts", "profiles", "models", "config"):
        (home / name).symlink_to(ROOT / name)
    folder = home / "notebooks"
    folder.mkdir()
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=300, resources=resources).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in shown if output.output_type == "error"]
    kinds = {kind for output in shown for kind in output.get("data", {})}
    assert "image/png" in kinds
    assert any("<video" in output.get("data", {}).get("text/html", "") for output in shown)
    shutil.rmtree(home)


def test_the_notebook_is_kept_without_outputs_and_installs_what_is_locked():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)
    assert len(notebook.cells) <= 10
    assert (ROOT / "requirements.txt").exists() and "requirements.txt" in code[0].source
