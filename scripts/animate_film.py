"""Make an animation of a song's film, to be posted."""

from fractions import Fraction
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.animation import save_animation
    from songreel.storage.progress_log import note

    animation, fps = Path(snakemake.output.animation), Fraction(snakemake.params.fps)
    seconds = float(snakemake.params.frame_count / fps)
    left_out = save_animation(Path(snakemake.input.film), seconds, fps, animation)
    if left_out:
        note(animation.parent, left_out)
