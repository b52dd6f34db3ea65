# Needs: the segments of a song
# Makes: results/{song}/storyboard.png, an image of every row
# A keyframe of a manifest that was deleted or damaged is put back from the cache.


localrules:
    plot_storyboard,


rule plot_storyboard:
    """Lay out an image of every row with its time and prompt."""
    input:
        manifests=of_every_segment("results/{song}/segments/{segment}/keyframes.json"),
    output:
        storyboard="results/{song}/storyboard.png",
    log:
        "logs/{song}/plot_storyboard.log",
    conda:
        "../envs/images.yaml"
    threads: 1
    params:
        storyboard=of_song("storyboard"),
        cache=cache_path,
    script:
        "../scripts/plot_storyboard.py"
