# What the rules ask about a song, a row or an image: functions of wildcards, and nothing else.


def plan(wildcards):
    return songbook.plan(wildcards.song)


def every_plan(wildcards):
    return {song: songbook.plan(song) for song in songbook.names}


def segment(wildcards):
    return songbook.segment(wildcards.song, wildcards.start)


def of_plan(*keys):
    """A function of wildcards: a part of the song's plan."""
    return lambda wildcards: {key: plan(wildcards)[key] for key in keys}


def of_segment(key):
    """A function of wildcards: a part of the segment's plan."""
    return lambda wildcards: segment(wildcards)[key]


def image_source(wildcards):
    return local(plan(wildcards)["images"][wildcards.image]["path"])


def image_state(wildcards):
    return plan(wildcards)["images"][wildcards.image]["state"]


def sound(wildcards):
    path = plan(wildcards)["sound"]
    return [local(path)] if path else []


def grown_from(wildcards):
    """The pictures a segment is painted with, by their part in it."""
    inputs = segment(wildcards)["inputs"]
    return {
        part: f"results/{wildcards.song}/{path}"
        for part, path in inputs.items()
        if path
    }


def following(wildcards):
    """Where the keyframe after a segment's own is found."""
    path = segment(wildcards)["next"]
    return [f"results/{wildcards.song}/{path}"] if path else []


def of_every_segment(pattern):
    """A function of wildcards: a file of each of the song's segments, in order."""
    return lambda wildcards: [
        pattern.format(song=wildcards.song, start=segment["start"])
        for segment in plan(wildcards)["segments"]
    ]


def films():
    return [
        f"results/{song}/{name}"
        for song in songbook.names
        for name in (f"{song}.mp4", "storyboard.png", "timeline.tsv")
    ]
