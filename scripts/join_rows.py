"""Join the clips of some rows of a song to a film."""

from contextlib import nullcontext
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.film import assemble_film
    from songreel.film.provenance import painting_environments
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import FilmPlan
    from songreel.storage.source_files import unchanged

    plan = from_builtins(FilmPlan, snakemake.params.film)
    clips = [Path(clip) for clip in snakemake.input.clips]
    audio = next(map(Path, snakemake.input.audio), None)
    environments = painting_environments([Path(path) for path in snakemake.input.manifests])
    with unchanged(audio, plan.audio_digest) if audio else nullcontext():
        assemble_film(clips, audio, plan, Path(snakemake.output.film), environments)
