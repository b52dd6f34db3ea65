# What the rules ask a cluster for: which jobs go together, for how long, with how much memory.


def estimated(request):
    """A function of wildcards and attempt: what a job asks for; more at every retry."""

    def resource(wildcards, attempt):
        wanted = getattr(song_plans.estimate(wildcards.song), request)
        return attempt * (
            wanted if isinstance(wanted, int) else wanted[wildcards.segment]
        )

    return resource


def painting_threads(wildcards):
    """The processor threads of a job that paints."""
    return song_plans.estimate(wildcards.song).paint_threads


def on_cluster(group):
    """A function of wildcards: the group; none where nothing is submitted, to plan quickly."""
    return lambda wildcards: None if runs_here() else group
