"""Compare every song's render with an earlier one, on a page each."""

from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as report_progress:
    from songreel.errors import SongreelError
    from songreel.reports.comparison import open_render, write_comparison
    from songreel.storage.cache import KeyframeCache

    earlier, cache = snakemake.params.compare_with, Path(snakemake.params.cache)
    if not earlier:
        raise SongreelError(
            "compare_with: say which render to compare with: copy the folder 'results' before the "
            "next render, and add --config compare_with=COPY"
        )
    for song in snakemake.params.songs:
        folder = Path(snakemake.params.results) / song
        page = folder / "comparison.html"
        before, after = open_render(Path(earlier) / song), open_render(folder)
        count = write_comparison(before, after, KeyframeCache(cache), page)
        report_progress(f"{song}: {count} of {len(after.plan.segments)} rows differ; see {page}")
