"""Say what a run would paint, song by song."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as report_progress:
    from songreel.keyframes.renderer import open_renderer
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import SongPlan
    from songreel.reports.forecast import explain, read_ledgers

    results, cache = Path(snakemake.params.results), Path(snakemake.params.cache)
    painted = read_ledgers(results)
    expected: set[str] = set()  # keyframes that songs share are painted once
    for song, plan in snakemake.params.plans.items():
        plan = from_builtins(SongPlan, plan)
        with open_renderer(results / song, cache, report_progress, plan) as renderer:
            report_progress(explain(renderer, painted, expected))
