# Needs: all clips of a song, and its sound
# Makes: results/{song}/{song}.mp4, checked


rule assemble_video:
    """Join the clips, encode them once, lay the song under, and check the film."""
    input:
        clips=of_every_segment("results/{song}/clips/{start}.mkv"),
        sound=sound,
    output:
        film="results/{song}/{song}.mp4",
    log:
        "logs/{song}/assemble_video.log",
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    resources:
        runtime=estimated("film_minutes"),
        mem_mb=estimated("film_mb"),
    params:
        film=of_plan("film"),
    script:
        "../scripts/assemble_video.py"
