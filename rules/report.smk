# Needs: the segments of a song
# Makes: results/{song}/storyboard.png, one picture per row


localrules:
    plot_storyboard,


rule plot_storyboard:
    """Lay out one picture per row with its time and prompt."""
    input:
        manifests=of_every_segment("results/{song}/segments/{start}/keyframes.json"),
    output:
        storyboard="results/{song}/storyboard.png",
    log:
        "logs/{song}/plot_storyboard.log",
    conda:
        "../envs/images.yaml"
    params:
        storyboard=of_plan("title", "subtitle", "storyboard"),
    script:
        "../scripts/plot_storyboard.py"
