"""The film's size: how ffmpeg brings the frames of the clips to it, and to the film's colours."""

from songreel.plan.plan import FilmPlan

SCALING = "flags=lanczos+accurate_rnd+full_chroma_int+full_chroma_inp"


def size_filters(plan: FilmPlan, width: int, height: int) -> list[str]:
    """Return the filters of ffmpeg from a clip's frames, yuv444p in BT.709, to the film's, yuv420p.

    Frames of another size are scaled by Lanczos. Of another shape, they come between black bars or
    are cropped, as the plan says.

    Args:
        plan: of the film.
        width: of the clips, in pixels.
        height: of the clips, in pixels.
    """
    size, matrix = f"{plan.width}:{plan.height}", "in_color_matrix=bt709:out_color_matrix=bt709"
    if plan.width * height == plan.height * width:
        fitted = []
        scale = f"scale={size}"
    elif plan.fit == "crop":
        fitted = [f"crop={size}"]
        scale = f"scale={size}:force_original_aspect_ratio=increase:force_divisible_by=2"
    else:
        fitted = [f"pad={size}:-1:-1:black"]
        scale = f"scale={size}:force_original_aspect_ratio=decrease:force_divisible_by=2"
    return [
        f"{scale}:{SCALING}:{matrix}:in_range=tv:out_range=tv",
        "format=yuv420p",
        *fitted,
        "setsar=1",
        "setparams=colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv",
    ]
