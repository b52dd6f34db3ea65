# Needs: the images that the sheet names
# Makes: results/{song}/images/{image}.png, upright, without alpha, at the film's size; it holds the
#        digest of its source, by which other jobs tell an older one
# A job refuses an image that was changed since the run began.


localrules:
    prepare_image,


rule prepare_image:
    """Turn, flatten, scale and crop a target or shadow image to the film's size."""
    input:
        source=image_source,
    output:
        image="results/{song}/images/{image}.png",
    log:
        "logs/{song}/prepare_image/{image}.log",
    priority: 10  # keyframes are rendered ahead only as far as their images exist
    conda:
        "../envs/images.yaml"
    threads: 1
    params:
        width=of_song("width"),
        height=of_song("height"),
        digest=image_digest,
        version=PREPARED_VERSION,
    script:
        "../scripts/prepare_image.py"
