"""Say what a run would paint, song by song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as report_progress:
    from songreel.keyframes.renderer import LEDGER, open_renderer
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import SongPlan
    from songreel.reports.forecast import explain
    from songreel.storage import ledger

    results, cache = Path(snakemake.params.results), Path(snakemake.params.cache)
    painted = [entry for path in results.glob(f"*/{LEDGER}") for entry in ledger.read(path)]
    expected: set[str] = set()  # keyframes that songs share are painted once
    for song, plan in snakemake.params.plans.items():
        plan = from_builtins(SongPlan, plan)
        with open_renderer(results / song, cache, report_progress, plan) as renderer:
            report_progress(explain(renderer, painted, expected))
