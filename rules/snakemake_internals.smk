# All that Songreel uses of Snakemake beyond its documentation, for which
# tests/workflow/test_snakemake_internals.py fails on a version that has changed it.
from snakemake.dag import DAG


def runs_here():
    """Whether jobs run on this machine, and are not submitted to a cluster."""
    return workflow.local_exec


def is_module():
    """Whether these rules are used by another workflow, as a module."""
    return workflow.modifier.base_snakefile is not None


def available_gpus():
    """The value of ``--resources gpu``; None where it was not given."""
    gpus = workflow.global_resources.get("gpu")
    return getattr(gpus, "value", gpus)


def songs_to_render():
    """Names of the songs that this run has jobs of; all before the jobs are known."""
    if workflow.dag is None:
        return set(song_plans.names)
    jobs = workflow.dag.needrun_jobs()
    return {job.wildcards.song for job in jobs if "song" in job.wildcards_dict}


def rerun_outdated(find, tell):
    """Have the jobs of outdated results run again, as if the results were incomplete.

    Where Snakemake itself sees that a job's settings changed it is left to it: it says why.

    Args:
        find: returns the paths of all outdated results, as the rules name them.
        tell: called with those whose jobs Snakemake would not have run.
    """

    def with_outdated(check):
        async def checked(dag):
            await check(dag)
            if dag.workflow is workflow and workflow.is_main_process:
                outdated, changed = find(), workflow.persistence.params_changed
                jobs = [job for job in dag.jobs if not outdated.isdisjoint(job.output)]
                forgotten = {
                    file for job in jobs if not changed(job) for file in job.output
                }
                dag.forcefiles |= forgotten
                tell(forgotten & outdated)

        return checked

    DAG.check_incomplete = with_outdated(DAG.check_incomplete)


def once_for_each_group(check):
    """Make the check of the groups run once for each group, not for each of its jobs.

    Snakemake 9 repeats it for every job, and takes minutes over a chain of 600 rows.
    """

    def checked(dag):
        group_of_job = dag._group
        dag._group = {group: group for group in group_of_job.values()}
        check(dag)
        dag._group = group_of_job

    return checked


if hasattr(DAG, "_check_groups"):
    DAG._check_groups = once_for_each_group(DAG._check_groups)
