# Reads the songs once.
import sys
from pathlib import Path

# Snakemake walks a chain recursively, and a chain is as deep as it has rows.
sys.setrecursionlimit(20_000)
sys.path.insert(0, str(Path(str(workflow.current_basedir)).parent / "scripts"))

if not {"songs", "sheet"} & config.keys():

    configfile: workflow.source_path("../config/config.yaml")


try:
    from songreel.song.configuration import cache_settings
    from songreel.errors import InputError
    from songreel.song.songs import Songbook

    results = Path(str(workflow.modifier.modify_path("results")))
    songbook = Songbook(config, results, frozen=not workflow.is_main_process)
except ModuleNotFoundError as missing:
    sys.exit(
        f"Songreel needs the Python package '{missing.name}' to read song sheets: "
        "run 'make install', or create the conda environment of envs/global.yaml"
    )
except InputError as mistakes:
    sys.exit(str(mistakes))


wildcard_constraints:
    song=songbook.pattern,
    start=r"\d{8}",
    image=r"[^/]+",
