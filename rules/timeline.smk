# Needs: the plan of a song
# Makes: results/{song}/timeline.tsv, when every row is asked for and when it is shown


localrules:
    write_timeline,


rule write_timeline:
    """List the rows: cell, time asked, first frame, time shown, keyframes and prompt."""
    output:
        timeline="results/{song}/timeline.tsv",
    log:
        "logs/{song}/write_timeline.log",
    conda:
        "../envs/global.yaml"
    threads: 1
    params:
        rows=of_song("timeline"),
    script:
        "../scripts/write_timeline.py"
