# Needs: a segment's keyframes, by their manifest, and the keyframe that follows them
# Makes: results/{song}/clips/{segment}.mkv, lossless, exactly the frames the segment owns
# A clip that a painting job made from the same keyframes, in results/{song}/clips_ahead/, is moved.
# A keyframe of the manifest that was deleted or damaged is put back from the cache.


rule interpolate_segment:
    """Fill the time between a row's keyframes."""
    input:
        manifest="results/{song}/segments/{segment}/keyframes.json",
        following=following,
    output:
        clip="results/{song}/clips/{segment}.mkv",
    log:
        "logs/{song}/interpolate_segment/{segment}.log",
    benchmark:
        "results/{song}/benchmarks/interpolate_segment/{segment}.tsv"
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    threads: 1
    resources:
        runtime=estimated("clip_minutes"),
        mem_mb=estimated("clip_mb"),
    params:
        clip=of_segment("clip"),
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/interpolate_segment.py"
