"""Bring an image of the sheet to the film's size."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.media.images import prepare_image, save_png
    from songreel.storage.source_files import note_source, unchanged

    source, output = Path(snakemake.input.source), Path(snakemake.output.picture)
    size, state = snakemake.params.size, snakemake.params.state
    with unchanged(source, state):
        picture = prepare_image(source, **size)
    save_png(picture, output)
    note_source(output, state, list(size.values()))
