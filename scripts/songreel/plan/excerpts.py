"""Excerpts of a song: the film of some rows, with nothing painted after them; takes of a row."""

from dataclasses import replace

from songreel.plan.plan import ClipPlan, FilmPlan, SegmentPlan, SongPlan


def paints_after(segment: SegmentPlan) -> bool:
    """Whether a row's clip leads to a keyframe that has to be painted for the row after it."""
    return bool(segment.following) and segment.following.startswith("segments/")


def ended_clip(segment: SegmentPlan) -> ClipPlan:
    """The clip of a row after which nothing is painted: its last keyframe stays until its end.

    Args:
        segment: the last row of an excerpt, after which painting would go on.
    """
    clip = segment.clip
    frames, times = clip.keyframe_frames[:-1], clip.keyframe_times[:-1]
    held = clip.frame_count - frames[-1] - 1
    return replace(
        clip, keyframe_frames=frames, keyframe_times=times, include_last=True, held_frames=held
    )


def takes_images(segment: SegmentPlan) -> dict[str, str]:
    """What a row's takes are painted over, by their part in it, as paths below the song's results.

    The row's own opening is not among them: it has a seed itself.

    Args:
        segment: the row.
    """
    own = f"openings/{segment.name}.png"
    images = vars(segment.images)
    return {part: path for part, path in images.items() if path and path != own}


def film_of_rows(plan: SongPlan, first: int, last: int) -> FilmPlan:
    """The film of some rows, with the sound that they have in the song.

    Args:
        plan: of the song.
        first: number of the first row, from 1.
        last: number of the last row.
    """
    film = plan.film
    counts = film.frame_counts[first - 1 : last]
    begins = sum(film.frame_counts[: first - 1]) / film.fps
    audio = film.audio and replace(
        film.audio, start=film.audio.start - begins, duration=film.audio.duration - begins
    )
    # No upscaler is at work: an excerpt is there to be looked at soon.
    provenance = {key: text for key, text in film.provenance.items() if key != "upscaler digest"}
    return replace(
        film,
        audio=audio,
        provenance=provenance,
        frame_counts=counts,
        frame_count=sum(counts),
        title=f"{film.title} (rows {first}–{last})",
        poster=counts[0] // 2,
    )
