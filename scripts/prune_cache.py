"""Keep the keyframe cache within its bounds."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as report_progress:
    from songreel.storage.cache import KeyframeCache
    from songreel.storage.pruning import GB, prune

    bounds = dict(snakemake.params.cache)
    cache = KeyframeCache(Path(bounds.pop("folder")))
    pruned = prune(cache, **bounds)
    report_progress(
        f"{cache.folder}: {pruned.removed} entries ({pruned.freed / GB:.2f} GB) removed, "
        f"{pruned.kept} ({pruned.size / GB:.2f} GB) kept"
    )
