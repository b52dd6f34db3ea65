"""Write down the plan of a song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.plan import freeze

    freeze(snakemake.params.plan, Path(snakemake.output.plan))
