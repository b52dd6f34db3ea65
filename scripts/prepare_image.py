"""Bring an image of the sheet to the film's size."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.media.images import prepare_image, save_prepared
    from songreel.storage.source_files import unchanged

    source, digest = Path(snakemake.input.source), snakemake.params.digest
    with unchanged(source, digest):
        image = prepare_image(source, snakemake.params.width, snakemake.params.height)
    save_prepared(image, Path(snakemake.output.image), digest)
