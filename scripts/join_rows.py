"""Join the clips of some rows of a song to a film."""

from contextlib import nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from songreel.joblog import job_log

with job_log(snakemake.log[0]):
    from songreel.film.clips import interpolate_clip
    from songreel.film.film import assemble_film
    from songreel.film.provenance import painting_environments
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import ClipPlan, FilmPlan
    from songreel.storage.cache import KeyframeCache
    from songreel.storage.segments import read_keyframes
    from songreel.storage.source_files import unchanged

    film, manifests = Path(snakemake.output.film), list(map(Path, snakemake.input.manifests))
    plan = from_builtins(FilmPlan, snakemake.params.film)
    clips = [Path(clip) for clip in snakemake.input.clips]
    audio = next(map(Path, snakemake.input.audio), None)
    environments = painting_environments(manifests)
    with TemporaryDirectory(prefix=".clips-", dir=film.parent) as folder:
        if snakemake.params.last_clip:
            clips.append(Path(folder) / "last.mkv")
            images = read_keyframes(manifests[-1], KeyframeCache(Path(snakemake.params.cache)))
            last_plan = from_builtins(ClipPlan, snakemake.params.last_clip)
            interpolate_clip(images, last_plan, clips[-1])
        with unchanged(audio, plan.audio_digest) if audio else nullcontext():
            parts = Path(folder) / "parts"
            assemble_film(clips, audio, plan, film, parts, environments, snakemake.threads)
