"""A contract with Snakemake: what Songreel uses of it beyond its documentation.

It stands in ``rules/snakemake_internals.smk``; a Snakemake that has changed it fails here.
"""

import inspect
import sys

import pytest
import snakemake.api  # imports the rest

DAG, Workflow = snakemake.dag.DAG, snakemake.workflow.Workflow

pytestmark = pytest.mark.lowest


@pytest.mark.parametrize(
    "name", ["is_main_process", "local_exec", "global_resources", "modifier", "current_basedir"]
)
def test_the_workflow_still_has(name):
    source = inspect.getsource(Workflow)
    assert f"def {name}(self)" in source or f"self.{name}" in source


def test_the_cores_are_a_resource():
    assert 'self.global_resources["_cores"]' in inspect.getsource(Workflow)


def test_a_workflow_tells_its_jobs():
    assert isinstance(inspect.getattr_static(Workflow, "dag"), property)
    assert callable(DAG.needrun_jobs)


def test_a_module_tells_where_its_results_are():
    assert callable(snakemake.modules.WorkflowModifier.modify_path)


def test_files_can_be_forced_before_jobs_are_chosen():
    assert inspect.iscoroutinefunction(DAG.check_incomplete)
    assert "self.forcefiles.update" in inspect.getsource(DAG.check_incomplete)
    init = inspect.getsource(DAG.init)
    assert 0 < init.index("await self.check_incomplete()") < init.index("await self.update_needrun")


def test_the_lock_lists_files_line_by_line_and_is_taken_after_the_jobs_are_known():
    modules = [module for name, module in sys.modules.items() if "snakemake.persistence" in name]
    source = "".join(map(inspect.getsource, modules))
    assert "def locked(self)" in source and "def params_changed(self, job" in source
    assert "def has_metadata(self, job" in source and "def has_outdated_metadata(" in source
    assert 'sep="\\n", file=lock' in source
    assert ".lock" in source and 'os.path.join(self.path, "locks")' in source.replace(
        "_path,", "path,"
    )
    execute = inspect.getsource(Workflow.execute)
    assert 0 < execute.index("self._build_dag()") < execute.index("with self.persistence.lock():")


def test_signatures_are_read_at_each_call_still():
    """Where this fails, Snakemake may keep them by now: then ours must go."""
    source = inspect.getsource(snakemake.common)
    assert "    func_params = get_function_params(func)" in source
    assert "return inspect.signature(func).parameters" in source
    assert 'if "groupid" in get_function_params(func)' in inspect.getsource(snakemake.rules)


def test_the_path_of_python_is_not_quoted_still():
    """Where this fails, Snakemake may quote it by now: then ours must go."""
    source = inspect.getsource(snakemake.script.PythonScript.execute_script)
    assert '"{py_exec} {fname:q}", py_exec=py_exec' in source
    assert callable(snakemake.script.PythonScript._execute_cmd)


def test_groups_are_checked_for_every_job_still():
    """Where this fails, see whether a chain of 600 rows plans quickly without our change."""
    source = inspect.getsource(DAG._check_groups)
    assert "self._group" in source
    assert list(inspect.signature(DAG._check_groups).parameters) == ["self"]


def test_only_the_plans_of_songs_that_are_rendered_are_written(project):
    for name in ("one", "two"):
        project.write_sheet([(0, f"a {name}"), (1,)], name=name)
    project.write_config(songs={name: {"sheet": f"{name}.xlsx"} for name in ("one", "two")})
    project.render("--cores", "2", "results/one/one.mp4")
    assert (project.folder / "results/one/plan.json").exists()
    assert not (project.folder / "results/two").exists()
    project.render("--cores", "1", "explain")
    assert not (project.folder / "results/two").exists()


def test_another_place_of_the_cache_renders_nothing_again(project):
    project.write_sheet([(0, "a star"), (1,)])
    project.write_config()
    project.render("--cores", "2")
    project.write_config(cache={"folder": "elsewhere"})
    assert "Nothing to be done" in project.render("--cores", "2").stdout
