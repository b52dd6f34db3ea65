# When a run starts, it writes the plans of the songs that it renders into a folder of its own, for
# its jobs: a sheet that is saved meanwhile, or another run, changes nothing for them. Another copy,
# results/{song}/plan.json, is for whoever is curious. A dry run writes neither.
# Before, it looks for results that were made from something else than the plans say, and has them
# made again.
import os

from songreel.run import VARIABLE
from songreel.storage.progress_log import opening_row

if workflow.is_main_process:
    os.environ[VARIABLE] = str(Run.new(Path(".snakemake/songreel").absolute()).folder)


envvars:
    VARIABLE,


def begin_run():
    """Write the plans of the songs that this run renders, and begin to show their progress."""
    work = work_to_do()
    alone = all(map(paints_alone, work))
    options = {
        song: RunOptions(
            alone,
            (
                *sorted(jobs.get("render_segment", ())),
                *sorted(map(opening_row, jobs.get("paint_opening", ()))),
            ),
        )
        for song, jobs in work.items()
    }
    try:
        song_plans.write(options)
        begin_progress()
    except OSError as error:
        sys.exit(f"{error.filename}: {error.strerror}; make room or make it writable")


def begin_progress():
    """Begin the progress logs of this run's songs, and show what they say."""
    from songreel.reports.progress import begin_log

    work = work_to_do()
    for song, jobs in work.items():
        name, _, kind = song.partition("/")
        plan = song_plans.plan(song)
        result = results / name / f"{name}.mp4" if "assemble_video" in jobs else None
        if kind:
            jobs = {"render_segment": plan.by_name, "paint_opening": plan.openings}
            result = results / SKETCHES[kind].result.format(song=name)
            if result.suffix == ".mp4":
                jobs["assemble_video"] = [None]
        begin_log(results / song, plan, jobs, workflow.cores or 1, result)
    show_progress().begin([results / song for song in work])


def report_outdated(results):
    """Say which results are made again although Snakemake's own notes would not tell."""
    if results:
        shown = sorted(results)[:6]
        if len(results) > len(shown):
            shown.append(f"and {len(results) - len(shown)} more")
        print(
            f"Note: {', '.join(shown)}: made from something else than the sheet and the settings "
            "say now; a run makes them again",
            file=sys.stderr,
        )


rerun_outdated(song_plans.outdated, report_outdated)
show_progress()
when_locked(begin_run)
