# When a run starts, it writes the plans of the songs that it renders: results/{song}/plan.json.
# Its jobs read them. So a sheet that is saved during the run waits for the next one.
# Before, it looks for results that were made from something else than the plans say, and has them
# made again.


def run_options():
    """What the run's jobs know besides the plans."""
    return RunOptions(renders_alone=runs_here() and available_gpus() == 1)


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
