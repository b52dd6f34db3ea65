"""Write the report of a finished song: a page with the film inside, and the numbers beside it."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.plan.plan_file import plan_path, read_plan
    from songreel.reports.report_page import ReportFiles, write_report
    from songreel.storage import ledger
    from songreel.storage.cache import KeyframeCache
    from songreel.storage.progress_log import note

    folder = Path(snakemake.params.song_folder)
    plan, _ = read_plan(plan_path(folder))
    files = ReportFiles(
        folder=folder,
        film=Path(snakemake.input.film),
        benchmarks=folder / "benchmarks",
        page=Path(snakemake.output.page),
        telemetry=Path(snakemake.output.telemetry),
        timeline=Path(snakemake.output.timeline),
    )
    cache = KeyframeCache(Path(snakemake.params.cache))
    for finding in write_report(plan, files, cache, ledger.read(folder / ledger.LEDGER)):
        note(folder, f"{plan.song} {finding.start:.1f} s: {finding.word}: {finding.text}")
