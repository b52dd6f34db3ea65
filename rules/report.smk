# Needs: the segments of a song; its film, for the report
# Makes: results/{song}/storyboard.png, an image of every row
#        results/{song}/report.html, a page with the film inside; telemetry.tsv, what was measured in
#        the keyframes; timeline.svg, the rows over the sound
# A keyframe of a manifest that was deleted or damaged is put back from the cache. The report reads
# the song's plan.json and ledger.jsonl, and what Snakemake measured of the long rules, in
# results/{song}/benchmarks/. The captions are those of "snakemake --report".


localrules:
    plot_storyboard,


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
    group:
        on_cluster("film")
    conda:
        "../envs/report.yaml"
    resources:
        runtime=estimated("report_minutes"),
        mem_mb=estimated("film_mb"),
    params:
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/write_report.py"
