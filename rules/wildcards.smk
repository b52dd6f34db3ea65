# What the rules ask about a song, a segment or an image: functions of wildcards, and nothing else.
# Those that take an output as well give params that trigger no rerun: they say where things are.
from songreel.models.upscaler_file import THREADS as UPSCALER_THREADS
from songreel.media.images import PREPARED_VERSION
from songreel.plan.conversion import to_builtins
from songreel.plan.excerpts import (
    ended_clip,
    film_of_rows,
    paints_after,
    takes_images,
)
from songreel.plan.inputs import sketch_inputs, takes_inputs
from songreel.plan.plan import ANIMATION_VERSION, REPORT_VERSION


def song_plan(wildcards):
    return song_plans.plan(wildcards.song)


def segment_plan(wildcards):
    return song_plan(wildcards).by_name[wildcards.segment]


def of_song(part):
    """A function of wildcards: a part of the song's plan."""
    return lambda wildcards: to_builtins(getattr(song_plan(wildcards), part))


def of_segment(part):
    """A function of wildcards: a part of the segment's plan."""
    return lambda wildcards: to_builtins(getattr(segment_plan(wildcards), part))


def opening_settings(wildcards):
    return to_builtins(song_plan(wildcards).openings[wildcards.segment])


def every_plan(wildcards):
    return {song: to_builtins(song_plans.plan(song)) for song in song_plans.names}


def song_folder(wildcards, output):
    """The folder of the song's results, with its ledger.jsonl."""
    return str(results / wildcards.song)


def cache_path(wildcards, output):
    """The folder of the keyframe cache."""
    return cache_settings(config)["folder"]


def image_source(wildcards):
    return local(song_plan(wildcards).images[wildcards.image].path)


def image_digest(wildcards):
    return song_plan(wildcards).images[wildcards.image].digest


def audio(wildcards):
    path = song_plan(wildcards).audio
    return [local(path)] if path else []


def upscaler(wildcards):
    path = song_plan(wildcards).upscaler
    return [local(path)] if path else []


def painting_device(wildcards, output):
    """Where to paint and to enlarge frames; nothing is rerun where that is another."""
    return song_plan(wildcards).model.device


def clips_of_film(wildcards):
    plan = song_plan(wildcards)
    return [
        f"results/{wildcards.song}/{plan.film_clip(segment.name)}"
        for segment in plan.segments
    ]


def segment_images(wildcards):
    """The images a segment is rendered from, by their part in it."""
    return {
        part: f"results/{wildcards.song}/{path}"
        for part, path in to_builtins(segment_plan(wildcards).images).items()
        if path
    }


def rows_between(wildcards):
    """The segments of the rows from one number to another; a wrong number ends the run."""
    segments, first, last = (
        song_plan(wildcards).segments,
        int(wildcards.first),
        int(wildcards.last),
    )
    if not 1 <= first <= last <= len(segments):
        sys.exit(
            f"{wildcards.song}: there are no rows {first}-{last}; the song has rows "
            f"1-{len(segments)}, as the report numbers them"
        )
    return segments[first - 1 : last]


def manifests_of_rows(wildcards):
    return [
        f"results/{wildcards.song}/segments/{segment.name}/keyframes.json"
        for segment in rows_between(wildcards)
    ]


def clips_of_rows(wildcards):
    """The clips of an excerpt, without the last one where the row after it had to be painted."""
    *rows, last = rows_between(wildcards)
    return [
        f"results/{wildcards.song}/clips/{segment.name}.mkv"
        for segment in (rows if paints_after(last) else [*rows, last])
    ]


def last_clip(wildcards):
    """The plan of the last clip that an excerpt makes for itself; None where it is the song's."""
    last = rows_between(wildcards)[-1]
    return to_builtins(ended_clip(last)) if paints_after(last) else None


def plan_of_rows(wildcards):
    rows_between(wildcards)
    first, last = int(wildcards.first), int(wildcards.last)
    return to_builtins(film_of_rows(song_plan(wildcards), first, last))


def row_plan(wildcards):
    """The segment of a row by its number; a wrong number ends the run."""
    segments, row = song_plan(wildcards).segments, int(wildcards.row)
    if not 1 <= row <= len(segments):
        sys.exit(
            f"{wildcards.song}: there is no row {row}; the song has rows 1-{len(segments)}, as the "
            "report numbers them"
        )
    return segments[row - 1]


def segment_of_row(wildcards):
    return row_plan(wildcards).name


def images_of_row(wildcards):
    """What a row's first picture is painted over."""
    images = takes_images(row_plan(wildcards))
    return {part: f"results/{wildcards.song}/{path}" for part, path in images.items()}


def takes_digest(wildcards):
    """The digest of what the plan says of a row's takes."""
    return takes_inputs(song_plan(wildcards), row_plan(wildcards))


def following(wildcards):
    """Where the keyframe after a segment's own is found: an image or a manifest."""
    path = segment_plan(wildcards).following
    return [f"results/{wildcards.song}/{path}"] if path else []


def of_every_segment(pattern):
    """A function of wildcards: a file of each of the song's segments, in order."""
    return lambda wildcards: [
        pattern.format(song=wildcards.song, segment=segment.name)
        for segment in song_plan(wildcards).segments
    ]


def sketch_sources(kind):
    """A function of wildcards: the image and audio files that a sketch is made from."""

    def sources(wildcards):
        plan = song_plans.plan(f"{wildcards.song}/{kind}")
        images = [source.path for source in plan.images.values()]
        return [local(path) for path in dict.fromkeys([*images, plan.audio]) if path]

    return sources


def sketch_digest(kind):
    """A function of wildcards: the digest of a sketch's plan."""
    return lambda wildcards: sketch_inputs(song_plans.plan(f"{wildcards.song}/{kind}"))


def sketch_folder(kind):
    """A function of wildcards and output: the folder of a sketch, with its plan.json."""
    return lambda wildcards, output: str(results / wildcards.song / kind)


def sketches(kind):
    return [
        f"results/{SKETCHES[kind].result.format(song=song)}"
        for song in song_plans.names
    ]


def fps_of_film(wildcards):
    return str(song_plan(wildcards).film.fps)


def frames_of_film(wildcards):
    return song_plan(wildcards).film.frame_count


def films(wildcards):
    """The results of all songs, which a job is never asked for: it has its own song's plan alone."""
    results_of_all = ("storyboard.png", "timeline.tsv", "report.html")
    return [
        f"results/{song}/{name}"
        for song in song_plans.names
        for name in (
            *(f"{song}.{kind}" for kind in ("mp4", *song_plans.plan(song).animations)),
            *results_of_all,
        )
    ]


def all_cores(wildcards):
    """Those of the run; a function, as a dry run may have been given no number."""
    return workflow.cores
