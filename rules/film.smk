# Needs: all clips of a song, its manifests, and its audio
# Makes: results/{song}/{song}.mp4, whose metadata say what made it
#        results/{song}/{song}.gif and .webp, where video.also asks for them
# What assemble_video does besides: it keeps every clip as it is encoded in results/{song}/parts/, so
# that an edit encodes only what it touches, and takes those that a painting job has put there. It
# removes results/{song}/clips_ahead/. Every encoder has one thread, on every machine, and the job's
# threads tell how many encode side by side: the film is the same everywhere. A job decodes the film
# once more to check it, and refuses an audio file that was changed since the run began.


rule assemble_video:
    """Join the clips, encode them once with the audio, and check the film."""
    input:
        clips=clips_of_film,
        manifests=of_every_segment("results/{song}/segments/{segment}/keyframes.json"),
        audio=audio,
    output:
        film="results/{song}/{song}.mp4",
    log:
        "logs/{song}/assemble_video.log",
    benchmark:
        "results/{song}/benchmarks/assemble_video/assemble_video.tsv"
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    threads: film_threads
    resources:
        runtime=estimated("film_minutes"),
        mem_mb=estimated("film_mb"),
    params:
        film=of_song("film"),
    script:
        "../scripts/assemble_video.py"


rule animate_film:
    """Make an animation of the film, without sound and small enough to be posted."""
    input:
        film="results/{song}/{song}.mp4",
    output:
        animation="results/{song}/{song}.{animation}",
    log:
        "logs/{song}/animate_film/{animation}.log",
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    threads: 1
    resources:
        runtime=estimated("report_minutes"),
        mem_mb=estimated("report_mb"),
    params:
        fps=fps_of_film,
        frame_count=frames_of_film,
        version=ANIMATION_VERSION,
    script:
        "../scripts/animate_film.py"
