# Reads the songs once.
import sys
from pathlib import Path

from snakemake.utils import min_version

min_version("9.13")

# Snakemake walks a chain recursively, and a chain is as deep as it has rows.
sys.setrecursionlimit(20_000)
if set("{}") & set(str(workflow.current_basedir)):
    sys.exit(
        f"{Path(str(workflow.current_basedir)).parent}: Snakemake cannot work in a folder with a "
        "brace in its name; rename that folder"
    )
# The installed library goes first, here as in the jobs' scripts; a workflow from git has no other.
sys.path.append(str(Path(str(workflow.current_basedir)).parent / "scripts"))

if not {"songs", "sheet"} & config.keys():

    configfile: workflow.source_path("../config/config.yaml")


try:
    import songreel
    from songreel.errors import InputError

    source = Path(workflow.source_path("../scripts/songreel/__init__.py"))
    if f'__version__ = "{songreel.__version__}"' not in source.read_text(
        encoding="utf-8"
    ):
        sys.exit(
            f"The package 'songreel' that is installed here is version {songreel.__version__}, the "
            "workflow is another; install the package of the workflow's version, or uninstall it "
            "where the workflow lies in a folder of its own"
        )
    from songreel.plan.plan_file import RunOptions
    from songreel.song.configuration import cache_settings, read_songs
    from songreel.song.song_plans import SKETCHES, SongPlans

    results = Path(str(workflow.modifier.modify_path("results")))
    song_plans = SongPlans(config, results, from_files=not workflow.is_main_process)
except ModuleNotFoundError as missing:
    sys.exit(
        f"Songreel needs the Python package '{missing.name}' to read song sheets: "
        "run 'make install', create the conda environment of envs/global.yaml, or, for a workflow "
        "that is taken from git, install that version of the repository with pip"
    )
except InputError as mistakes:
    sys.exit(str(mistakes))


wildcard_constraints:
    song=song_plans.pattern,
    segment=r"\d{8}",
    image=r"[^/]+",
    animation="gif|webp",
    row=r"\d+",
    first=r"\d+",
    last=r"\d+",
