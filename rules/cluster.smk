# What the rules ask a cluster for: which jobs go together, for how long, with how much memory.


def estimated(request):
    """A function of wildcards and attempt: what a job asks for; more at every retry."""

    def resource(wildcards, attempt):
        wanted = getattr(song_plans.estimate(wildcards.song), request)
        return attempt * (
            wanted if isinstance(wanted, int) else wanted[wildcards.segment]
        )

    return resource


def painting_gpus(wildcards):
    """The graphics cards of a job that paints: none where the processor is configured."""
    return song_plans.estimate(wildcards.song).paint_gpus


def sketch_minutes(kind):
    """A function of wildcards and attempt: what a job asks for that paints a whole sketch."""

    return (
        lambda wildcards, attempt: attempt
        * song_plans.estimate(f"{wildcards.song}/{kind}").whole_minutes
    )


def sketch_mb(kind):
    """A function of wildcards and attempt: the memory of such a job."""
    return (
        lambda wildcards, attempt: attempt
        * song_plans.estimate(f"{wildcards.song}/{kind}").paint_mb
    )


def painting_threads(wildcards):
    """The processor threads of a job that paints one chain at a time."""
    return song_plans.estimate(wildcards.song).paint_threads


def chain_threads(wildcards):
    """The same, for all chains at once where no other job paints and the song may begin here.

    One more makes the clips of rows that are painted. A song begins with an opening or in its first
    row. Elsewhere an edit has usually changed one chain.
    """
    wanted = song_plans.estimate(wildcards.song)
    segments = {song_plan(wildcards).segments[0].name, *song_plan(wildcards).openings}
    begins = wildcards.segment in segments and paints_alone(wildcards.song)
    if not begins:
        return wanted.paint_threads
    return wanted.paint_threads * wanted.chains_at_once + 1


def film_threads(wildcards):
    """The processor threads of the film's encoders, which have one each: rows side by side."""
    wanted = song_plans.estimate(wildcards.song)
    return wanted.film_threads if runs_here() else wanted.cluster_film_threads


def paints_alone(song):
    """Whether this run lets one job paint at a time, on this machine."""
    limits = ["painter", "gpu"] if song_plans.estimate(song).paint_gpus else ["painter"]
    return runs_here() and any(resource_limit(name) == 1 for name in limits)


def on_cluster(group):
    """A function of wildcards: the group; none where nothing is submitted, to plan quickly."""
    return lambda wildcards: None if runs_here() else group
