# Needs: the plans of the songs, and what was rendered and kept so far
# Makes: nothing; says what a run would paint, or removes old keyframes from the cache
# explain downloads a Hub model that is not on this machine, as the run would, and counts as a use
# of the keyframes that it finds in the cache.


localrules:
    explain,
    prune_cache,


rule explain:
    """Say in words what a run would paint, and about how long it would take."""
    log:
        "logs/explain.log",
    conda:
        "../envs/diffusion.yaml"
    threads: 1
    params:
        plans=every_plan,
        results=str(results),
        cache=cache_settings(config)["folder"],
    script:
        "../scripts/explain.py"


rule prune_cache:
    """Remove keyframes that were not used for long from the cache."""
    log:
        "logs/prune_cache.log",
    conda:
        "../envs/global.yaml"
    threads: 1
    params:
        cache=cache_settings(config),
    script:
        "../scripts/prune_cache.py"
