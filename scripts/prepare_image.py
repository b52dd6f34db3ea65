"""Bring an image of the sheet to the film's size."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.images import prepare_image, save_png
    from songreel.sources import unchanged

    source = Path(snakemake.input.source)
    with unchanged(source, snakemake.params.state):
        picture = prepare_image(source, **snakemake.params.size)
    save_png(picture, Path(snakemake.output.picture))
