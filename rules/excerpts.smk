# Needs: the rows of an excerpt, by their numbers, and what their chain needs before them
# Makes: results/{song}/rows/{first}-{last}.mp4, some rows with their sound; where a row follows that
#        would have to be painted, the last keyframe stays until the excerpt's end
#        results/{song}/takes/{row}.png, the first picture that a row paints, with several seeds
# Nothing else is painted, and what is painted the film finds in the results or in the cache.


rule interpolate_last_row:
    """Fill the time between the keyframes of an excerpt's last row, without the row after it."""
    input:
        manifest="results/{song}/segments/{segment}/keyframes.json",
        following=[],
    output:
        clip="results/{song}/rows/clips/{segment}.mkv",
    log:
        "logs/{song}/interpolate_last_row/{segment}.log",
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    threads: 1
    resources:
        runtime=estimated("clip_minutes"),
        mem_mb=estimated("clip_mb"),
    params:
        clip=last_clip,
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/interpolate_segment.py"


rule join_rows:
    """Join the clips of some rows, and encode them with the sound that they have in the song."""
    input:
        clips=clips_of_rows,
        manifests=manifests_of_rows,
        audio=audio,
    output:
        film="results/{song}/rows/{first}-{last}.mp4",
    log:
        "logs/{song}/join_rows/{first}-{last}.log",
    group:
        on_cluster("film")
    conda:
        "../envs/film.yaml"
    threads: film_threads
    resources:
        runtime=estimated("film_minutes"),
        mem_mb=estimated("film_mb"),
    params:
        film=plan_of_rows,
    script:
        "../scripts/join_rows.py"


rule paint_takes:
    """Paint the first picture of a row with several seeds, and lay them out on a sheet."""
    input:
        unpack(images_of_row),
    output:
        sheet="results/{song}/takes/{row}.png",
    log:
        "logs/{song}/paint_takes/{row}.log",
    conda:
        "../envs/sketches.yaml"
    threads: painting_threads
    resources:
        gpu=painting_gpus,
        painter=1,
        runtime=estimated("takes_minutes"),
        mem_mb=estimated("paint_mb"),
    params:
        segment=segment_of_row,
        takes=config.get("takes", 9),
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/paint_takes.py"
