# Needs: the songs as common.smk read them
# Makes: results/{song}/plan.json, what jobs on other nodes go by
#        results/{song}/timeline.tsv, when every row is asked for and when it is shown


localrules:
    freeze_plan,
    write_timeline,


rule freeze_plan:
    """Write down the plan of a song, so that a sheet saved meanwhile does not reach its jobs."""
    output:
        plan="results/{song}/plan.json",
    params:
        plan=plan,
    log:
        "logs/{song}/freeze_plan.log",
    conda:
        "../envs/global.yaml"
    script:
        "../scripts/freeze_plan.py"


rule write_timeline:
    """List the rows: cell, time asked, first frame, time shown, keyframes and prompt."""
    output:
        timeline="results/{song}/timeline.tsv",
    params:
        rows=of_plan("timeline"),
    log:
        "logs/{song}/write_timeline.log",
    conda:
        "../envs/global.yaml"
    script:
        "../scripts/write_timeline.py"
