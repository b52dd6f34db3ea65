"""Fill the time between a row's keyframes."""

from fractions import Fraction
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.clips import write_clip
    from songreel.frozen import keyframe_cache
    from songreel.images import load_png
    from songreel.interpolation import in_betweens
    from songreel.segments import first_picture, read_segment

    cache = keyframe_cache(Path(snakemake.output.clip).parents[1])
    following = [first_picture(Path(path), cache) for path in snakemake.input.following]
    pictures = read_segment(Path(snakemake.input.manifest), cache) + following
    clip = snakemake.params.clip
    write_clip(
        in_betweens(
            map(load_png, pictures),
            clip["frames"],
            clip["method"],
            clip["zoom_per_frame"],
            include_last=clip["include_last"],
        ),
        clip["count"],
        Path(snakemake.output.clip),
        Fraction(clip["fps"]),
        clip["width"],
        clip["height"],
    )
