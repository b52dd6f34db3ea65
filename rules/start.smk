# When a run starts, it writes the plans of the songs that it renders: results/{song}/plan.json.
# Its jobs read them. So a sheet that is saved during the run waits for the next one.


def run_options():
    """What the run's jobs know besides the plans."""
    return RunOptions(renders_alone=runs_here() and available_gpus() == 1)


def begin_progress():
    """Begin the progress logs of this run's songs; the folders of their results."""
    from songreel.reports.progress import begin_log

    work = work_to_do()
    for song, jobs in work.items():
        name, _, kind = song.partition("/")
        result = results / song / f"{name}.mp4" if "assemble_video" in jobs else None
        plan = song_plans.plan(song)
        if kind:
            jobs = {"render_segment": list(plan.by_name), "paint_opening": [None]}
            result = results / sketch_results[kind].format(song=name)
            if result.suffix == ".mp4":
                jobs["assemble_video"] = [None]
        begin_log(results / song, plan, jobs, workflow.cores or 1, result)
    return {song: results / song for song in work}


show_progress(begin_progress)


onstart:
    try:
        song_plans.write(songs_to_render(), run_options())
    except OSError as error:
        sys.exit(
            f"{error.filename}: {error.strerror}; make room or make it writable"
        )


# Snakemake does not call the onstart of a module.
if workflow.is_main_process and is_module():
    song_plans.write(songs_to_render(), run_options())
