# Needs: a song's images and audio; the plan of its sketch, in the folder of the run
# Makes: results/{song}/draft/{song}.mp4, the whole song, cheap, marked DRAFT
#        results/{song}/preview.png, a sheet with a keyframe of every row
#
# One job paints a sketch from beginning to end; a folder of its own, results/{song}/draft/ or
# results/{song}/preview/, holds images, keyframes, ledger and progress. The film of the song uses
# none of it. Keyframes go into the cache at once: a job that was interrupted finds them there.


localrules:
    draft,
    preview,


rule draft:
    """Make a draft of every song."""
    input:
        sketches("draft"),


rule preview:
    """Make a sheet with a keyframe of every row, for every song."""
    input:
        sketches("preview"),


rule draft_song:
    """Paint a song with fewer keyframes, steps and pixels, and make a film of it."""
    input:
        sources=sketch_sources("draft"),
    output:
        film="results/{song}/draft/{song}.mp4",
    log:
        "logs/{song}/draft_song.log",
    conda:
        "../envs/sketches.yaml"
    threads: painting_threads
    resources:
        gpu=painting_gpus,
        painter=1,
        runtime=sketch_minutes("draft"),
        mem_mb=sketch_mb("draft"),
    params:
        plan=sketch_digest("draft"),
        folder=sketch_folder("draft"),
        cache=cache_path,
    script:
        "../scripts/draft_song.py"


rule preview_song:
    """Paint a keyframe of every row, and lay them out on a sheet."""
    input:
        sources=sketch_sources("preview"),
    output:
        sheet="results/{song}/preview.png",
    log:
        "logs/{song}/preview_song.log",
    conda:
        "../envs/sketches.yaml"
    threads: painting_threads
    resources:
        gpu=painting_gpus,
        painter=1,
        runtime=sketch_minutes("preview"),
        mem_mb=sketch_mb("preview"),
    params:
        plan=sketch_digest("preview"),
        folder=sketch_folder("preview"),
        cache=cache_path,
    script:
        "../scripts/preview_song.py"
