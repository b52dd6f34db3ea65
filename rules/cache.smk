# Needs: the songs as common.smk read them, and what was rendered and kept so far
# Makes: nothing; says what a run would paint, or removes old keyframes from the cache


localrules:
    explain,
    prune_cache,


rule explain:
    """Say in words what a run would paint, and about how long it would take."""
    log:
        "logs/explain.log",
    conda:
        "../envs/diffusion.yaml"
    params:
        plans=every_plan,
        results=str(results),
    script:
        "../scripts/explain.py"


rule prune_cache:
    """Remove keyframes that were not used for long from the cache."""
    log:
        "logs/prune_cache.log",
    conda:
        "../envs/global.yaml"
    params:
        cache=cache_settings(config),
    script:
        "../scripts/prune_cache.py"
