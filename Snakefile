# Songreel: from a spreadsheet of timed lyrics to a music video.
#
#   snakemake --cores 1                                    the songs of config/config.yaml
#   snakemake --cores 1 --config sheet=Song.xlsx audio=Song.mp3
#   snakemake --cores 1 --configfile my_songs.yaml
#   snakemake -n                                           what would be rendered, and why
#   snakemake explain                                      how many keyframes that paints, in words
#   snakemake prune_cache                                  drop old keyframes from the cache
#
# The table of contents stands where the workflow catalog and modules from git look for it.
include: "workflow/Snakefile"
