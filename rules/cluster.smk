# What the rules ask a cluster for: which jobs go together, for how long, with how much memory.
from snakemake.dag import DAG


def estimated(request):
    """A function of wildcards and attempt: what a job asks for; more at every retry."""

    def resource(wildcards, attempt):
        wanted = getattr(songbook.estimate(wildcards.song), request)
        return attempt * (
            wanted if isinstance(wanted, int) else wanted[wildcards.start]
        )

    return resource


def on_cluster(group):
    """A function of wildcards: the group; none where nothing is submitted, to plan quickly."""
    return lambda wildcards: None if workflow.local_exec else group


def once_for_each_group(check):
    """A check of the groups that is not repeated for each of a group's jobs.

    Snakemake 9 does so, and takes minutes over a chain of 600 rows.
    """

    def checked(dag):
        group_of_job = dag._group
        dag._group = {group: group for group in group_of_job.values()}
        check(dag)
        dag._group = group_of_job

    return checked


if hasattr(DAG, "_check_groups"):
    DAG._check_groups = once_for_each_group(DAG._check_groups)
