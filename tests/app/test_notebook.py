"""The notebook, run from top to bottom by a real kernel."""

import shutil

import nbformat
from nbclient import NotebookClient

from project import ROOT

NOTEBOOK = ROOT / "notebooks" / "songreel.ipynb"


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
