# Needs: the images that the sheet names
# Makes: results/{song}/images/{image}.png, upright, without alpha, at the film's size


rule prepare_image:
    """Turn, flatten, scale and crop a target or shadow image to the film's size."""
    input:
        source=image_source,
    output:
        picture="results/{song}/images/{image}.png",
    params:
        size=of_plan("width", "height"),
    log:
        "logs/{song}/prepare_image/{image}.log",
    conda:
        "../envs/images.yaml"
    priority: 10  # rendering ahead goes only as far as it finds its images
    script:
        "../scripts/prepare_image.py"
