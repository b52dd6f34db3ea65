"""Render every song's film again, and compare it with the one that is there, frame by frame."""

import subprocess
import sys
from pathlib import Path

from songreel.joblog import job_log

with job_log(snakemake.log[0]) as report_progress:
    import json

    from songreel.errors import SongreelError
    from songreel.plan.conversion import from_builtins
    from songreel.plan.plan import SongPlan
    from songreel.reports.verification import verify_film

    def render(folder, configuration):
        """Run the workflow in a folder of its own; JSON is YAML."""
        (folder / "config.yaml").write_text(json.dumps(configuration), encoding="utf-8")
        (song,) = configuration["songs"]
        film = f"results/{song}/{song}.mp4"
        command = [sys.executable, "-m", "snakemake", "--snakefile", snakemake.params.snakefile]
        options = ["--cores", str(snakemake.threads), "--resources", "painter=1"]
        config = ["--configfile", "config.yaml", "--directory", str(folder)]
        done = subprocess.run([*command, *options, *config, "--", film], cwd=folder)
        if done.returncode != 0:
            raise SongreelError(f"{song}: it could not be rendered again; see {snakemake.log[0]}")
        return folder / film

    for song, plan in snakemake.params.plans.items():
        film = Path(snakemake.params.results) / song / f"{song}.mp4"
        report_progress(f"{song}: rendering it again; {snakemake.log[0]} says how far it is")
        plan = from_builtins(SongPlan, plan)
        count = verify_film(film, plan, snakemake.params.songs[song], render)
        report_progress(f"{song}: all {count} frames are the same, bit for bit")
