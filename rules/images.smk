# Needs: the images that the sheet names
# Makes: results/{song}/images/{image}.png, upright, without alpha, at the film's size


localrules:
    prepare_image,


rule prepare_image:
    """Turn, flatten, scale and crop a target or shadow image to the film's size."""
    input:
        source=image_source,
    output:
        picture="results/{song}/images/{image}.png",
    log:
        "logs/{song}/prepare_image/{image}.log",
    priority: 10  # rendering ahead goes only as far as it finds its images
    conda:
        "../envs/images.yaml"
    params:
        size=of_plan("width", "height"),
        state=image_state,
    script:
        "../scripts/prepare_image.py"
