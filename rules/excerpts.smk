# Needs: the rows of an excerpt, by their numbers, and what their chain needs before them
# Makes: results/{song}/rows/{first}-{last}.mp4, some rows with their sound; where a row follows that
#        would have to be painted, the last keyframe stays until the excerpt's end
#        results/{song}/takes/{row}.png, the first picture that a row paints, with several seeds
# Nothing else is painted, and what is painted the film finds in the results or in the cache.


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
        last_clip=last_clip,
        cache=cache_path,
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
        plan=takes_digest,
        takes=config.get("takes", 9),
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/paint_takes.py"
