"""Say what a run would paint, song by song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as say:
    from songreel.keyframes.renderer import LEDGER, open_studio
    from songreel.reports.forecast import explain
    from songreel.storage import ledger

    results = Path(snakemake.params.results)
    painted = [entry for path in results.glob(f"*/{LEDGER}") for entry in ledger.read(path)]
    for song, plan in snakemake.params.plans.items():
        say(explain(open_studio(results / song, say, plan), painted))
