# All that Songreel uses of Snakemake beyond its documentation, for which
# tests/workflow/test_snakemake_internals.py fails on a version that has changed it.
import logging

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
    """Names of the songs, and of their sketches, that this run has jobs of."""
    return set(work_to_do())


def work_to_do():
    """What this run does for each song: names of rules, each with the segments of its jobs.

    All songs, with nothing to do, before the jobs are known.
    """
    if workflow.dag is None:
        return {song: {} for song in song_plans.names}
    work = {}
    for job in workflow.dag.needrun_jobs():
        wildcards = job.wildcards_dict
        if "song" in wildcards:
            sketch, name = own_rule(job.rule.name)
            segments = work.setdefault(wildcards["song"] + sketch, {})
            segments.setdefault(name, set()).add(wildcards.get("segment"))
    return work


def own_rule(name):
    """What a rule makes of a song, such as ``/draft``, and its name without a module's prefix."""
    for kind in SKETCHES:
        if name.endswith(f"{kind}_song"):
            return f"/{kind}", f"{kind}_song"
    return "", next((own for own in SHOWN_RULES if name.endswith(own)), name)


SHOWN_RULES = (
    "paint_opening",
    "render_segment",
    "interpolate_segment",
    "assemble_video",
)

"""Rules whose jobs are counted in the progress of a song."""

NOISE = (
    *("workflow_started", "run_info", "resources_info", "progress", "shellcmd"),
    *("job_info", "job_started", "job_finished", "group_info"),
)
"""Events of which Snakemake writes several lines for each job."""

NOISY_BEGINNINGS = (
    *(
        "Building DAG",
        "Using shell",
        "Provided ",
        "Rules claiming",
        "Conda environments: ",
    ),
    *(
        "Select jobs to execute",
        "Execute ",
        "Assuming unrestricted",
        "Elapsed time",
        "host: ",
    ),
    *(
        "Removing temporary output",
        "Touching output",
        "Job stats",
        "Singularity containers: ",
    ),
)


def show_progress(begin):
    """Show the songs of this run instead of Snakemake's jobs, which its log file keeps."""
    from songreel.reports.run_display import RunDisplay, TerminalFilter

    settings = workflow.output_settings
    if not workflow.is_main_process or settings.dryrun:
        return
    log = logging.getLogger("snakemake.logging")
    terminals = [
        handler for handler in log.handlers if type(handler).__name__ in STREAMS
    ]
    has_terminal = any(handler.stream.isatty() for handler in terminals)
    display = RunDisplay(begin, log, has_terminal and not settings.verbose)
    for handler in terminals if not settings.verbose else ():
        handler.addFilter(TerminalFilter(handler, display, NOISE, NOISY_BEGINNINGS))
    log.addHandler(display)


STREAMS = ("ColorizingTextHandler",)
"""Handlers that write to the terminal."""


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
