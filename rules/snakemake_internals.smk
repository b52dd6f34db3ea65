# All that Songreel uses of Snakemake beyond its documentation, for which
# tests/workflow/test_snakemake_internals.py fails on a version that has changed it.
import functools
import logging
import shlex
import time
from contextlib import ExitStack, contextmanager, suppress

import snakemake.common
import snakemake.rules
from snakemake.dag import DAG
from snakemake.script import PythonScript

from songreel.run import Run
from songreel.storage.locks import lock

AS_BYTES = {"encoding": "utf-8", "errors": "surrogateescape"}
"""How to read a lock and write it again, in whichever encoding Snakemake wrote it."""

JOBS_END_SECONDS = 60
"""How long a run waits for the jobs of one that was killed: they end when they notice it."""


def runs_here():
    """Whether jobs run on this machine, and are not submitted to a cluster."""
    return workflow.local_exec


def resource_limit(name):
    """The value of ``--resources NAME=VALUE``; None where it was not given."""
    limit = workflow.global_resources.get(name)
    return getattr(limit, "value", limit)


def work_to_do():
    """What this run does for each song: names of rules, each with the segments of its jobs.

    A sketch of a song is a song of its own, ``SONG/KIND``.
    """
    work = {}
    for job in workflow.dag.needrun_jobs():
        wildcards = job.wildcards_dict
        if wildcards.get("song") in song_plans.names:  # and not those of another module
            kind, name = own_rule(job.rule.name)
            song = wildcards["song"]
            segments = work.setdefault(f"{song}/{kind}" if kind else song, {})
            segments.setdefault(name, set()).add(wildcards.get("segment"))
    return work


def own_rule(name):
    """What a rule makes of a song, such as ``draft``, and its name without a module's prefix."""
    for kind in SKETCHES:
        if name.endswith(f"{kind}_song"):
            return kind, f"{kind}_song"
    return "", next((own for own in SHOWN_RULES if name.endswith(own)), name)


SHOWN_RULES = (
    "paint_opening",
    "render_segment",
    "interpolate_segment",
    "upscale_segment",
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


STREAMS = ("ColorizingTextHandler",)
"""Handlers that write to the terminal."""


def show_progress():
    """Show the songs of this run instead of Snakemake's jobs, which its log file keeps.

    Returns:
        the display, one for all modules; None in a job and in a dry run, which show nothing.
    """
    shared = vars(workflow)
    if "songreel_display" not in shared:
        is_shown = workflow.is_main_process and not workflow.output_settings.dryrun
        shared["songreel_display"] = new_display() if is_shown else None
    return shared["songreel_display"]


def new_display():
    from songreel.reports.run_display import RunDisplay, TerminalFilter

    is_verbose = workflow.output_settings.verbose
    log = logging.getLogger("snakemake.logging")
    terminals = [
        handler for handler in log.handlers if type(handler).__name__ in STREAMS
    ]
    has_terminal = any(handler.stream.isatty() for handler in terminals)
    display = RunDisplay(log, has_terminal and not is_verbose)
    for handler in terminals if not is_verbose else ():
        handler.addFilter(TerminalFilter(handler, display, NOISE, NOISY_BEGINNINGS))
    log.addHandler(display)
    return display


def before_jobs_are_chosen(do):
    """Call a function with the DAG of this run, a dry run too, before it says what has to run."""

    def extended(check):
        async def checked(dag):
            await check(dag)
            if dag.workflow is workflow and workflow.is_main_process:
                do(dag)

        return checked

    DAG.check_incomplete = extended(DAG.check_incomplete)


def rerun_outdated(find, tell):
    """Have the jobs of outdated results run again, as if the results were incomplete.

    Where Snakemake itself sees that a job's settings changed it is left to it: it says why.

    Args:
        find: returns the paths of all outdated results, as the rules name them.
        tell: called with those whose jobs Snakemake would not have run.
    """

    def is_seen(job):
        """Snakemake compares settings only where it has notes on all outputs of a job."""
        notes = workflow.persistence
        has_notes = notes.has_metadata(job) and not notes.has_outdated_metadata(job)
        return has_notes and notes.params_changed(job)

    def force(dag):
        outdated = find()
        jobs = [job for job in dag.jobs if not outdated.isdisjoint(job.output)]
        forgotten = {file for job in jobs if not is_seen(job) for file in job.output}
        dag.forcefiles |= forgotten
        tell(forgotten & outdated)

    before_jobs_are_chosen(force)


def when_locked(begin):
    """Call a function when this run has Snakemake's lock, and its jobs are known.

    A dry run takes no lock. Unlike ``onstart`` it is called in a module, too. From then on the lock
    says whose it is: one that a killed run has left is removed, with a sentence.
    """
    begins = vars(workflow).setdefault("songreel_begins", [])  # shared by all modules
    begins.append(begin)

    def own_lock(dag):
        if begins[0] is begin and not workflow.dryrun:
            take = workflow.persistence.lock
            workflow.persistence.lock = lambda: owned_lock(take, begins)

    before_jobs_are_chosen(own_lock)


@contextmanager
def owned_lock(take, begins):
    """Snakemake's lock, with this run as its owner, and what a run does first."""
    persistence, run = workflow.persistence, Run.of_this_job()
    locks, guard = Path(persistence.path) / "locks", run.folder.parent / "guard"

    def others():
        """The locks of other runs, and what they hold."""
        found = {}
        for path in locks.glob("*.lock"):
            with suppress(FileNotFoundError):  # its run has just ended
                text = path.read_text(**AS_BYTES)
                if not text.startswith(f"{run.folder}\n"):
                    found[path] = text
        return found

    files = persistence.all_inputfiles, persistence.all_outputfiles
    with ExitStack() as held:
        with lock(guard, lambda: None):
            run.begin()
            held.callback(run.end)
            if persistence.locked:
                remove_dead(others())
            owners = {lock_owner(text).folder for text in others().values()}
            for left in map(Run, run.folder.parent.glob("*:*")):
                if left.is_over() and left.folder not in owners:
                    left.remove()
            # The first line of a lock is a file that no job has: the owner.
            persistence.all_inputfiles = lambda: [str(run.folder), *files[0]()]
            persistence.all_outputfiles = lambda: [str(run.folder), *files[1]()]
            snakemakes = held.enter_context(ExitStack())
            snakemakes.enter_context(take())
        for begin in begins:
            begin()
        try:
            yield
        finally:
            with lock(guard, lambda: None):
                kept = others()
                snakemakes.close()  # Snakemake removes the locks of all runs
                for path, text in kept.items():
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(text, **AS_BYTES)


def remove_dead(locks):
    """Remove the locks of runs that were killed on this machine, when their jobs have ended."""
    for owner in {lock_owner(text).folder for text in locks.values()}:
        run = Run(owner)
        if not run.is_killed():
            continue
        if run.has_jobs():
            print(
                "Note: waiting for the jobs of a run that was killed", file=sys.stderr
            )
        deadline = time.monotonic() + JOBS_END_SECONDS
        while run.has_jobs() and time.monotonic() < deadline:
            time.sleep(0.2)
        if run.has_jobs():
            continue
        for path, text in locks.items():
            if lock_owner(text).folder == owner:
                path.unlink(missing_ok=True)
        print(
            "Note: a run that was killed had left its lock; it is removed",
            file=sys.stderr,
        )


def lock_owner(text):
    """The run that a lock belongs to, also where its folder was moved since."""
    written = Path(text.partition("\n")[0])
    return Run(Run.of_this_job().folder.with_name(written.name or "unknown"))


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


def quoting_python(execute):
    """Quote the path of Python in the command of a script.

    Snakemake does not (snakemake/snakemake#2645), so that nothing runs in a folder with a space.
    """

    def quoted(script, command, **values):
        if "py_exec" in values:
            values["py_exec"] = shlex.quote(values["py_exec"])
        return execute(script, command, **values)

    return quoted


PythonScript._execute_cmd = quoting_python(PythonScript._execute_cmd)


# Snakemake reads the signature of a rule's function anew at each of its calls, thirty for a row.
snakemake.common.get_function_params = functools.cache(
    snakemake.common.get_function_params
)
snakemake.rules.get_function_params = snakemake.common.get_function_params
