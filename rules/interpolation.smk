# Needs: a segment's keyframes, and the picture that follows them
# Makes: results/{song}/clips/{start}.mkv, lossless, exactly the frames the segment owns


rule interpolate_segment:
    """Fill the time between a row's keyframes."""
    input:
        manifest="results/{song}/segments/{start}/keyframes.json",
        following=following,
    output:
        clip="results/{song}/clips/{start}.mkv",
    log:
        "logs/{song}/interpolate_segment/{start}.log",
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    resources:
        runtime=estimated("clip_minutes"),
        mem_mb=estimated("clip_mb"),
    params:
        clip=of_segment("clip"),
    script:
        "../scripts/interpolate_segment.py"
