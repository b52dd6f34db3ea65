# Reads the songs once and answers, for wildcards, what the rules ask about them.
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
    targets = set(workflow.dag_settings.targets)
    if workflow.is_main_process and not (targets and targets <= BESIDE_A_RUN):
        songbook.freeze()


# Snakemake does not call the onstart of a module.
if workflow.is_main_process and not workflow.modifier.is_main_snakefile():
    songbook.freeze()


wildcard_constraints:
    song=songbook.pattern,
    start=r"\d{8}",
    image=r"[^/]+",


def plan(wildcards):
    return songbook.plan(wildcards.song)


def every_plan(wildcards):
    return {song: songbook.plan(song) for song in songbook.names}


def segment(wildcards):
    return songbook.segment(wildcards.song, wildcards.start)


def of_plan(*keys):
    """A function of wildcards: a part of the song's plan."""
    return lambda wildcards: {key: plan(wildcards)[key] for key in keys}


def of_segment(key):
    """A function of wildcards: a part of the segment's plan."""
    return lambda wildcards: segment(wildcards)[key]


def image_source(wildcards):
    return local(plan(wildcards)["images"][wildcards.image]["path"])


def image_state(wildcards):
    return plan(wildcards)["images"][wildcards.image]["state"]


def sound(wildcards):
    path = plan(wildcards)["sound"]
    return [local(path)] if path else []


def grown_from(wildcards):
    """The pictures a segment is painted with, by their part in it."""
    inputs = segment(wildcards)["inputs"]
    return {
        part: f"results/{wildcards.song}/{path}"
        for part, path in inputs.items()
        if path
    }


def following(wildcards):
    """Where the keyframe after a segment's own is found."""
    path = segment(wildcards)["next"]
    return [f"results/{wildcards.song}/{path}"] if path else []


def of_every_segment(pattern):
    """A function of wildcards: a file of each of the song's segments, in order."""
    return lambda wildcards: [
        pattern.format(song=wildcards.song, start=segment["start"])
        for segment in plan(wildcards)["segments"]
    ]


def films():
    return [
        f"results/{song}/{name}"
        for song in songbook.names
        for name in (f"{song}.mp4", "storyboard.png", "timeline.tsv")
    ]
