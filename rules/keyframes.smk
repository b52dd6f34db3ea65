# Needs: prepared images; the last picture of the segment before
# Makes: results/{song}/opening.png
#        results/{song}/segments/{start}/, a row's keyframes with their manifest


rule paint_opening:
    """Paint the opening of a song whose first row has no image."""
    output:
        picture="results/{song}/opening.png",
    params:
        opening=of_plan("opening"),
    log:
        "logs/{song}/paint_opening.log",
    conda:
        "../envs/diffusion.yaml"
    resources:
        gpu=1,
    script:
        "../scripts/paint_opening.py"


rule render_segment:
    """Dream a row: diffuse its keyframes, each over the one before; render ahead while warm."""
    input:
        unpack(grown_from),
    output:
        manifest="results/{song}/segments/{start}/keyframes.json",
        last="results/{song}/segments/{start}/last.png",
    params:
        dream=of_segment("dream"),
    log:
        "logs/{song}/render_segment/{start}.log",
    conda:
        "../envs/diffusion.yaml"
    group:
        "chain"
    resources:
        gpu=1,
    script:
        "../scripts/render_segment.py"
