# What is done when a run starts: the songs' plans are written down for its jobs.

BESIDE_A_RUN = {"explain", "prune_cache"}


def paints_one_by_one():
    """Whether one job at a time has a graphics card, here and not on a cluster's nodes."""
    cards = workflow.global_resources.get("gpu")
    return workflow.local_exec and getattr(cards, "value", cards) == 1


# A sheet saved during a run must not reach the run's jobs, which parse this file again; nor must
# it reach them by way of a target that may be asked for meanwhile.
onstart:
    targets = set(workflow.dag_settings.targets)
    if workflow.is_main_process and not (targets and targets <= BESIDE_A_RUN):
        try:
            songbook.freeze(paints_one_by_one())
        except OSError as error:
            sys.exit(
                f"{error.filename}: {error.strerror}; make room or make it writable"
            )
    if workflow.local_exec:
        # Limits submissions to a cluster; here it would hold up the end by a second.
        workflow.scheduler.job_rate_limiter = None


# Snakemake does not call the onstart of a module.
if workflow.is_main_process and workflow.modifier.is_module:
    songbook.freeze(paints_one_by_one())
