# Needs: a segment's clip; the weights that video.upscaler names
# Makes: results/{song}/upscaled/{segment}.mkv, lossless, at the size that the film needs; only where
#        video.upscaler is set, and not for drafts and excerpts
# A job refuses weights that were changed since the run began. It computes with a fixed number of
# threads, as pixels depend on it.


rule upscale_segment:
    """Enlarge the finished frames of a row by a super-resolution model."""
    input:
        clip="results/{song}/clips/{segment}.mkv",
        weights=upscaler,
    output:
        clip="results/{song}/upscaled/{segment}.mkv",
    log:
        "logs/{song}/upscale_segment/{segment}.log",
    benchmark:
        "results/{song}/benchmarks/upscale_segment/{segment}.tsv"
    conda:
        "../envs/upscaling.yaml"
    threads: UPSCALER_THREADS
    resources:
        gpu=painting_gpus,
        painter=1,
        runtime=estimated("upscale_minutes"),
        mem_mb=estimated("upscale_mb"),
    params:
        upscaling=of_song("upscaling"),
        clip=of_segment("clip"),
        device=painting_device,
        song_folder=song_folder,
    script:
        "../scripts/upscale_segment.py"
