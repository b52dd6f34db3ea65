# Needs: the segments of a song; its film, for the report
# Makes: results/{song}/storyboard.png, an image of every row
#        results/{song}/report.html, a page with the film inside; telemetry.tsv, what was measured in
#        the keyframes; timeline.svg, the rows over the sound
#        verify: nothing; renders in a folder of its own, which it removes, with an empty cache
#        compare: results/{song}/comparison.html, for the songs that are rendered now and before
# A keyframe of a manifest that was deleted or damaged is put back from the cache. The report reads
# the song's plan.json and ledger.jsonl, and what Snakemake measured of the long rules, in
# results/{song}/benchmarks/. The captions are those of "snakemake --report".


localrules:
    compare,
    plot_storyboard,
    verify,


rule plot_storyboard:
    """Lay out an image of every row with its time and prompt."""
    input:
        manifests=of_every_segment("results/{song}/segments/{segment}/keyframes.json"),
    output:
        storyboard=report(
            "results/{song}/storyboard.png",
            category="{song}",
            caption="../report/storyboard.rst",
            labels={"part": "storyboard"},
        ),
    log:
        "logs/{song}/plot_storyboard.log",
    conda:
        "../envs/images.yaml"
    threads: 1
    params:
        storyboard=of_song("storyboard"),
        cache=cache_path,
    script:
        "../scripts/plot_storyboard.py"


rule write_report:
    """Write a page about the finished song, with the film and what was measured in it."""
    input:
        manifests=of_every_segment("results/{song}/segments/{segment}/keyframes.json"),
        film="results/{song}/{song}.mp4",
    output:
        page=report(
            "results/{song}/report.html",
            category="{song}",
            caption="../report/film.rst",
            labels={"part": "film and telemetry"},
        ),
        telemetry="results/{song}/telemetry.tsv",
        timeline=report(
            "results/{song}/timeline.svg",
            category="{song}",
            caption="../report/timeline.rst",
            labels={"part": "timeline"},
        ),
    log:
        "logs/{song}/write_report.log",
    benchmark:
        "results/{song}/benchmarks/write_report/write_report.tsv"
    group:
        on_cluster("film")
    conda:
        "../envs/report.yaml"
    threads: 1
    resources:
        runtime=estimated("report_minutes"),
        mem_mb=estimated("report_mb"),
    params:
        song_folder=song_folder,
        cache=cache_path,
        version=REPORT_VERSION,
    script:
        "../scripts/write_report.py"


rule compare:
    """Show on a page what has changed in every song since an earlier render."""
    log:
        "logs/compare.log",
    conda:
        "../envs/report.yaml"
    threads: 1
    params:
        songs=song_plans.names,
        results=str(results),
        compare_with=config.get("compare_with"),
        cache=cache_settings(config)["folder"],
    script:
        "../scripts/compare.py"


rule verify:
    """Render every song's film again by what its metadata say, and compare frame by frame."""
    log:
        "logs/verify.log",
    conda:
        "../envs/global.yaml"
    threads: all_cores
    params:
        plans=every_plan,
        songs=read_songs(config),
        results=str(results),
        snakefile=workflow.main_snakefile,
    script:
        "../scripts/verify.py"
