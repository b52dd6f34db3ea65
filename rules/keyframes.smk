# Needs: prepared images; the last picture of the segment before
# Makes: results/{song}/opening.png
#        results/{song}/segments/{start}/, a row's keyframes with their manifest


rule paint_opening:
    """Paint the opening of a song whose first row has no image."""
    output:
        picture="results/{song}/opening.png",
    log:
        "logs/{song}/paint_opening.log",
    conda:
        "../envs/diffusion.yaml"
    resources:
        gpu=1,
        runtime=estimated("opening_minutes"),
        mem_mb=estimated("paint_mb"),
    params:
        opening=of_plan("opening"),
    script:
        "../scripts/paint_opening.py"


rule render_segment:
    """Dream a row: diffuse its keyframes, each over the one before; render ahead while warm."""
    input:
        unpack(grown_from),
    output:
        manifest="results/{song}/segments/{start}/keyframes.json",
        last="results/{song}/segments/{start}/last.png",
    log:
        "logs/{song}/render_segment/{start}.log",
    group:
        on_cluster("chain")
    conda:
        "../envs/diffusion.yaml"
    resources:
        gpu=1,
        runtime=estimated("segment_minutes"),
        mem_mb=estimated("paint_mb"),
    params:
        dream=of_segment("dream"),
    script:
        "../scripts/render_segment.py"
