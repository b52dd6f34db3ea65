"""Bring an image of the sheet to the film's size."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.images import prepare_image, save_png

    picture = prepare_image(Path(snakemake.input.source), **snakemake.params.size)
    save_png(picture, Path(snakemake.output.picture))
