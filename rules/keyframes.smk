# Needs: prepared images; the last keyframe of the segment before; the plan of the run, in the
#        folder that the environment variable SONGREEL_RUN names
# Makes: results/{song}/openings/{segment}.png, for segments that start with no image of the sheet
#        results/{song}/segments/{segment}/: keyframes.json, last.png, and the keyframes themselves
#        as 0000.png, 0001.png …, which the manifest keyframes.json lists with their digests
#
# What both rules do besides: every keyframe that they paint goes into the cache at once and is
# recorded in results/{song}/ledger.jsonl. A job that had to load the model goes on down its chain,
# by the plan, and fills the cache for the jobs of the next segments; it reads the prepared images,
# manifests and last.png of those segments where they exist. With "--resources painter=1" (or gpu=1,
# where it asks for one) on one machine no other job could paint meanwhile: then it goes on with the
# song's other chains, too. A keyframe that another job is painting is waited for; of several GPUs a
# job reserves one. A Hub model is downloaded by the first job that needs it. On the processor torch
# computes a chain with model.threads, never the machine's number, as pixels depend on it. A job
# that a song begins with asks for them once for each chain, and renders as many chains at once as
# it is given threads for. In a run with fewer cores than model.threads they share them. With one
# more it makes the clips of what it has painted, in results/{song}/clips_ahead/, for the jobs of
# interpolation.smk, and their parts of the film, in results/{song}/parts/, for that of film.smk.


rule paint_opening:
    """Paint the image that a row starts with which has none; go on with the row's chain."""
    output:
        image="results/{song}/openings/{segment}.png",
    log:
        "logs/{song}/paint_opening/{segment}.log",
    benchmark:
        "results/{song}/benchmarks/paint_opening/{segment}.tsv"
    conda:
        "../envs/diffusion.yaml"
    threads: chain_threads
    resources:
        gpu=painting_gpus,
        painter=1,
        runtime=estimated("opening_minutes"),
        mem_mb=estimated("paint_mb"),
    params:
        settings=opening_settings,
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/paint_opening.py"


rule render_segment:
    """Render a row's keyframes, each over the one before; go on down the chain into the cache."""
    input:
        unpack(segment_images),
    output:
        manifest="results/{song}/segments/{segment}/keyframes.json",
        last="results/{song}/segments/{segment}/last.png",
    log:
        "logs/{song}/render_segment/{segment}.log",
    benchmark:
        "results/{song}/benchmarks/render_segment/{segment}.tsv"
    group:
        on_cluster("chain")
    conda:
        "../envs/diffusion.yaml"
    threads: chain_threads
    resources:
        gpu=painting_gpus,
        painter=1,
        runtime=estimated("segment_minutes"),
        mem_mb=estimated("paint_mb"),
    params:
        settings=of_segment("settings"),
        song_folder=song_folder,
        cache=cache_path,
    script:
        "../scripts/render_segment.py"
