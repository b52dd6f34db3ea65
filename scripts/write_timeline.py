"""List the rows of a song: when each is asked for and when it is shown."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.reports.tables import write_table

    write_table(snakemake.params.rows, Path(snakemake.output.timeline))
