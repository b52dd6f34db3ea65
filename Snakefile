# Songreel: from a spreadsheet of timed lyrics to a music video.
#
#   snakemake --cores 1                                    the songs of config/config.yaml
#   snakemake --cores 1 --config sheet=Song.xlsx audio=Song.mp3
#   snakemake --cores 1 --configfile my_songs.yaml
#   snakemake -n                                           what would be rendered, and why
#   snakemake explain                                      how many keyframes that paints, in words
#   snakemake draft                                        the whole song, cheap; preview: its rows
#   snakemake prune_cache                                  drop old keyframes from the cache
#
# workflow/Snakefile includes the same files, for those who take the workflow from git.


include: "rules/common.smk"
include: "rules/snakemake_internals.smk"
include: "rules/wildcards.smk"
include: "rules/cluster.smk"
include: "rules/start.smk"
include: "rules/timeline.smk"
include: "rules/images.smk"
include: "rules/keyframes.smk"
include: "rules/interpolation.smk"
include: "rules/upscaling.smk"
include: "rules/film.smk"
include: "rules/sketches.smk"
include: "rules/excerpts.smk"
include: "rules/report.smk"
include: "rules/cache.smk"


localrules:
    all,


rule all:
    default_target: True
    input:
        films,
