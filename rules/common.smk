# Reads the songs once, and writes down their plans when a run starts.
import sys
from pathlib import Path

# Snakemake walks a chain recursively, and a chain is as deep as it has rows.
sys.setrecursionlimit(20_000)
sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent / "scripts"))

BESIDE_A_RUN = {"explain", "prune_cache"}

if not {"songs", "sheet"} & config.keys():

    configfile: workflow.source_path("../config/config.yaml")


try:
    from songreel.configuration import cache_settings
    from songreel.errors import InputError
    from songreel.songbook import Songbook

    results = Path(str(workflow.modifier.modify_path("results")))
    songbook = Songbook(config, results, frozen=not workflow.is_main_process)
except ModuleNotFoundError as missing:
    sys.exit(
        f"Songreel needs the Python package '{missing.name}' to read song sheets: "
        "run 'make install', or create the conda environment of envs/global.yaml"
    )
except InputError as mistakes:
    sys.exit(str(mistakes))


# A sheet saved during a run must not reach the run's jobs, which parse this file again; nor must
# it reach them by way of a target that may be asked for meanwhile.
onstart:
    if workflow.local_exec:
        workflow.scheduler.job_rate_limiter = None
    targets = set(workflow.dag_settings.targets)
    if workflow.is_main_process and not (targets and targets <= BESIDE_A_RUN):
        try:
            songbook.freeze()
        except OSError as error:
            sys.exit(
                f"{error.filename}: {error.strerror}; make room or make it writable"
            )


# Snakemake does not call the onstart of a module.
if workflow.is_main_process and not workflow.modifier.is_main_snakefile():
    songbook.freeze()


wildcard_constraints:
    song=songbook.pattern,
    start=r"\d{8}",
    image=r"[^/]+",
